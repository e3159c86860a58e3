using System.Diagnostics;
using Flink.Resources.Kubernetes;
using Flink.Resources.Yarn;
using Microsoft.Extensions.DependencyInjection;

namespace Flink.Resources.Benchmarks;

/// <summary>The real clusters of docs/testing.md, and the stock client beside them.</summary>
internal static class RealClusters
{
    public static string Hdfs => Variable("TESTBED_HDFS");

    public static IFlinkResourcesBuilder AddYarn(IServiceCollection services) => services.AddFlinkResources().AddYarn("yarn", static options =>
    {
        options.ResourceManagers.Add(new Uri(Variable("TESTBED_YARN_RM")));
        options.WebHdfs.Add(new Uri(new Uri(Variable("TESTBED_WEBHDFS")).GetLeftPart(UriPartial.Authority)));
        options.FileSystem = Hdfs;
        options.User = "root";
        options.StagingRoot = "/tmp/flink-resources-benchmarks/yarn";
        options.PollInterval = TimeSpan.FromMilliseconds(500);
        var profile = new YarnFlinkProfile();
        profile.LibraryDirectories.Add(Variable("TESTBED_FLINK_HDFS_LIB"));
        profile.LibraryDirectories.Add(Variable("TESTBED_FLINK_HDFS_PLUGINS"));
        options.Profiles["1.20"] = profile;
    });

    public static IFlinkResourcesBuilder AddKubernetes(IServiceCollection services) => services.AddFlinkResources().AddKubernetes("k8s", static options =>
    {
        options.KubeConfig = Variable("KUBECONFIG");
        options.ServiceAccount = "testbed";
        options.CpuLimitFactor = 20;
        options.HighAvailabilityDirectory = Hdfs + "/tmp/flink-resources-benchmarks/ha";
        var profile = new KubernetesFlinkProfile { Image = Variable("TESTBED_FLINK_IMAGE") };
        profile.Environment["HADOOP_USER_NAME"] = "root";
        options.Profiles["1.20"] = profile;
    });

    /// <summary>The stock client's arguments for an application of this name, without those of the job.</summary>
    public static IEnumerable<string> ClientArguments(BackendKind cluster, string name) => cluster == BackendKind.Yarn
        ?
        [
            "run-application", "-t", "yarn-application", $"-Dyarn.application.name={name}", "-Dyarn.application.queue=root.nearline",
            $"-Dyarn.provided.lib.dirs={Variable("TESTBED_FLINK_HDFS_LIB")};{Variable("TESTBED_FLINK_HDFS_PLUGINS")}",
        ]
        :
        [
            "run-application", "-t", "kubernetes-application", $"-Dkubernetes.cluster-id={name}",
            $"-Dkubernetes.container.image.ref={Variable("TESTBED_FLINK_IMAGE")}", "-Dkubernetes.service-account=testbed",
            "-Dkubernetes.jobmanager.cpu.amount=0.1", "-Dkubernetes.taskmanager.cpu.amount=0.1",
            "-Dkubernetes.jobmanager.cpu.limit-factor=20", "-Dkubernetes.taskmanager.cpu.limit-factor=20",
            "-Dhigh-availability.type=kubernetes", $"-Dhigh-availability.storageDir={Hdfs}/tmp/flink-resources-benchmarks/ha",
            // A client outside of the cluster stops the job later: it does not resolve the names of Services.
            "-Dkubernetes.rest-service.exposed.type=NodePort",
            "-Dcontainerized.master.env.HADOOP_USER_NAME=root", "-Dcontainerized.taskmanager.env.HADOOP_USER_NAME=root",
        ];

    /// <summary>Starts the stock client.</summary>
    public static Process StartClient(IEnumerable<string> arguments)
    {
        var info = new ProcessStartInfo(Path.Combine(Variable("TESTBED_FLINK_HOME"), "bin", "flink"), arguments)
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        info.Environment["HADOOP_CLASSPATH"] = Variable("TESTBED_HADOOP_CLASSPATH");
        return Process.Start(info)!;
    }

    public static string Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
        ? value
        : throw new InvalidOperationException($"{name} is not set (docs/testing.md).");
}
