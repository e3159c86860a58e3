namespace Flink.Resources;

public sealed class LookupTests
{
    private static readonly Evidence Seen = new("rm1", DateTimeOffset.UnixEpoch, "404 RemoteException NotFoundException");

    [Fact]
    public void Default_IsUnknown()
    {
        var lookup = default(Lookup<string>);

        Assert.Equal("unknown", Kind(lookup));
        Assert.Same(Evidence.None, lookup.Evidence);
    }

    [Fact]
    public void Match_EachAnswer_TakesItsArm()
    {
        Assert.Equal("found x", Kind(Lookup.Found("x", Seen)));
        Assert.Equal("absent", Kind(Lookup.Absent<string>(Seen)));
        Assert.Equal("unknown", Kind(Lookup.Unknown<string>(Seen)));
    }

    [Fact]
    public void Select_NotFound_KeepsTheEvidence()
    {
        var absent = Lookup.Absent<string>(Seen).Select(static s => s.Length);

        Assert.Equal((LookupStatus.Absent, Seen), (absent.Status, absent.Evidence));
        Assert.Equal(Lookup.Found(1, Seen), Lookup.Found("x", Seen).Select(static s => s.Length));
    }

    private static string Kind(Lookup<string> lookup) =>
        lookup.Match(static value => $"found {value}", static _ => "absent", static _ => "unknown");
}
