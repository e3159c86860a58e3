using System.Security.Cryptography.X509Certificates;
using k8s;

namespace Flink.Resources.Kubernetes;

/// <summary>Builds the one long-lived client of a cluster.</summary>
internal static class KubernetesClients
{
    public static KubernetesClientConfiguration Configuration(KubernetesOptions options)
    {
        if (options.KubeConfig is null && options.Context is null)
        {
            return KubernetesClientConfiguration.BuildDefaultConfig();
        }
        var file = options.KubeConfig is null ? null : new FileInfo(options.KubeConfig);
        return KubernetesClientConfiguration.BuildConfigFromConfigFile(file, options.Context);
    }

    /// <summary>The client with our handlers. Its own TLS check for private authorities looks at the chain alone, so that any
    /// certificate of that authority could play the API server; ours checks the host name too.</summary>
    public static k8s.Kubernetes Create(KubernetesClientConfiguration configuration)
    {
        var roots = configuration.SslCaCerts;
        if (!configuration.SkipTlsVerify)
        {
            configuration.SslCaCerts = null;
        }
        var callers = configuration.FirstMessageHandlerSetup;
        configuration.FirstMessageHandlerSetup = handler =>
        {
            if (roots is not null && !configuration.SkipTlsVerify)
            {
                var policy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    RevocationMode = X509RevocationMode.NoCheck,
                };
                policy.CustomTrustStore.AddRange(roots);
                handler.SslOptions.CertificateChainPolicy = policy;
            }
            handler.ConnectTimeout = TimeSpan.FromSeconds(10);
            handler.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
            handler.KeepAlivePingTimeout = TimeSpan.FromSeconds(15);
            handler.PooledConnectionLifetime = TimeSpan.FromMinutes(15);
            callers?.Invoke(handler);
        };
#pragma warning disable CA2000 // the client owns its handlers
        return new k8s.Kubernetes(configuration, new PacingHandler());
#pragma warning restore CA2000
    }
}
