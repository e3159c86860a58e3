using System.Diagnostics.CodeAnalysis;
using Flink.Resources;
using Flink.Resources.Eligibility;
using Flink.Resources.Health;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>The entry point of Flink.Resources.</summary>
public static class FlinkResourcesServiceCollectionExtensions
{
    extension(IServiceCollection services)
    {
        /// <summary>Adds the catalog of backends. Calling it twice is harmless.</summary>
        public IFlinkResourcesBuilder AddFlinkResources()
        {
            ArgumentNullException.ThrowIfNull(services);
            services.AddOptions();
            services.AddMetrics();
            services.TryAddSingleton(TimeProvider.System);
            services.TryAddSingleton<BackendInstruments>();
            services.TryAddSingleton<IBackendCatalog, BackendCatalog>();
            services.TryAddSingleton<IAdoption>(static s => new Adoption(s.GetRequiredService<IBackendCatalog>(), s.GetRequiredService<TimeProvider>()));
            services.TryAddSingleton<IMigrations>(static s => new Migrations(
                JournalOf(s),
                s.GetRequiredService<IBackendCatalog>(),
                s.GetRequiredService<TimeProvider>(),
                s.GetRequiredService<HealthWatch>(),
                s.GetService<IMigrationSituations>()));
            services.TryAddSingleton(HealthWatchOf);
            services.TryAddSingleton<ICampaigns>(static s => new FleetCampaigns(
                JournalOf(s),
                s.GetRequiredService<IMigrations>(),
                s.GetRequiredService<IBackendCatalog>(),
                s.GetRequiredService<TimeProvider>(),
                s.GetRequiredService<IMigrationSituations>() as CampaignSituations,
                senses: new CampaignSenses
                {
                    Incidents = [.. s.GetServices<IDependencyIncidents>()],
                    Health = () => HealthWatchOf(s),
                    Eligibility = s.GetService<ICampaignEligibility>(),
                    Logger = s.GetService<ILogger<FleetCampaigns>>() ?? NullLogger<FleetCampaigns>.Instance,
                }));
            services.TryAddSingleton<IMigrationSituations, CampaignSituations>();
            services.TryAddSingleton<IDeployments>(static s => new Deployments(
                JournalOf(s), s.GetRequiredService<IBackendCatalog>(), s.GetRequiredService<TimeProvider>()));
            services.TryAddSingleton<IJobMarks>(static s => new JobMarks(JournalOf(s), s.GetRequiredService<TimeProvider>()));
            services.TryAddSingleton<ICopyWatcher>(static s => new CopyWatcher(
                JournalOf(s), s.GetRequiredService<IBackendCatalog>(), s.GetRequiredService<IDeployments>(), s.GetRequiredService<IJobMarks>(),
                s.GetRequiredService<TimeProvider>(), s.GetService<ILogger<CopyWatcher>>() ?? NullLogger<CopyWatcher>.Instance));
            services.TryAddSingleton<IEligibilityCollector, EligibilityCollector>();
            services.TryAddSingleton<IEligibilityJudge, EligibilityJudge>();
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, BackendsAtStart>());
            return new FlinkResourcesBuilder(services);
        }
    }

    private static HealthWatch HealthWatchOf(IServiceProvider services) => new(
        [new FlinkHealthCollector(services.GetRequiredService<IBackendCatalog>(), services.GetRequiredService<TimeProvider>()), .. services.GetServices<IHealthCollector>()],
        services.GetServices<IHealthItem>(),
        services.GetRequiredService<TimeProvider>());

    private static IJournal JournalOf(IServiceProvider services) => services.GetService<IJournal>()
        ?? throw new InvalidOperationException("No journal is registered: call AddSqliteJournal or AddPostgresJournal on what AddFlinkResources returns.");
}

/// <summary>Adds what a job's health is read and scored by, beside what is built in.</summary>
public static class HealthFlinkResourcesBuilderExtensions
{
    extension(IFlinkResourcesBuilder builder)
    {
        /// <summary>Adds a collector. It is asked after the built-in one, in the order of registration.</summary>
        public IFlinkResourcesBuilder AddHealthCollector<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TCollector>()
            where TCollector : class, IHealthCollector
        {
            ArgumentNullException.ThrowIfNull(builder);
            builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHealthCollector, TCollector>());
            return builder;
        }

        /// <summary>Adds an item to every score.</summary>
        public IFlinkResourcesBuilder AddHealthItem<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TItem>()
            where TItem : class, IHealthItem
        {
            ArgumentNullException.ThrowIfNull(builder);
            builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHealthItem, TItem>());
            return builder;
        }
    }
}

/// <summary>For packages that bring a backend.</summary>
public static class BackendRegistrationExtensions
{
    extension(IFlinkResourcesBuilder builder)
    {
        /// <summary>Registers a backend under its name, in the catalog and as keyed service.</summary>
        /// <param name="name">A lower-case DNS label (<c>yarn-east</c>).</param>
        /// <param name="create">Creates the backend; called once.</param>
        /// <exception cref="ArgumentException">The name is none, or is taken.</exception>
        public IFlinkResourcesBuilder AddBackend(string name, Func<IServiceProvider, string, IResourceBackend> create)
        {
            ArgumentNullException.ThrowIfNull(builder);
            ArgumentException.ThrowIfNullOrWhiteSpace(name);
            ArgumentNullException.ThrowIfNull(create);
            if (!IsDnsLabel(name))
            {
                throw new ArgumentException(
                    $"'{name}' is no backend name: write a lower-case DNS label of at most 63 characters, such as yarn-east.", nameof(name));
            }
            if (builder.Services.Any(d => d.ImplementationInstance is BackendRegistration r && r.Name == name))
            {
                throw new ArgumentException($"A backend called '{name}' is registered already; each needs a name of its own.", nameof(name));
            }
            builder.Services.AddSingleton(new BackendRegistration(name));
            builder.Services.AddKeyedSingleton<IResourceBackend>(name, (services, _) => new InstrumentedBackend(
                create(services, name), services.GetRequiredService<BackendInstruments>(), services.GetRequiredService<TimeProvider>()));
            return builder;
        }
    }

    private static bool IsDnsLabel(string name) =>
        name.Length <= 63
        && name[0] != '-' && name[^1] != '-'
        && name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}

/// <summary>No backend is an error at start, not at the first call.</summary>
internal sealed class BackendsAtStart(IBackendCatalog catalog) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => catalog.Backends.IsEmpty
        ? throw new InvalidOperationException(
            "No backend is registered: call AddYarn, AddKubernetes or AddSimulation on what AddFlinkResources returns.")
        : Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
