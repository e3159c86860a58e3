using System.Reflection;
using System.Xml.Linq;

namespace Flink.Resources.Architecture;

/// <summary>Dependencies point one way: Abstractions, then Policies, core, and everything else.</summary>
public sealed class DependencyTests
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Flink.Resources.Abstractions"] = [],
        ["Flink.Resources.Policies"] = ["Flink.Resources.Abstractions"],
        ["Flink.Resources"] = ["Flink.Resources.Abstractions", "Flink.Resources.Policies"],
        ["Flink.Resources.Rest"] = ["Flink.Resources.Abstractions"],
        ["Flink.Resources.Yarn"] = ["Flink.Resources", "Flink.Resources.Rest"],
        ["Flink.Resources.Kubernetes"] = ["Flink.Resources", "Flink.Resources.Rest"],
        ["Flink.Resources.Simulation"] = ["Flink.Resources"],
        ["Flink.Resources.Testing"] = ["Flink.Resources.Abstractions"],
        ["Flink.Resources.Storage.Sqlite"] = ["Flink.Resources"],
        ["Flink.Resources.Storage.Postgres"] = ["Flink.Resources"],
        ["Flink.Resources.Fleet"] =
        [
            "Flink.Resources", "Flink.Resources.Yarn", "Flink.Resources.Kubernetes", "Flink.Resources.Simulation",
            "Flink.Resources.Storage.Sqlite", "Flink.Resources.Storage.Postgres",
        ],
        ["Flink.Resources.Hosting"] = ["Flink.Resources.Fleet"],
        ["Flink.Resources.Testing.Xunit"] = ["Flink.Resources", "Flink.Resources.Testing"],
        ["Flink.Resources.Testing.Servers"] = ["Flink.Resources.Testing", "Flink.Resources.Abstractions"],
    };

    public static TheoryData<string> Projects => [.. Directory.GetDirectories(Source).Select(static d => Path.GetFileName(d)!).Where(static n => n != "Shared")];

    private static string Source => Path.Combine(Repository.Root, "src");

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_ReferencesOnlyWhatItsPlaceAllows(string project)
    {
        var file = XDocument.Load(Path.Combine(Source, project, $"{project}.csproj"));
        var references = file.Descendants("ProjectReference")
            .Select(static r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')));

        Assert.True(Allowed.TryGetValue(project, out var allowed), $"{project} has no place in the architecture yet.");
        Assert.Empty(references.Except(allowed!, StringComparer.Ordinal));
    }

    [Fact]
    public void Abstractions_ReferencesTheFrameworkOnly()
    {
        var references = Assembly.Load("Flink.Resources.Abstractions").GetReferencedAssemblies().Select(static a => a.Name!);

        Assert.All(references, static name => Assert.StartsWith("System.", name, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_IsAPackageWithAReadmeOfItsOwn(string project)
    {
        Assert.True(File.Exists(Path.Combine(Source, project, "README.md")));
        Assert.NotEmpty(XDocument.Load(Path.Combine(Source, project, $"{project}.csproj")).Descendants("Description").Single().Value);
    }
}
