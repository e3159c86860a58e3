namespace Flink.Resources;

/// <summary>What somebody said about a job, beside any run.</summary>
public enum JobMarkKind
{
    /// <summary>A mark that this version does not know.</summary>
    Unknown = 0,

    /// <summary>Nothing moves, starts or stops the job by itself.</summary>
    Hold,

    /// <summary>The end of a hold.</summary>
    Release,

    /// <summary>What was refused, rolled back or failed may be tried again.</summary>
    Retry,

    /// <summary>The job is stopped on purpose, and stays so until somebody says <see cref="Start"/>.</summary>
    Stop,

    /// <summary>The end of <see cref="Stop"/>.</summary>
    Start,

    /// <summary>Two live copies were seen: nothing touches the job before a person has looked.</summary>
    TwoCopies,
}

/// <summary>One mark.</summary>
/// <param name="Job">The job.</param>
/// <param name="Kind">What was said.</param>
/// <param name="By">Who said it.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When.</param>
public sealed record JobMark(JobKey Job, JobMarkKind Kind, string By, string? Reason, DateTimeOffset At);
