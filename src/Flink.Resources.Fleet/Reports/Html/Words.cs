using System.Globalization;
using Flink.Resources.Planning;
using Flink.Resources.Rollback;

namespace Flink.Resources.Fleet.Html;

/// <summary>How values are said.</summary>
internal static class Words
{
    public static string Of(CampaignJobState state) => state switch
    {
        CampaignJobState.Waiting => "waiting",
        CampaignJobState.Starting => "starting",
        CampaignJobState.Moving => "moving",
        CampaignJobState.Soaking => "watched on the target",
        CampaignJobState.GoingBack => "going back",
        CampaignJobState.Committed => "moved",
        CampaignJobState.RolledBack => "rolled back",
        CampaignJobState.NotMoved => "left where it was",
        CampaignJobState.Parked => "waits for a person",
        _ => "unknown",
    };

    public static string Of(CampaignState state) => state switch
    {
        CampaignState.Running => "running",
        CampaignState.Holding => "on hold",
        CampaignState.Paused => "paused",
        CampaignState.Stopping => "stopping",
        CampaignState.Completed => "completed",
        CampaignState.Stopped => "stopped before its end",
        _ => "in an unknown state",
    };

    public static string Of(PlanStage stage) => stage switch
    {
        PlanStage.Canary => "canary",
        PlanStage.OnePercent => "1 %",
        PlanStage.FivePercent => "5 %",
        PlanStage.TenPercent => "10 %",
        PlanStage.TwentyFivePercent => "25 %",
        PlanStage.Rest => "rest",
        _ => "no stage",
    };

    public static string Of(RollbackChoice choice) => choice switch
    {
        RollbackChoice.CarryForward => "the target's newest state, by a savepoint",
        RollbackChoice.TargetCheckpoint => "the target's last checkpoint",
        RollbackChoice.ReturnToOrigin => "the savepoint it had left with",
        _ => choice.ToString(),
    };

    public static string Of(Placement placement) => $"{placement.Backend}, {placement.Queue}";

    /// <summary>A time in UTC; the date belongs to it.</summary>
    public static string Of(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC";

    /// <summary>A duration as people say it: <c>8.4 s</c>, <c>2 min 05 s</c>, <c>3 h 12 min</c>.</summary>
    public static string Of(TimeSpan span) => span.TotalSeconds switch
    {
        < 0 => "-" + Of(-span),
        < 60 => span.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture) + " s",
        < 3_600 => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalMinutes} min {span.Seconds:00} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours} h {span.Minutes:00} min"),
    };

    public static string Or(TimeSpan? span, string none = "–") => span is { } known ? Of(known) : none;

    public static string Score(double? score) =>
        score is { } known ? Math.Round(known, 1, MidpointRounding.AwayFromZero).ToString("0.0", CultureInfo.InvariantCulture) : "–";

    public static string Count(int count, string one, string? many = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? one : many ?? one + "s")}");

    /// <summary>The class whose colour and mark stand for a state.</summary>
    public static string ClassOf(CampaignJobState state) => state switch
    {
        CampaignJobState.Committed => "good",
        CampaignJobState.RolledBack or CampaignJobState.GoingBack => "back",
        CampaignJobState.Parked => "parked",
        CampaignJobState.NotMoved => "left",
        _ => "open",
    };

    /// <summary>A number with as many digits as it deserves, and a unit that people use.</summary>
    public static string Amount(double value, string unit) => unit switch
    {
        "bytes" when Math.Abs(value) >= 1L << 30 => Digits(value / (1L << 30)) + " GiB",
        "bytes" when Math.Abs(value) >= 1L << 20 => Digits(value / (1L << 20)) + " MiB",
        "1" => Digits(value * 100) + " %",
        _ => Digits(value) + " " + unit,
    };

    private static string Digits(double value) => value.ToString(
        Math.Abs(value) switch { 0 => "0", < 1 => "0.###", < 100 => "0.##", < 10_000 => "0", _ => "#,0" }, CultureInfo.InvariantCulture);
}
