using Microsoft.Extensions.Configuration;

namespace QuickStart;

/// <summary>The same variables that the integration tests read (docs/testing.md), laid over appsettings.json.</summary>
internal static class Endpoints
{
    public static IConfigurationBuilder AddClusterVariables(this IConfigurationBuilder builder)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        void Take(string variable, Func<string, string> map, params ReadOnlySpan<string> keys)
        {
            if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value)
            {
                foreach (var key in keys)
                {
                    values[key] = map(value);
                }
            }
        }

        Take("TESTBED_YARN_RM", static v => v, "Yarn:ResourceManagers:0");
        Take("TESTBED_WEBHDFS", static v => new Uri(v).GetLeftPart(UriPartial.Authority), "Yarn:WebHdfs:0");
        Take("TESTBED_HDFS", static v => v, "Yarn:FileSystem");
        Take("TESTBED_HDFS", static v => v + "/tmp/flink-resources", "Job:StateRoot");
        Take("TESTBED_HDFS", static v => v + "/tmp/flink-resources/ha", "Kubernetes:HighAvailabilityDirectory");
        Take("TESTBED_FLINK_HDFS_LIB", static v => v, "Yarn:Profiles:1.20:LibraryDirectories:0");
        Take("TESTBED_FLINK_HDFS_PLUGINS", static v => v, "Yarn:Profiles:1.20:LibraryDirectories:1");
        Take("TESTBED_FLINK_HDFS_JOBS_JAR", static v => v, "Job:YarnJar");
        Take("TESTBED_FLINK_IMAGE", static v => v, "Kubernetes:Profiles:1.20:Image");
        return builder.AddInMemoryCollection(values);
    }
}
