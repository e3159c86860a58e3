using Flink.Resources;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

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
            services.TryAddSingleton<IMigrations>(static s => new Migrations(
                s.GetService<IJournal>() ?? throw new InvalidOperationException("No journal is registered: call AddSqliteJournal or AddPostgresJournal on what AddFlinkResources returns."),
                s.GetRequiredService<IBackendCatalog>(),
                s.GetRequiredService<TimeProvider>()));
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, BackendsAtStart>());
            return new FlinkResourcesBuilder(services);
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
