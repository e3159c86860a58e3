using Flink.Resources;
using Flink.Resources.Kubernetes;
using k8s;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Kubernetes clusters.</summary>
public static class KubernetesFlinkResourcesBuilderExtensions
{
    extension(IFlinkResourcesBuilder builder)
    {
        /// <summary>Adds a Kubernetes cluster that the kubeconfig of its options leads to.</summary>
        /// <param name="name">The backend's name, a lower-case DNS label.</param>
        /// <param name="configure">Sets the options; they are validated at start.</param>
        public IFlinkResourcesBuilder AddKubernetes(string name, Action<KubernetesOptions> configure) =>
            Add(builder, name, configure, static (services, name, options) => Build(name, KubernetesClients.Configuration(options)));

        /// <summary>Adds a Kubernetes cluster from a configuration section; unknown keys are errors.</summary>
        /// <param name="name">The backend's name, a lower-case DNS label.</param>
        /// <param name="section">Holds <see cref="KubernetesOptions"/>.</param>
        public IFlinkResourcesBuilder AddKubernetes(string name, IConfigurationSection section)
        {
            ArgumentNullException.ThrowIfNull(section);
            return builder.AddKubernetes(name, options => section.Bind(options, static b => b.ErrorOnUnknownConfiguration = true));
        }

        /// <summary>
        /// Adds a Kubernetes cluster with the caller's client configuration. Our handlers and TLS checks are put on it: do not share
        /// the object with another client.
        /// </summary>
        public IFlinkResourcesBuilder AddKubernetes(
            string name, Action<KubernetesOptions> configure, Func<IServiceProvider, KubernetesClientConfiguration> configuration)
        {
            ArgumentNullException.ThrowIfNull(configuration);
            return Add(builder, name, configure, (services, name, _) => Build(name, configuration(services)));
        }

        /// <summary>
        /// Adds a Kubernetes cluster with the caller's own client, which is never disposed. Lost with it: the check of the host name
        /// in TLS, pacing of requests, and keep-alive pings. It must be a <c>k8s.Kubernetes</c>.
        /// </summary>
        public IFlinkResourcesBuilder AddKubernetes(
            string name, Action<KubernetesOptions> configure, Func<IServiceProvider, IKubernetes> client)
        {
            ArgumentNullException.ThrowIfNull(client);
            return Add(builder, name, configure, (services, name, _) =>
            {
                Logger(services).CallersClient(name);
                return client(services) is k8s.Kubernetes own
                    ? new KubernetesApi(name, own, null, owned: false)
                    : throw new InvalidOperationException(
                        $"The client of the Kubernetes backend '{name}' must be a k8s.Kubernetes: raw requests and watches need its HTTP client.");
            });
        }
    }

    private static IFlinkResourcesBuilder Add(
        IFlinkResourcesBuilder builder, string name, Action<KubernetesOptions> configure,
        Func<IServiceProvider, string, KubernetesOptions, IKubernetesApi> create)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(configure);
        var services = builder.Services;
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<KubernetesOptions>, KubernetesOptionsValidator>());
        services.AddOptions<KubernetesOptions>(name).Configure(configure).ValidateOnStart();
        services.TryAddKeyedSingleton(
            name, (provider, _) => create(provider, name, provider.GetRequiredService<IOptionsMonitor<KubernetesOptions>>().Get(name)));
        return builder.AddBackend(name, static (provider, name) =>
        {
            var options = provider.GetRequiredService<IOptionsMonitor<KubernetesOptions>>();
            return new KubernetesBackend(new Site(
                name, provider.GetRequiredKeyedService<IKubernetesApi>(name), () => options.Get(name),
                provider.GetRequiredService<TimeProvider>(), Logger(provider)));
        });
    }

    private static KubernetesApi Build(string name, KubernetesClientConfiguration configuration) =>
        new(name, KubernetesClients.Create(configuration), configuration.TlsServerName, owned: true);

    private static ILogger Logger(IServiceProvider services) =>
        services.GetService<ILoggerFactory>()?.CreateLogger("Flink.Resources.Kubernetes") ?? NullLogger.Instance;
}
