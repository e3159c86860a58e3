using Microsoft.Extensions.Options;

namespace Flink.Resources.Yarn;

/// <summary>All mistakes of the options at once.</summary>
internal sealed class YarnOptionsValidator : IValidateOptions<YarnOptions>
{
    public ValidateOptionsResult Validate(string? name, YarnOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        Addresses(result, options.ResourceManagers, "ResourceManagers", "http://rm1:8088");
        Addresses(result, options.WebHdfs, "WebHdfs", "http://nn1:9870");
        Require(
            result,
            Uri.TryCreate(options.FileSystem, UriKind.Absolute, out var fs) && fs.Scheme is "hdfs" or "viewfs" && fs.AbsolutePath is "/",
            "FileSystem", options.FileSystem, "write hdfs://ns1 or hdfs://nn1:8020");
        Require(result, !string.IsNullOrWhiteSpace(options.User), "User", options.User, "name the user that applications run as");
        Require(
            result,
            options.StagingRoot is { } root && root.StartsWith('/') && root.Length > 1 && !root.Split('/').Contains("..", StringComparer.Ordinal),
            "StagingRoot", options.StagingRoot, "write an absolute HDFS path other than /, such as /flink-resources");
        Require(result, options.Profiles.Count > 0, "Profiles", null, "add a profile, such as 1.20, with the HDFS directories of Flink");
        foreach (var (version, profile) in options.Profiles)
        {
            Require(
                result, profile.LibraryDirectories.Count > 0, $"Profiles[{version}].LibraryDirectories", null,
                "name the HDFS directories of Flink's lib and plugins");
            foreach (var directory in profile.LibraryDirectories)
            {
                Require(
                    result, directory.StartsWith('/') || directory.StartsWith("hdfs://", StringComparison.Ordinal),
                    $"Profiles[{version}].LibraryDirectories", directory, "write hdfs://…/lib or an absolute HDFS path");
            }
        }
        Require(
            result, options.AttemptTimeout >= TimeSpan.FromSeconds(1) && options.AttemptTimeout <= TimeSpan.FromMinutes(5),
            "AttemptTimeout", options.AttemptTimeout.ToString(), "from 1 second to 5 minutes");
        Require(
            result, options.CallTimeout >= options.AttemptTimeout, "CallTimeout", options.CallTimeout.ToString(),
            $"at least AttemptTimeout ({options.AttemptTimeout})");
        Require(
            result, options.CircuitFailures is >= 2 and <= 1000, "CircuitFailures",
            options.CircuitFailures.ToString(System.Globalization.CultureInfo.InvariantCulture), "from 2 to 1000");
        Require(
            result, options.CircuitBreak >= TimeSpan.FromMilliseconds(500) && options.CircuitBreak <= TimeSpan.FromMinutes(1),
            "CircuitBreak", options.CircuitBreak.ToString(), "from 0.5 seconds to 1 minute");
        Require(
            result, options.PollInterval >= TimeSpan.FromMilliseconds(500), "PollInterval", options.PollInterval.ToString(),
            "at least 0.5 seconds");
        return result.Build();
    }

    private static void Addresses(ValidateOptionsResultBuilder result, IList<Uri> addresses, string field, string example)
    {
        Require(result, addresses.Count > 0, field, null, $"name at least one address, such as {example}");
        foreach (var address in addresses)
        {
            Require(
                result, address.IsAbsoluteUri && address.Scheme is "http" or "https", field, address.OriginalString,
                $"write an http or https address, such as {example}");
        }
    }

    private static void Require(ValidateOptionsResultBuilder result, bool isRight, string field, string? value, string expected)
    {
        if (!isRight)
        {
            result.AddError(value is null ? $"{field} is missing: {expected}." : $"{field} is '{value}': {expected}.");
        }
    }
}
