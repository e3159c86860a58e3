namespace Flink.Resources;

/// <summary>
/// Feature of a backend: keeps what an application needs to be started again. The staging directory of an application goes with its
/// clean end, and the files of the client that started it may be anywhere.
/// </summary>
public interface IDefinitionKeeper
{
    /// <summary>Copies jar, files and configuration of an application, byte for byte, to where nothing deletes them. Repeating it is harmless.</summary>
    /// <param name="application">The application, started by us or not.</param>
    /// <param name="name">A name for the copy: the same name is the same copy.</param>
    /// <param name="cancellationToken">Stops waiting; the copy may be there in part, and is completed by the next call.</param>
    Task<KeepOutcome> KeepAsync(ApplicationHandle application, string name, CancellationToken cancellationToken = default);
}

/// <summary>How keeping a definition ended. Take what you don't know for <see cref="Indeterminate"/>.</summary>
public abstract record KeepOutcome
{
    private protected KeepOutcome()
    {
    }

    /// <summary>Everything is kept.</summary>
    /// <param name="Definition">What was kept.</param>
    public sealed record Kept(KeptDefinition Definition) : KeepOutcome;

    /// <summary>It can't be kept: a file is gone or not readable.</summary>
    /// <param name="Cause">Which, and why.</param>
    public sealed record Refused(string Cause) : KeepOutcome;

    /// <summary>Nobody could say.</summary>
    /// <param name="Evidence">What was seen.</param>
    public sealed record Indeterminate(Evidence Evidence) : KeepOutcome;
}

/// <summary>The bytes of an application, as they were when it ran.</summary>
/// <param name="Jar">The jar's copy.</param>
/// <param name="Files">The copies of the other files that were shipped with it.</param>
/// <param name="EntryClass">The entry class; null for the jar's own.</param>
/// <param name="Arguments">The program's arguments.</param>
/// <param name="Configuration">Flink's configuration as it was given to the application.</param>
public sealed record KeptDefinition(
    ArtifactRef Jar,
    System.Collections.Immutable.ImmutableArray<ArtifactRef> Files,
    string? EntryClass,
    System.Collections.Immutable.ImmutableArray<string> Arguments,
    System.Collections.Immutable.ImmutableSortedDictionary<string, string> Configuration);
