using Flink.Resources;
using Flink.Resources.Yarn;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds YARN clusters.</summary>
public static class YarnFlinkResourcesBuilderExtensions
{
    extension(IFlinkResourcesBuilder builder)
    {
        /// <summary>Adds a YARN cluster from a configuration section; the section's key is the backend's name.</summary>
        public IFlinkResourcesBuilder AddYarn(IConfigurationSection section)
        {
            ArgumentNullException.ThrowIfNull(section);
            return builder.AddYarn(section.Key, section);
        }

        /// <summary>Adds a YARN cluster from a configuration section.</summary>
        public IFlinkResourcesBuilder AddYarn(string name, IConfigurationSection section)
        {
            ArgumentNullException.ThrowIfNull(section);
            return builder.AddYarn(name, options => section.Bind(options, static b => b.ErrorOnUnknownConfiguration = true));
        }

        /// <summary>Adds a YARN cluster.</summary>
        /// <param name="name">The backend's name, a lower-case DNS label.</param>
        /// <param name="configure">Sets the options; they are checked at start, all mistakes at once.</param>
        /// <exception cref="ArgumentException">The name is none, or is taken.</exception>
        public IFlinkResourcesBuilder AddYarn(string name, Action<YarnOptions> configure)
        {
            ArgumentNullException.ThrowIfNull(builder);
            ArgumentException.ThrowIfNullOrWhiteSpace(name);
            ArgumentNullException.ThrowIfNull(configure);
            builder.AddBackend(name, static (services, name) => YarnBackend.Create(
                name,
                services.GetRequiredService<IOptionsMonitor<YarnOptions>>().Get(name),
                services.GetRequiredService<TimeProvider>(),
                (services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateLogger<YarnBackend>()));
            builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<YarnOptions>, YarnOptionsValidator>());
            builder.Services.AddOptions<YarnOptions>(name).Configure(configure).ValidateOnStart();
            return builder;
        }
    }
}
