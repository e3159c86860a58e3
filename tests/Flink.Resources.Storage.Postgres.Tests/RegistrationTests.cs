using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Flink.Resources.Storage.Postgres;

public sealed class RegistrationTests
{
    private const string Connection = "Host=db;Database=fleet;Username=fleet;Password=hunter2";
    private readonly ServiceCollection _services = new();

    [Fact]
    public async Task AddPostgresJournal_ConnectionString_IsTheJournal()
    {
        _services.AddFlinkResources().AddPostgresJournal(Connection);
        await using var provider = Build();

        Assert.IsType<PostgresJournal>(provider.GetRequiredService<IJournal>());
        Assert.Equal("flink_resources", provider.GetRequiredService<IOptions<PostgresJournalOptions>>().Value.Schema);
        Assert.NotNull(provider.GetRequiredService<IMigrations>());
    }

    [Fact]
    public void AddPostgresJournal_Section_IsBound()
    {
        var section = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Journal:ConnectionString"] = Connection,
            ["Journal:Schema"] = "fleet_a",
            ["Journal:UpgradeSchema"] = "false",
            ["Journal:RetryTimeout"] = "00:00:02",
        }).Build().GetSection("Journal");
        _services.AddFlinkResources().AddPostgresJournal(section);
        using var provider = Build();

        var options = provider.GetRequiredService<IOptions<PostgresJournalOptions>>().Value;

        Assert.Equal(("fleet_a", false, TimeSpan.FromSeconds(2)), (options.Schema, options.UpgradeSchema, options.RetryTimeout));
    }

    [Fact]
    public async Task AddPostgresJournal_DataSource_StaysTheCallers()
    {
        await using var database = Database.Open();
        await using var dataSource = NpgsqlDataSource.Create(database.ConnectionString);
        _services.AddFlinkResources().AddPostgresJournal(dataSource, o => o.Schema = database.Schema);
        await using (var provider = Build())
        {
            Assert.Empty(await provider.GetRequiredService<IJournal>().ListAsync(default, TestContext.Current.CancellationToken));
        }

        await using var command = dataSource.CreateCommand("SELECT 1");
        Assert.Equal(1, await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void AddPostgresJournal_Twice_IsRefused()
    {
        var builder = _services.AddFlinkResources().AddPostgresJournal(Connection);

        Assert.Throws<InvalidOperationException>(() => builder.AddPostgresJournal(Connection));
    }

    [Theory]
    [InlineData(null, "flink_resources", "00:00:05", "ConnectionString is missing")]
    [InlineData("Database=fleet;Password=hunter2", "flink_resources", "00:00:05", "ConnectionString names no Host")]
    [InlineData("Host=db;Password=hunter2;hunter2=1", "flink_resources", "00:00:05", "ConnectionString can't be read")]
    [InlineData("hunter2", "flink_resources", "00:00:05", "ConnectionString can't be read")]
    [InlineData("Host=db;Port=hunter2", "flink_resources", "00:00:05", "ConnectionString can't be read")]
    [InlineData(Connection, "Fleet", "00:00:05", "Schema is 'Fleet'")]
    [InlineData(Connection, "a\"; DROP", "00:00:05", "Schema is 'a\"; DROP'")]
    [InlineData(Connection, "", "00:00:05", "Schema is ''")]
    [InlineData(Connection, "flink_resources", "00:02:00", "RetryTimeout is '00:02:00'")]
    public void Options_OutOfRange_NameTheFieldAndNoPassword(string? connection, string schema, string retry, string expected)
    {
        _services.AddFlinkResources().AddPostgresJournal(
            o => (o.ConnectionString, o.Schema, o.RetryTimeout) = (connection, schema, TimeSpan.Parse(retry, null)));
        using var provider = Build();

        var exception = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IStartupValidator>().Validate());

        Assert.Contains(expected, Assert.Single(exception.Failures), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", exception.ToString(), StringComparison.Ordinal);
    }

    private ServiceProvider Build() =>
        _services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
}
