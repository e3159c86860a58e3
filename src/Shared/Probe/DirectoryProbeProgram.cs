using System.Globalization;

namespace Flink.Resources.Flink;

/// <summary>The program that tries a directory inside of a cluster (<c>DirectoryProbe.java</c>), and how it tells what it saw.</summary>
internal static class DirectoryProbeProgram
{
    public const string ClassName = "DirectoryProbe";
    public const string ClassFile = "DirectoryProbe.class";

    /// <summary>What the program puts before its words on stderr.</summary>
    public const string Mark = "directory-probe: ";

    private const int FirstStep = 11;

    private static readonly string[] _javaOptions = ["env.java.default-opts.all", "env.java.opts.all", "env.java.opts.jobmanager"];

    public static byte[] Bytes()
    {
        using var stream = typeof(DirectoryProbeProgram).Assembly.GetManifestResourceStream(ClassFile)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Java options that reach storage: modules, Kerberos, proxies.</summary>
    public static string JavaOptions(IReadOnlyDictionary<string, string> configuration) => string.Join(
        ' ', _javaOptions
            .Select(configuration.GetValueOrDefault).Where(static o => o is { Length: > 0 }));

    /// <summary>What an exit code says; a code that is not the program's own says nothing about the directory.</summary>
    public static DirectoryProbeOutcome Outcome(int exitCode, string directory, string? words, Func<string, Evidence> seen)
    {
        var said = seen($"{directory} {words ?? (exitCode == 0 ? "was listed, written, read back and deleted" : string.Create(CultureInfo.InvariantCulture, $"(exit code {exitCode})"))}");
        return exitCode switch
        {
            0 => new DirectoryProbeOutcome.Usable(said),
            >= FirstStep and < FirstStep + 5 => new DirectoryProbeOutcome.NotUsable((DirectoryProbeStep)(exitCode - FirstStep + 1), said),
            _ => new DirectoryProbeOutcome.Indeterminate(said),
        };
    }

    /// <summary>Names are part of paths and of objects' names.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static void CheckName(string name)
    {
        if (name.Length == 0 || name.StartsWith('.') || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'))
        {
            throw new ArgumentException($"'{name}' is no name of a probe: letters, digits, '.', '_' and '-', and no '.' first.", nameof(name));
        }
    }
}
