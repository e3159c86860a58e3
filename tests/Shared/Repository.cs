namespace Flink.Resources;

/// <summary>The files of this repository, from the tests that compare them with the code.</summary>
internal static class Repository
{
    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = Find();

    /// <summary>A page of the documentation.</summary>
    public static string Document(string name) => Path.Combine(Root, "docs", name);

    private static string Find()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Flink.Resources.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The solution is not above the tests.");
        }
        return folder;
    }
}
