namespace Flink.Resources.Fleet;

/// <summary>Documents to read.</summary>
internal static class Texts
{
    /// <summary>What stands where <c>${FLEET_DB}</c> stands.</summary>
    public const string Database = "Host=db.example;Database=fleet;Username=fleet;Password=hunter2";

    public static string Example => File("example.yaml");

    public static string Full => File("full.yaml");

    public static string Mistakes => File("mistakes.yaml");

    /// <summary>The smallest one that has a job.</summary>
    public static string Small => """
        journal: memory
        clusters:
          yarn-sim: {kind: simulated}
          k8s-sim: {kind: simulated}
        runtimes:
          f120: {version: 1.20.5, libs: /flink/1.20}
        jobs:
          ads/clicks:
            cluster: yarn-sim
            queue: root.ads
            runtime: f120
            jar: hdfs:///jobs/clicks.jar
            parallelism: 2
            snapshots: hdfs://ns1/flink/{job}
        """.ReplaceLineEndings("\n");

    public static FleetDocumentResult Read(string text, string? path = "fleet.yaml") => FleetDocumentReader.Read(text, path, Environment);

    public static FleetDocument Document(string text)
    {
        var result = Read(text);
        Assert.Empty(result.Errors.Select(static e => e.ToString()));
        return result.Document!;
    }

    public static string? Environment(string name) => name switch
    {
        "FLEET_DB" => Database,
        "SECRET_VALUE" => "swordfish",
        "EMPTY" => string.Empty,
        _ => null,
    };

    private static string File(string name) =>
        System.IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Documents", "Files", name)).ReplaceLineEndings("\n");
}
