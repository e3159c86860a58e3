using System.Diagnostics;
using System.Runtime.Versioning;

namespace Flink.Resources.Kubernetes;

/// <summary>The script that takes the place of Flink's own: run here, with a <c>java</c> that prints what it is asked to do.</summary>
[SupportedOSPlatform("linux")]
public sealed class DirectStartTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("direct-start-").FullName;

    public DirectStartTests()
    {
        foreach (var jar in (string[])["lib/flink-dist-1.20.5.jar", "lib/log4j-core.jar", "lib/flink-cep.jar", "lib/deep/z.jar"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_home, jar))!);
            File.WriteAllText(Path.Combine(_home, jar), string.Empty);
        }
        Directory.CreateDirectory(Path.Combine(_home, "jdk", "bin"));
        Program("jdk/bin/java", "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
        JavaIs("17.0.12");
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public async Task JobManager_StartsOneJvmWithClassPathMemoryAndArguments()
    {
        var asked = await RunAsync(
            "kubernetes-jobmanager.sh",
            [("JVM_ARGS", "-Xmx1 -Xms1"), ("FLINK_ENV_JAVA_OPTS", "-Da=$HOSTNAME"), ("FLINK_ENV_JAVA_OPTS_JM", "-Djm"), ("FLINK_ENV_JAVA_OPTS_TM", "-Dtm")],
            "kubernetes-application", "-D", "x=y");

        Assert.StartsWith("-Xmx1 -Xms1 -Da=pod-1 -Djm -Dlog.file=", asked, StringComparison.Ordinal);
        Assert.Contains($" -Dlog.file={_home}/log/flink-flink-kubernetes-application-0-pod-1.log ", asked, StringComparison.Ordinal);
        Assert.EndsWith(
            $" -classpath {_home}/lib/deep/z.jar:{_home}/lib/flink-cep.jar:{_home}/lib/log4j-core.jar:{_home}/lib/flink-dist-1.20.5.jar:/hadoop/*:: "
            + "org.apache.flink.kubernetes.entrypoint.KubernetesApplicationClusterEntrypoint -D x=y", asked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TaskManager_TakesTheMemoryThatFlinkGave()
    {
        var asked = await RunAsync(
            "kubernetes-taskmanager.sh", [("FLINK_TM_JVM_MEM_OPTS", "-Xmx2"), ("FLINK_ENV_JAVA_OPTS_TM", "-Dtm")], "-D", "taskmanager.cpu.cores=1.0");

        Assert.StartsWith("-Xmx2 -Dtm ", asked, StringComparison.Ordinal);
        Assert.EndsWith(
            $" org.apache.flink.kubernetes.taskmanager.KubernetesTaskExecutorRunner --configDir {_home}/conf -D taskmanager.cpu.cores=1.0",
            asked, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("11.0.24", false)]
    [InlineData("17.0.12", false)]
    [InlineData("21", true)]
    public async Task Java_Above17_IsAllowedItsSecurityManager(string version, bool isAllowed)
    {
        JavaIs(version);

        Assert.Equal(isAllowed, (await RunAsync("kubernetes-taskmanager.sh", [])).Contains("-Djava.security.manager=allow", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Distribution_Missing_EndsWithTheReason()
    {
        File.Delete(Path.Combine(_home, "lib/flink-dist-1.20.5.jar"));

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync("kubernetes-taskmanager.sh", []));

        Assert.Contains("flink-dist", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Manifest_TheProfileWantsTheImagesScripts_HasNoneOfOurs()
    {
        var options = Specs.Options();
        options.Profiles["1.20"].DirectStart = false;

        AssertImagesScripts(Specs.Manifest(Specs.Right, options));
    }

    [Theory]
    [InlineData("env.log.dir")]
    [InlineData("env.java.home")]
    [InlineData("env.java.opts")]
    [InlineData("taskmanager.compute.numa")]
    public void Manifest_AKeyThatOnlyFlinksScriptsKnow_IsLeftToThem(string key) => AssertImagesScripts(Specs.Manifest(
        Specs.Right with { Configuration = Specs.Right.Configuration.Add(key, "/x") }, Specs.Options()));

    [Fact]
    public void Manifest_AVariableOfTheUsersOwn_WinsOverTheConfiguration()
    {
        var spec = Specs.Right with { Environment = Specs.Right.Environment.Add("FLINK_ENV_JAVA_OPTS_JM", "-Dmine") };

        var variables = Specs.Manifest(spec, Specs.Options()).Deployment["spec"]!["template"]!["spec"]!["containers"]![0].Items("env");

        Assert.Equal("-Dmine", Assert.Single(variables, static v => v.Text("name") == "FLINK_ENV_JAVA_OPTS_JM").Text("value"));
    }

    private static void AssertImagesScripts(ApplicationManifest manifest)
    {
        Assert.False(manifest.StartsDirectly);
        Assert.DoesNotContain(DirectStart.ScriptFile, manifest.Deployment.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain(DirectStart.ScriptFile, manifest.TaskManagerTemplate!.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain(manifest.Configuration, static p => p.Key.StartsWith("containerized.taskmanager.env.FLINK", StringComparison.Ordinal));
    }

    private void JavaIs(string version) => File.WriteAllText(Path.Combine(_home, "jdk/release"), $"IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"{version}\"\n");

    private void Program(string name, string text)
    {
        var path = Path.Combine(_home, name);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private async Task<string> RunAsync(string name, (string Key, string Value)[] environment, params string[] arguments)
    {
        Program(name, DirectStart.Script.ReplaceLineEndings("\n"));
        var info = new ProcessStartInfo("/bin/bash", [Path.Combine(_home, name), .. arguments])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        info.Environment.Clear();
        foreach (var (key, value) in environment)
        {
            info.Environment[key] = value;
        }
        info.Environment["PATH"] = "/usr/bin:/bin";
        info.Environment["FLINK_HOME"] = _home;
        info.Environment["JAVA_HOME"] = Path.Combine(_home, "jdk");
        info.Environment["HADOOP_CLASSPATH"] = "/hadoop/*";
        info.Environment["HOSTNAME"] = "pod-1";
        info.Environment["USER"] = "flink";
        using var process = Process.Start(info)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode == 0
            ? string.Join(' ', output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1))
            : throw new InvalidOperationException(error);
    }
}
