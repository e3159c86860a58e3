using Flink.Resources;
using Flink.Resources.Fleet;
using Flink.Resources.Kubernetes;
using Flink.Resources.Simulation;
using Flink.Resources.Yarn;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds what a fleet document describes.</summary>
public static class FleetServiceCollectionExtensions
{
    extension(IServiceCollection services)
    {
        /// <summary>Adds the journal and all clusters of a document, and the document itself.</summary>
        /// <exception cref="ArgumentException">A cluster's name is taken by another backend.</exception>
        /// <exception cref="InvalidOperationException">A journal is registered already.</exception>
        public IFlinkResourcesBuilder AddFleet(FleetDocument document)
        {
            ArgumentNullException.ThrowIfNull(services);
            ArgumentNullException.ThrowIfNull(document);
            services.AddSingleton(document);
            var builder = services.AddFlinkResources();
            AddJournal(builder, document.Journal);
            AddSimulation(builder, [.. document.Clusters.Values.OfType<FleetCluster.Simulated>()]);
            foreach (var cluster in document.Clusters.Values)
            {
                _ = cluster switch
                {
                    FleetCluster.Yarn yarn => builder.AddYarn(yarn.Name, options => ClusterOptions.Apply(document, yarn, options)),
                    FleetCluster.Kubernetes kubernetes => builder.AddKubernetes(kubernetes.Name, options => ClusterOptions.Apply(document, kubernetes, options)),
                    _ => builder,
                };
            }
            return builder;
        }
    }

    private static void AddJournal(IFlinkResourcesBuilder builder, FleetJournal journal)
    {
        switch (journal)
        {
            case FleetJournal.Sqlite sqlite:
                builder.AddSqliteJournal(sqlite.File);
                break;
            case FleetJournal.Postgres postgres:
                builder.AddPostgresJournal(postgres.ConnectionString);
                break;
            case var _ when builder.Services.Any(static d => d.ServiceType == typeof(IJournal)):
                throw new InvalidOperationException("A journal is registered already: a fleet has one.");
            default:
                builder.Services.AddSingleton<IJournal>(static s => new MemoryJournal(s.GetRequiredService<TimeProvider>()));
                break;
        }
    }

    /// <summary>One model for all simulated clusters: a move between them needs storage that both read.</summary>
    private static void AddSimulation(IFlinkResourcesBuilder builder, FleetCluster.Simulated[] clusters)
    {
        if (clusters.Length == 0)
        {
            return;
        }
        builder.Services.AddSingleton(s => new FleetSimulation(clusters, s.GetRequiredService<TimeProvider>()));
        foreach (var cluster in clusters)
        {
            builder.AddBackend(cluster.Name, static (s, name) => s.GetRequiredService<FleetSimulation>().Fleet.Backend(name));
        }
    }

    /// <summary>A simulated fleet whose time passes with the real one until the container ends.</summary>
    private sealed class FleetSimulation : IDisposable
    {
        private readonly IDisposable _clock;

        public FleetSimulation(FleetCluster.Simulated[] clusters, TimeProvider timeProvider)
        {
            Fleet = new SimulatedFleet(new SimulatedFleetOptions
            {
                StartsAt = timeProvider.GetUtcNow(),
                Backends =
                [
                    .. clusters.Select(static c => new SimulatedBackendOptions
                    {
                        Name = c.Name, Kind = c.Like, Nodes = c.Nodes, NodeMemory = c.NodeMemory, NodeCpuMillicores = c.NodeCpuMillicores,
                    }),
                ],
            });
            _clock = Fleet.StartClock(speed: 1);
        }

        public SimulatedFleet Fleet { get; }

        public void Dispose() => _clock.Dispose();
    }
}
