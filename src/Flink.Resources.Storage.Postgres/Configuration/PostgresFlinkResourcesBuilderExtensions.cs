using Flink.Resources;
using Flink.Resources.Storage.Postgres;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the journal in PostgreSQL.</summary>
public static class PostgresFlinkResourcesBuilderExtensions
{
    extension(IFlinkResourcesBuilder builder)
    {
        /// <summary>Keeps the journal in PostgreSQL.</summary>
        /// <param name="connectionString">See <see cref="PostgresJournalOptions.ConnectionString"/>.</param>
        /// <exception cref="InvalidOperationException">A journal is registered already.</exception>
        public IFlinkResourcesBuilder AddPostgresJournal(string connectionString)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
            return builder.AddPostgresJournal(options => options.ConnectionString = connectionString);
        }

        /// <summary>Keeps the journal in PostgreSQL, as a configuration section says.</summary>
        /// <param name="section">With the properties of <see cref="PostgresJournalOptions"/>; an unknown one is an error.</param>
        /// <exception cref="InvalidOperationException">A journal is registered already.</exception>
        public IFlinkResourcesBuilder AddPostgresJournal(IConfigurationSection section)
        {
            ArgumentNullException.ThrowIfNull(section);
            return builder.AddPostgresJournal(options => section.Bind(options, static b => b.ErrorOnUnknownConfiguration = true));
        }

        /// <summary>Keeps the journal in PostgreSQL.</summary>
        /// <param name="configure">Sets the options; they are checked at start, all mistakes at once.</param>
        /// <exception cref="InvalidOperationException">A journal is registered already.</exception>
        public IFlinkResourcesBuilder AddPostgresJournal(Action<PostgresJournalOptions> configure)
        {
            ArgumentNullException.ThrowIfNull(builder);
            ArgumentNullException.ThrowIfNull(configure);
            return Add(builder, configure);
        }

        /// <summary>Keeps the journal in PostgreSQL, reached through a data source that stays the caller's.</summary>
        /// <param name="dataSource">Not disposed with the journal.</param>
        /// <param name="configure">Sets the options but the connection string.</param>
        /// <exception cref="InvalidOperationException">A journal is registered already.</exception>
        public IFlinkResourcesBuilder AddPostgresJournal(NpgsqlDataSource dataSource, Action<PostgresJournalOptions>? configure = null)
        {
            ArgumentNullException.ThrowIfNull(builder);
            ArgumentNullException.ThrowIfNull(dataSource);
            // In a record: the container would dispose of the data source itself.
            builder.Services.TryAddSingleton(new PostgresDataSource(dataSource));
            return Add(builder, configure ?? (static _ => { }));
        }
    }

    private static IFlinkResourcesBuilder Add(IFlinkResourcesBuilder builder, Action<PostgresJournalOptions> configure)
    {
        var services = builder.Services;
        if (services.Any(static d => d.ServiceType == typeof(IJournal)))
        {
            throw new InvalidOperationException("A journal is registered already: a fleet has one.");
        }
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PostgresJournalOptions>, PostgresJournalOptionsValidator>(
            static s => new PostgresJournalOptionsValidator(s.GetService<PostgresDataSource>())));
        services.AddOptions<PostgresJournalOptions>().Configure(configure).ValidateOnStart();
        services.AddSingleton<IJournal>(static s =>
        {
            var options = s.GetRequiredService<IOptions<PostgresJournalOptions>>().Value;
            var given = s.GetService<PostgresDataSource>()?.DataSource;
            return new PostgresJournal(given ?? NpgsqlDataSource.Create(options.ConnectionString!), given is null, options, s.GetRequiredService<TimeProvider>());
        });
        return builder;
    }
}
