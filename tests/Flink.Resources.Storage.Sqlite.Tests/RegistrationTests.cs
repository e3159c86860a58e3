using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Flink.Resources.Storage.Sqlite;

public sealed class RegistrationTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly ServiceCollection _services = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task AddSqliteJournal_Path_IsTheJournalAndTheFileIsThere()
    {
        _services.AddFlinkResources().AddSqliteJournal(_directory.File("fleet.db"));
        await using var provider = Build();

        var journal = provider.GetRequiredService<IJournal>();

        Assert.Empty(await journal.ListAsync(default, TestContext.Current.CancellationToken));
        Assert.True(File.Exists(_directory.File("fleet.db")));
        Assert.NotNull(provider.GetRequiredService<IMigrations>());
    }

    [Fact]
    public void AddSqliteJournal_Section_IsBound()
    {
        _services.AddFlinkResources().AddSqliteJournal(Section(("Path", "/x/fleet.db"), ("BusyTimeout", "00:00:03")));
        using var provider = Build();

        var options = provider.GetRequiredService<IOptions<SqliteJournalOptions>>().Value;

        Assert.Equal("/x/fleet.db", options.Path);
        Assert.Equal(TimeSpan.FromSeconds(3), options.BusyTimeout);
    }

    [Fact]
    public void AddSqliteJournal_UnknownKey_Fails()
    {
        _services.AddFlinkResources().AddSqliteJournal(Section(("Path", "/x/fleet.db"), ("Pth", "y")));
        using var provider = Build();

        Assert.Contains("Pth", Assert.ThrowsAny<Exception>(() => provider.GetRequiredService<IOptions<SqliteJournalOptions>>().Value).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddSqliteJournal_Twice_IsRefused()
    {
        var builder = _services.AddFlinkResources().AddSqliteJournal("one.db");

        Assert.Throws<InvalidOperationException>(() => builder.AddSqliteJournal("two.db"));
    }

    [Theory]
    [InlineData(null, "00:00:10", "Path is missing")]
    [InlineData(":memory:", "00:00:10", "Path is ':memory:'")]
    [InlineData("file:fleet.db?mode=memory", "00:00:10", "Path is 'file:")]
    [InlineData("/tmp", "00:00:10", "Path is '/tmp'")]
    [InlineData("fleet.db", "00:00:00.05", "BusyTimeout is '00:00:00.05")]
    [InlineData("fleet.db", "00:02:00", "BusyTimeout is '00:02:00'")]
    public void Options_OutOfRange_NameTheField(string? path, string busy, string expected)
    {
        _services.AddFlinkResources().AddSqliteJournal(o => (o.Path, o.BusyTimeout) = (path, TimeSpan.Parse(busy, null)));
        using var provider = Build();

        var exception = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IStartupValidator>().Validate());

        Assert.Contains(expected, Assert.Single(exception.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void Options_Defaults_NeedOnlyAPath() =>
        Assert.True(new SqliteJournalOptionsValidator().Validate(null, new SqliteJournalOptions { Path = "fleet.db" }).Succeeded);

    private static IConfigurationSection Section(params (string Key, string Value)[] values) => new ConfigurationBuilder()
        .AddInMemoryCollection(values.Select(static v => KeyValuePair.Create($"Journal:{v.Key}", (string?)v.Value)))
        .Build().GetSection("Journal");

    private ServiceProvider Build() =>
        _services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
}
