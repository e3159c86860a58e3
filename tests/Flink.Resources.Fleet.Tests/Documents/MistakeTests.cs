namespace Flink.Resources.Fleet;

public sealed class MistakeTests
{
    /// <summary>Where each of thirty mistakes is.</summary>
    private static readonly string[] _expected =
    [
        "1,10 journal",
        "3,46 clusters.yarn-east.resourceManagers[0]",
        "3,73 clusters.yarn-east.colour",
        "4,3 clusters.K8S",
        "6,11 clusters.k8s-east.kind",
        "9,18 clusters.k8s-west.callTimeout",
        "12,14 runtimes.f120.version",
        "13,12 runtimes.f120.image",
        "14,11 runtimes.f120.libs",
        "15,3 runtimes.f120",
        "18,3 queues[root..ads]",
        "19,14 queues[root.ads].k8s-wset",
        "21,16 defaults.move.stop",
        "21,23 defaults.move.sook",
        "21,40 defaults.move.soak",
        "22,12 defaults.runtime",
        "25,3 jobs.clicks",
        "27,14 jobs.ads/clicks.cluster",
        "28,12 jobs.ads/clicks.queue",
        "29,10 jobs.ads/clicks.jar",
        "30,12 jobs.ads/clicks.class",
        "31,18 jobs.ads/clicks.parallelism",
        "32,27 jobs.ads/clicks.taskManager.memory",
        "32,39 jobs.ads/clicks.taskManager.slots",
        "33,13 jobs.ads/clicks.flink[parallelism.default]",
        "33,37 jobs.ads/clicks.flink.a b",
        "34,12 jobs.ads/clicks.start",
        "35,13 jobs.ads/clicks.adopt.yarn-weast",
        "37,20 campaign.windows[0].cron",
        "38,22 campaign.blackouts[0].from",
    ];

    [Fact]
    public void ThirtyMistakes_AreThirtyErrors_EachWhereItIs()
    {
        var result = Texts.Read(Texts.Mistakes);

        Assert.Null(result.Document);
        Assert.Equal(_expected, result.Errors.Select(static e => $"{e.At} {e.Field}"));
        Assert.Equal(30, result.Errors.Length);
        Assert.All(result.Errors, static e => Assert.Equal("fleet.yaml", e.Path));
    }

    [Fact]
    public void Message_NamesFileLineColumnFieldValueAndWhatIsRight()
    {
        var messages = Texts.Read(Texts.Mistakes).Errors.Select(static e => e.ToString()).ToList();

        Assert.Contains("fleet.yaml(27,14): jobs.ads/clicks.cluster is 'k8s-wst': there is no such cluster. Did you mean 'k8s-west'?", messages);
        Assert.Contains("fleet.yaml(21,23): defaults.move.sook: there is no such key. Did you mean 'soak'?", messages);
        Assert.Contains("fleet.yaml(6,11): clusters.k8s-east.kind is 'kubernets': write yarn, kubernetes or simulated. Did you mean 'kubernetes'?", messages);
        Assert.Contains("fleet.yaml(15,3): runtimes.f120: the key stands here a second time; it is above already in line 11", messages);
        Assert.Contains("fleet.yaml(33,13): jobs.ads/clicks.flink[parallelism.default]: write the key 'parallelism' of the document instead", messages);
        Assert.Contains("fleet.yaml(32,27): jobs.ads/clicks.taskManager.memory is '4gg': write a size above 0, such as 2g or 512m", messages);
    }

    [Theory]
    [InlineData("cluster: yarn-sim", "cluster: yarn-smi", "9,14", "Did you mean 'yarn-sim'?")]
    [InlineData("    cluster: yarn-sim\n", "", "8,3", "it is missing: Where it runs")]
    [InlineData("    queue: root.ads\n", "", "8,3", "it is missing: give it here or in 'defaults'")]
    [InlineData("runtime: f120", "runtime: f121", "11,14", "Did you mean 'f120'?")]
    [InlineData("parallelism: 2", "parallelism: two", "13,18", "a whole number of 1 to 32768")]
    [InlineData("parallelism: 2", "parallelism:", "13,17", "it has no value")]
    [InlineData("parallelism: 2", "parallelism: {a: 1}", "13,18", "a whole number")]
    [InlineData("parallelism: 2", "parallelism: 2\n    parallelism: 3", "14,5", "a second time; it is above already in line 13")]
    [InlineData("parallelism: 2", "parallelism: 2\n    standbyOf: ads/clicks", "14,16", "does not stand by for itself")]
    [InlineData("parallelism: 2", "parallelism: 2\n    standbyOf: ads/click", "14,16", "Did you mean 'ads/clicks'?")]
    [InlineData("parallelism: 2", "parallelism: 2\n    acknowledge: [E07, E06]", "14,24", "the id of a rule: E01, E02, E03,")]
    [InlineData("parallelism: 2", "parallelism: 2\n    acknowledge: e07", "14,18", "or of a rule of your own")]
    [InlineData("parallelism: 2", "parallelism: 2\n    env: {DB_PASSWORD: x}", "14,11", "name it in 'secrets'")]
    [InlineData("parallelism: 2", "parallelism: 2\n    flink: {execution: {a: 1}}", "14,24", "a text")]
    [InlineData("parallelism: 2", "parallelism: 2\n    flink: {execution.savepoint.path: x}", "14,13", "write the key 'start' of the document instead")]
    [InlineData("parallelism: 2", "parallelism: 2\n    flink: {high-availability: x}", "14,13", "write high-availability.type")]
    [InlineData("parallelism: 2", "parallelism: 2\n    flink: {kubernetes.cluster-id: x}", "14,13", "the library sets it; leave it out")]
    [InlineData("parallelism: 2", "parallelism: 2\n    start: [fresh]", "14,12", "fresh, or the URI")]
    [InlineData("parallelism: 2", "parallelism: 2\n    priority: P10", "14,15", "P0 (most important) to P9")]
    [InlineData("parallelism: 2", "parallelism: 2\n    env: *shared", "14,10", "Aliases")]
    [InlineData("parallelism: 2", "parallelism: 2\n    env: &shared {A: b}", "14,10", "Anchors")]
    [InlineData("parallelism: 2", "parallelism: !!int 2", "13,18", "Tags")]
    [InlineData("parallelism: 2", "parallelism: ${MISSING}", "13,18", "The variable MISSING is not set")]
    [InlineData("parallelism: 2", "parallelism: ${1}", "13,18", "A variable is written ${NAME}")]
    [InlineData("parallelism: 2", "parallelism: ${", "13,18", "A variable is written ${NAME}")]
    [InlineData("parallelism: 2", "parallelism: 2\n    <<: {queue: x}", "14,5", "merge keys are not read")]
    [InlineData("parallelism: 2", "parallelism: 2\n    [a, b]: x", "14,5", "A key is a word")]
    [InlineData("version: 1.20.5, libs: /flink/1.20", "version: 1.20.5", "6,3", "it runs nowhere")]
    [InlineData("version: 1.20.5, libs: /flink/1.20", "version: 1.20.5, image: flink:1.20", "6,34", "a tag can change under a job")]
    [InlineData("  f120: {", "  old: {version: 1.20.5, libs: /x}\n  f120: {", "7,19", "'old' has the same")]
    [InlineData("kind: simulated}\n  k8s", "}\n  k8s", "3,3", "it is missing: write yarn, kubernetes or simulated")]
    [InlineData("journal: memory", "journal: postgres:nonsense", "1,10", "Npgsql")]
    [InlineData("journal: memory\n", "", "1,1", "it is missing: Where moves are journalled")]
    [InlineData("journal: memory", "journal: memory\n---\na: b", "2,1", "here a second begins")]
    [InlineData("jobs:\n", "defaults: {snapshots: 'hdfs://ns1/flink'}\njobs:\n", "7,23", "put {job} into it")]
    [InlineData("jobs:\n", "queues: {root.adz: {}}\njobs:\n", "11,12", "Did you mean 'root.adz'?")]
    [InlineData("jobs:\n", "campaign: {windows: {cron: '* * * * *'}}\njobs:\n", "7,12", "write 'cron' and 'for'")]
    [InlineData("jobs:\n", "campaign: {blackouts: [{from: 2026-01-02T00:00Z, to: 2026-01-01T00:00Z}]}\njobs:\n", "7,24", "it ends before it begins")]
    [InlineData("jobs:\n", "campaign: {windows: [{cron: '* * * * *', for: 1h, zone: Mars/Base}]}\njobs:\n", "7,57", "a time zone such as")]
    public void OneMistake_IsOneError(string right, string wrong, string at, string expected)
    {
        Assert.Contains(right, Texts.Small, StringComparison.Ordinal);

        var error = Assert.Single(Texts.Read(Texts.Small.Replace(right, wrong, StringComparison.Ordinal)).Errors);

        Assert.Contains(expected, error.ToString(), StringComparison.Ordinal);
        Assert.Equal(at, error.At.ToString());
    }

    [Theory]
    [InlineData("    cluster: k8s-east ", "    cluster: yarn-east", "", "")]
    [InlineData("secrets: {SASL_JAAS", "secrets: {OTHER", "", "")]
    [InlineData("jar: hdfs:///jobs/clicks-42.jar", "jar: /home/me/clicks-42.jar", "18,10", "pods can't read this machine's disk")]
    [InlineData("libs: hdfs:///flink/1.20, ", "", "3,3", "no runtime has 'libs'")]
    [InlineData("flink: {execution.checkpointing.interval: 60s}", "flink: {high-availability.type: none}", "24,13", "the Kubernetes backend sets it")]
    [InlineData("adopt: {yarn-east: application_1700000000000_0421}", "adopt: {yarn-east: clicks-e1}", "17,24", "'yarn-east' is a YARN cluster")]
    [InlineData("adopt: {yarn-east: application_1700000000000_0421}", "adopt: {k8s-east: application_1700000000000_0421}", "17,23", "'k8s-east' is a Kubernetes cluster")]
    [InlineData("k8s-east: {namespace: ads, priorityClass: rt}", "yarn-east: {namespace: ads}", "8,35", "only Kubernetes has it")]
    [InlineData("k8s-east: {namespace: ads, priorityClass: rt}", "k8s-east: {queue: root.ads}", "8,34", "only YARN has other paths")]
    [InlineData("    state: running", "    zone: ssd", "27,11", "there is no such zone of 'k8s-east'. The document has none.")]
    [InlineData("provides: [SASL_JAAS]", "callTimeout: 3s", "3,111", "must not be shorter than attemptTimeout (10s)")]
    [InlineData("journal: postgres:${FLEET_DB}", "journal: memory", "1,10", "is a real cluster")]
    public void Places_MustSuit(string right, string wrong, string at, string expected)
    {
        Assert.Contains(right, Texts.Example, StringComparison.Ordinal);

        var result = Texts.Read(Texts.Example.Replace(right, wrong, StringComparison.Ordinal));

        if (expected.Length == 0)
        {
            Assert.Empty(result.Errors);
            return;
        }
        var error = Assert.Single(result.Errors);
        Assert.Contains(expected, error.ToString(), StringComparison.Ordinal);
        Assert.Equal(at, error.At.ToString());
    }

    /// <summary>What Flink makes of the sizes and the memory keys of a job, its runtime and its cluster together.</summary>
    [Theory]
    [InlineData("taskManager: {memory: 4g,", "taskManager: {memory: 640m,", "23,27", "jobs.ads/clicks.taskManager.memory is '640m': at least 982m: Flink takes 256m for metaspace")]
    [InlineData("parallelism: 16", "parallelism: 16\n    jobManager: {memory: 512m}", "23,26", "jobs.ads/clicks.jobManager.memory is '512m': at least 579m: 576m of it are not heap")]
    [InlineData("flink: {", "jobManager: {memory: 512m}\n    flink: {jobmanager.memory.jvm-metaspace.size: 128m, jobmanager.memory.jvm-overhead.min: 96m, jobmanager.memory.off-heap.size: 64m, ", "", "")]
    [InlineData("env: {TZ: Asia/Shanghai, LANG: C.UTF-8}", "flink: {jobmanager.memory.jvm-metaspace.size: 1500m}", "14,3", "jobs.ads/clicks.jobManager.memory is '1600m': at least ")]
    [InlineData("webhdfs: [nn1:9870, nn2:9870], provides", "flink: {taskmanager.memory.managed.size: 8g}, webhdfs: [nn1:9870, nn2:9870], provides", "", "")]
    [InlineData("context: east, namespace", "flink: {taskmanager.memory.managed.size: 8g}, context: east, namespace", "23,27", "jobs.ads/clicks.taskManager.memory is '4g': at least ")]
    [InlineData("flink: {", "flink: {taskmanager.memory.network.min: 2g, taskmanager.memory.network.max: 1g, ", "24,45", "flink[taskmanager.memory.network.min] is '2g': it is above taskmanager.memory.network.max, which is 1g.")]
    public void Memory_MustSuitFlink(string right, string wrong, string at, string expected) => Places_MustSuit(right, wrong, at, expected);

    [Fact]
    public void SecretOfAJobOnYarn_MustBeThere()
    {
        var text = Texts.Example.Replace("cluster: k8s-east ", "cluster: yarn-east", StringComparison.Ordinal).Replace("provides: [SASL_JAAS]", "user: ads", StringComparison.Ordinal);

        var error = Assert.Single(Texts.Read(text).Errors);

        Assert.Contains("YARN keeps no Secrets", error.Expected, StringComparison.Ordinal);
        Assert.Equal("jobs.ads/clicks.secrets.SASL_JAAS", error.Field);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("- a\n- b\n")]
    [InlineData("a word")]
    public void NoDocument_IsOneError(string text) => Assert.Single(Texts.Read(text).Errors);

    [Fact]
    public void BrokenYaml_IsNamedWhereItBreaks()
    {
        var error = Assert.Single(Texts.Read("journal: memory\nclusters: {a: b\nruntimes: x: y\n").Errors);

        Assert.StartsWith("This is not YAML", error.Expected, StringComparison.Ordinal);
        Assert.InRange(error.At.Line, 2, 4);
    }
}
