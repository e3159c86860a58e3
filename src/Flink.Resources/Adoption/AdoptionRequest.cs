using System.Collections.Immutable;
using Flink.Resources.Translation;

namespace Flink.Resources;

/// <summary>An application that somebody else started, and where its job shall run.</summary>
public sealed record AdoptionRequest
{
    /// <summary>The job that it is from now on.</summary>
    public required JobKey Job { get; init; }

    /// <summary>How it lives.</summary>
    public required JobKind Kind { get; init; }

    /// <summary>The application that runs it, as the backend's snapshot lists it.</summary>
    public required ApplicationHandle Application { get; init; }

    /// <summary>The backend where the job shall run.</summary>
    public required string TargetBackend { get; init; }

    /// <summary>What is there, and what somebody decided.</summary>
    public required TargetProfile Target { get; init; }

    /// <summary>The job's jar there; null when <see cref="Target"/> says it by the jar's URI or digest. An adopted jar's URI is a path of its container.</summary>
    public ArtifactRef? TargetJar { get; init; }

    /// <summary>Where the savepoint goes, as a URI that both backends read and write.</summary>
    public required string SnapshotDirectory { get; init; }

    /// <summary>
    /// Keys that the profile of the source's backend brings at each start; a final <c>*</c> names all that begin so. Flink shows no secret
    /// of a running job, so a way back needs them there.
    /// </summary>
    public ImmutableSortedSet<string> SuppliedKeys { get; init; } = ImmutableSortedSet<string>.Empty.WithComparer(StringComparer.Ordinal);

    /// <summary>What nobody can read from outside of the source's containers: <c>LANG</c> or <c>LC_ALL</c>, and <c>TZ</c> where Flink names no zone of the usual form.</summary>
    public ImmutableSortedDictionary<string, string> Variables { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>Secrets appear in the report as HMAC-SHA-256 under this key, at least <see cref="JobTranslator.MinimumDigestKey"/> bytes.</summary>
    public required ReadOnlyMemory<byte> DigestKey { get; init; }

    /// <summary>How it is moved.</summary>
    public MoveOptions Options { get; init; } = new();
}

/// <summary>What came of an adoption. More endings may come: treat an unfamiliar one as <see cref="Unknown"/>.</summary>
public abstract record AdoptionOutcome
{
    private protected AdoptionOutcome()
    {
    }

    /// <summary>The job can be moved by this request.</summary>
    /// <param name="Request">For <see cref="IMigrations.CreateAsync"/>.</param>
    /// <param name="Report">What became of each key.</param>
    public sealed record Ready(MoveRequest Request, TranslationReport Report) : AdoptionOutcome;

    /// <summary>It can't, or not yet.</summary>
    /// <param name="Blockers">All that is against it: fields, masked values, and what would be right.</param>
    /// <param name="Report">What became of each key; null when the application could not be described.</param>
    public sealed record Refused(ImmutableArray<SpecError> Blockers, TranslationReport? Report) : AdoptionOutcome;

    /// <summary>Somebody did not answer.</summary>
    /// <param name="Evidence">Who, and what was seen.</param>
    public sealed record Unknown(Evidence Evidence) : AdoptionOutcome;
}
