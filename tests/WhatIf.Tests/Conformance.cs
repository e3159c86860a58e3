namespace WhatIf;

/// <summary>The worked scenarios and their comparison, where this machine has them.</summary>
internal static class Conformance
{
    private const string Variable = "FLINK_RESOURCES_CONFORMANCE";

    public static string? DirectoryOrNull { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } directory ? directory : null;

    /// <summary>The directory; skips the test without it, except in continuous integration, where it has to be there.</summary>
    public static string Directory()
    {
        if (DirectoryOrNull is not { } directory)
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", $"{Variable} is not set: no worked scenarios to compare with.");
            throw new InvalidOperationException($"{Variable} is not set. It has to name the directory with examples/ and check.py.");
        }
        return directory;
    }
}
