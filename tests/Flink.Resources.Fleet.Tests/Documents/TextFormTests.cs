namespace Flink.Resources.Fleet;

public sealed class TextFormTests
{
    [Fact]
    public void WindowsLineEnds_ChangeNothing()
    {
        var (unix, windows) = (Texts.Read(Texts.Mistakes), Texts.Read(Texts.Mistakes.ReplaceLineEndings("\r\n")));

        Assert.Equal(unix.Errors, windows.Errors);
        Assert.Equal(Texts.Document(Texts.Full).PositionOf("campaign.abort.rearmAfter"), Texts.Document(Texts.Full.ReplaceLineEndings("\r\n")).PositionOf("campaign.abort.rearmAfter"));
    }

    [Fact]
    public void ByteOrderMark_ChangesNothing()
    {
        Assert.Equal(Texts.Read(Texts.Mistakes).Errors, Texts.Read($"\uFEFF{Texts.Mistakes}").Errors);
        Assert.Equal(Texts.Document(Texts.Small).PositionOf("journal"), Texts.Document($"\uFEFF{Texts.Small}").PositionOf("journal"));
    }

    [Fact]
    public void NamesAndTexts_MayBeInAnyScript()
    {
        var document = Texts.Document(Texts.Small
            .Replace("f120", "运行时", StringComparison.Ordinal)
            .Replace("parallelism: 2", "parallelism: 2\n    owner: 広告チーム\n    args: [--名前, Привет, 😀]\n    sinks: {Bestellungen-ä: append}", StringComparison.Ordinal));

        var job = Assert.Single(document.Jobs).Value;
        Assert.Equal(("运行时", "広告チーム"), (job.Runtime, job.Facts.Owner));
        Assert.Equal(["--名前", "Привет", "😀"], job.Arguments);
        Assert.Equal("Bestellungen-ä", Assert.Single(job.Move.Options.Sinks).Key);
    }

    [Fact]
    public void ErrorBehindOtherScripts_HasItsColumnInCharacters()
    {
        var error = Assert.Single(Texts.Read(Texts.Small.Replace("runtime: f120", "runtime: \"運用\"", StringComparison.Ordinal)).Errors);

        Assert.Equal((new SourcePosition(11, 14), "運用"), (error.At, error.Value));
    }

    [Fact]
    public void Variable_StandsAnywhereInAValue_ButNotInAKey()
    {
        var text = Texts.Small.Replace("parallelism: 2", "parallelism: 2\n    args: ['a-${SECRET_VALUE}-b', \"$${SECRET_VALUE}\", '${EMPTY}', $x]\n    env: {'${SECRET}': x}", StringComparison.Ordinal);

        var error = Assert.Single(Texts.Read(text).Errors);
        Assert.Equal("jobs.ads/clicks.env.${SECRET}", error.Field);

        var document = Texts.Document(text.Replace("'${SECRET}': x", "A: x", StringComparison.Ordinal));
        Assert.Equal(["a-swordfish-b", "${SECRET_VALUE}", "", "$x"], Assert.Single(document.Jobs).Value.Arguments);
    }

    [Theory]
    [InlineData("parallelism: ${SECRET_VALUE}")]
    [InlineData("parallelism: 2\n    jobManager: {memory: '${SECRET_VALUE}'}")]
    [InlineData("parallelism: 2\n    secrets: {TOKEN: swordfish_}")]
    [InlineData("parallelism: 2\n    kind: password=swordfish")]
    [InlineData("parallelism: 2\n    files: ['https://me:swordfish@host/a b']")]
    [InlineData("parallelism: 2\n    env: {DB_PASSWORD: swordfish}")]
    [InlineData("parallelism: 2\n    flink: {s3.secret-key: swordfish}")]
    [InlineData("parallelism: 2\n    args: [{--token: swordfish}]")]
    [InlineData("parallelism: 2\n    start: '${SECRET_VALUE}'")]
    [InlineData("parallelism: 2\n    standbyOf: ads/${SECRET_VALUE}")]
    [InlineData("parallelism: 2\n    zone: [\"swordfish")]
    [InlineData("parallelism: 2\n    adopt: {yarn-sim: '${SECRET_VALUE}_'}")]
    public void Message_HoldsNoSecret(string wrong)
    {
        var errors = Texts.Read(Texts.Small.Replace("parallelism: 2", wrong, StringComparison.Ordinal)).Errors;

        Assert.NotEmpty(errors);
        Assert.DoesNotContain(errors, static e => e.ToString().Contains("swordfish", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("journal: postgres:Host=db;Passwort=swordfish")]
    [InlineData("journal: postgress:Host=db;Password=swordfish")]
    [InlineData("journal: postgres:Password=swordfish")]
    public void MessageAboutTheJournal_HoldsNoSecret(string wrong)
    {
        var error = Assert.Single(Texts.Read(Texts.Small.Replace("journal: memory", wrong, StringComparison.Ordinal)).Errors);

        Assert.DoesNotContain("swordfish", error.ToString(), StringComparison.Ordinal);
        Assert.Equal("***", error.Value);
    }
}
