using Flink.Resources.Planning;

namespace Flink.Resources;

/// <content>What people ask for.</content>
internal static partial class CampaignMachine
{
    /// <summary>Whether a demand has an effect; null when it has, else why not.</summary>
    public static string? Objection(CampaignRun run, CampaignDemand demand) => demand.Kind switch
    {
        _ when run.IsFinal => $"The campaign is over: {run.Ended}.",
        CampaignRequestKind.Pause => Has(run, PauseKey) ? "It is paused already." : null,
        CampaignRequestKind.Resume => run.Holds.Any(IsReleasable) ? null : "Nothing that a person may release holds it.",
        CampaignRequestKind.Abort => Has(run, AbortKey) ? "It is called off already." : null,
        CampaignRequestKind.Approve => ApprovalObjection(run, demand),
        CampaignRequestKind.Release => ReleaseObjection(run, demand.Hold),
        CampaignRequestKind.ReportIncident or CampaignRequestKind.EndIncident => IncidentObjection(run, demand),
        _ => $"{demand.Kind} is no request.",
    };

    private static bool Has(CampaignRun run, string key) => run.Asked.Any(h => h.Key == key);

    private static bool IsReleasable(CampaignHold hold) => hold.NeedsPerson && hold.Kind != CampaignHoldKind.Stop;

    private static string? ReleaseObjection(CampaignRun run, string? key) => key switch
    {
        null => "Hold is missing: the key of the hold is wanted.",
        _ when run.Holds.FirstOrDefault(h => h.Key == key) is { } hold =>
            hold.Kind == CampaignHoldKind.Stop ? "A campaign that was stopped does not go on: make a new plan for the rest." : null,
        _ => run.Blocked.ContainsKey(key) ? null
            : $"There is no hold '{key}'; there are: {string.Join(", ", run.Holds.Select(static h => h.Key).Concat(run.Blocked.Keys))}.",
    };

    private static string? IncidentObjection(CampaignRun run, CampaignDemand demand) => demand.Incident switch
    {
        null or "" => "Incident is missing: the name of what is in trouble is wanted.",
        { } name => (demand.Kind, run.Incidents.Any(i => i.Incident.Name == name && i.Incident.To is null)) switch
        {
            (CampaignRequestKind.ReportIncident, true) => $"{name} is known to be in trouble.",
            (CampaignRequestKind.EndIncident, false) => $"Nobody said that {name} is in trouble.",
            _ => null,
        },
    };

    private static string? ApprovalObjection(CampaignRun run, CampaignDemand demand) => demand switch
    {
        { Wave: null, Job: null } => "Wave and Job are missing: one of them is wanted.",
        { Job: { } job } when !run.Jobs.ContainsKey(job) => $"The campaign has no job {job}.",
        { Job: { } job } => run.ApprovedJobs.Contains(job) ? $"{job} is approved already." : null,
        { Wave: { } wave } when !run.Request.Plan.Waves.Any(w => w.Number == wave) => FormattableString.Invariant($"The campaign has no wave {wave}."),
        { Wave: { } wave } => run.ApprovedWaves.Contains(wave) ? FormattableString.Invariant($"Wave {wave} is approved already.") : null,
    };

    private static CampaignRun Demanded(CampaignRun run, DemandMade made)
    {
        var demand = made.Demand;
        if (Objection(run, demand) is not null)
        {
            return run;
        }
        run = demand.Kind switch
        {
            CampaignRequestKind.Pause => run with { Asked = run.Asked.Add(HoldOf(PauseKey, CampaignHoldKind.Pause, made)) },
            CampaignRequestKind.Abort => run with { Asked = run.Asked.Add(HoldOf(AbortKey, CampaignHoldKind.Stop, made)) },
            CampaignRequestKind.Resume => Release(run, IsReleasable, made.At),
            CampaignRequestKind.Release => Release(run, h => h.Key == demand.Hold, made.At) with { Blocked = run.Blocked.Remove(demand.Hold!) },
            CampaignRequestKind.ReportIncident => run with { Incidents = CampaignIncidents.Report(run.Incidents, demand.Incident!, made.By, made.At) },
            CampaignRequestKind.EndIncident => run with { Incidents = CampaignIncidents.End(run.Incidents, demand.Incident!, made.At) },
            CampaignRequestKind.Approve when demand.Job is { } job => run with { ApprovedJobs = run.ApprovedJobs.Add(job) },
            _ => run with { ApprovedWaves = run.ApprovedWaves.Add(demand.Wave!.Value) },
        };
        var what = demand switch
        {
            { Wave: { } wave } => FormattableString.Invariant($"{demand.Kind} wave {wave}"),
            { Job: { } job } => $"{demand.Kind} {job}",
            { Hold: { } hold } => $"{demand.Kind} {hold}",
            { Incident: { } incident } => $"{demand.Kind} {incident}",
            _ => demand.Kind.ToString(),
        };
        return Note(run, made.At, made.Reason is null ? what : $"{what}: {made.Reason}", made.By);
    }

    private static CampaignRun Release(CampaignRun run, Func<CampaignHold, bool> which, DateTimeOffset at) => run with
    {
        Asked = run.Asked.RemoveAll(h => which(h)),
        Standing = run.Standing.RemoveAll(h => which(h)),
        Released = run.Released.AddRange(run.Standing.Where(which).Select(h => new ReleasedHold(h.Key, at))),
    };

    private static CampaignHold HoldOf(string key, CampaignHoldKind kind, DemandMade made) => new()
    {
        Key = key,
        Kind = kind,
        Reason = made.Reason is null ? $"{made.By} asked for it." : $"{made.By}: {made.Reason}",
        NeedsPerson = true,
        Since = made.At,
        LastSeen = made.At,
    };
}
