namespace Flink.Resources.Health;

/// <summary>What is said of a job. It changes slowly, so that one bad moment moves nothing.</summary>
public enum HealthVerdict
{
    /// <summary>Nothing has been known yet.</summary>
    Unknown = 0,

    /// <summary>All is well.</summary>
    Healthy,

    /// <summary>All that is known is well, but too little is known. Only said, never remembered.</summary>
    HealthyPartial,

    /// <summary>Not as it should be.</summary>
    Watch,

    /// <summary>Something has to be done.</summary>
    Unhealthy,
}

/// <summary>What a long time without knowledge asks for. Unknown alone never moves a job.</summary>
public enum HealthAlarm
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Somebody should look; nothing is committed meanwhile.</summary>
    Alarm,

    /// <summary>A person has to decide.</summary>
    AskPerson,
}

/// <summary>What is said after an evaluation.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Alarm">Whether too little has been known for too long.</param>
public readonly record struct HealthStatement(HealthVerdict Verdict, HealthAlarm Alarm);
