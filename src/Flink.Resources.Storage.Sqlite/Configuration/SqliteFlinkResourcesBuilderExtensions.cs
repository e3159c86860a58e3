using Flink.Resources;
using Flink.Resources.Storage.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the journal in a SQLite file.</summary>
public static class SqliteFlinkResourcesBuilderExtensions
{
    extension(IFlinkResourcesBuilder builder)
    {
        /// <summary>Keeps the journal in a SQLite file.</summary>
        /// <param name="path">The file, such as <c>fleet.db</c>; see <see cref="SqliteJournalOptions.Path"/>.</param>
        /// <exception cref="InvalidOperationException">A journal is registered already.</exception>
        public IFlinkResourcesBuilder AddSqliteJournal(string path)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(path);
            return builder.AddSqliteJournal(options => options.Path = path);
        }

        /// <summary>Keeps the journal in a SQLite file, as a configuration section says.</summary>
        /// <param name="section">With the properties of <see cref="SqliteJournalOptions"/>; an unknown one is an error.</param>
        /// <exception cref="InvalidOperationException">A journal is registered already.</exception>
        public IFlinkResourcesBuilder AddSqliteJournal(IConfigurationSection section)
        {
            ArgumentNullException.ThrowIfNull(section);
            return builder.AddSqliteJournal(options => section.Bind(options, static b => b.ErrorOnUnknownConfiguration = true));
        }

        /// <summary>Keeps the journal in a SQLite file.</summary>
        /// <param name="configure">Sets the options; they are checked at start, all mistakes at once.</param>
        /// <exception cref="InvalidOperationException">A journal is registered already.</exception>
        public IFlinkResourcesBuilder AddSqliteJournal(Action<SqliteJournalOptions> configure)
        {
            ArgumentNullException.ThrowIfNull(builder);
            ArgumentNullException.ThrowIfNull(configure);
            var services = builder.Services;
            if (services.Any(static d => d.ServiceType == typeof(IJournal)))
            {
                throw new InvalidOperationException("A journal is registered already: a fleet has one.");
            }
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SqliteJournalOptions>, SqliteJournalOptionsValidator>());
            services.AddOptions<SqliteJournalOptions>().Configure(configure).ValidateOnStart();
            services.AddSingleton<IJournal>(static s => new SqliteJournal(
                s.GetRequiredService<IOptions<SqliteJournalOptions>>().Value, s.GetRequiredService<TimeProvider>()));
            return builder;
        }
    }
}
