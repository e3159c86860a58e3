using System.Text.Json;
using Flink.Resources.Yarn.Wire;

namespace Flink.Resources.Yarn;

/// <summary>One look at whether anything of an application can still process records.</summary>
internal sealed class Death(YarnPlace place, ApplicationReader reader)
{
    public async Task<DeathProbe> ProbeAsync(CopyRef copy, CancellationToken cancellationToken)
    {
        var found = await reader.FindAsync(copy.Application, cancellationToken).ConfigureAwait(false);
        var verdict = found.Match(
            static report => report switch
            {
                { State: ApplicationState.Finished, NativeState: "RUNNING" or null, Containers: > 0 } => DeathVerdict.Alive,
                { State: ApplicationState.Finished, Containers: > 0 } => DeathVerdict.Dying,
                { State: ApplicationState.Prepared, NativeState: Standby.NativeState } => DeathVerdict.Alive,
                { State: ApplicationState.Finished or ApplicationState.Prepared } => DeathVerdict.Dead,
                { State: ApplicationState.Unknown } => DeathVerdict.Unknown,
                _ => DeathVerdict.Alive,
            },
            static _ => DeathVerdict.Dead,
            static _ => DeathVerdict.Unknown);
        var seen = found.Match(
            static report => $"{report.NativeState ?? report.State.ToString()}, {report.Containers} containers.",
            static evidence => evidence.Seen,
            static evidence => evidence.Seen);
        // A final state ends the attempts: containers that are left end, and nothing starts others.
        var canComeBack = verdict is not (DeathVerdict.Dead or DeathVerdict.Dying);
        var ended = found.Match<ApplicationReport?>(static r => r, static _ => null, static _ => null);
        if (ended is { State: ApplicationState.Finished, Result: not ApplicationResult.Succeeded } && !canComeBack
            && await LostNodeAsync(ended, cancellationToken).ConfigureAwait(false) is { } lost)
        {
            return new DeathProbe(copy, DeathVerdict.Unknown, place.Seen($"{seen} {lost}")) { CanComeBack = true };
        }
        return new DeathProbe(copy, verdict, place.Seen(seen)) { CanComeBack = canComeBack };
    }

    /// <summary>
    /// The ResourceManager takes the containers of a node that it lost for ended, and they may live on there. A NodeManager that reports
    /// from the same host again ends what it should not have, so that a node counts as lost only while none does.
    /// </summary>
    private async Task<string?> LostNodeAsync(ApplicationReport application, CancellationToken cancellationToken)
    {
        try
        {
            var nodes = await place.ResourceManager.NodesAsync("LOST", cancellationToken).ConfigureAwait(false);
            var lost = nodes.Where(n => n.Text("state") == "LOST" && (application.StartedAt is not { } began || HeardAt(n) >= began)).ToList();
            if (lost.Count == 0)
            {
                return null;
            }
            var running = (await place.ResourceManager.NodesAsync("RUNNING", cancellationToken).ConfigureAwait(false))
                .Where(static n => n.Text("state") == "RUNNING").Select(static n => n.Text("nodeHostName")).ToHashSet(StringComparer.Ordinal);
            return lost.Find(n => !running.Contains(n.Text("nodeHostName"))) is { ValueKind: JsonValueKind.Object } gone
                ? $"Node {gone.Text("id")} was lost while it may have run containers of it: they may live on there."
                : null;
        }
        catch (ResourceBackendException exception)
        {
            return $"Whether a node was lost could not be read: {exception.Message}";
        }
    }

    private static DateTimeOffset HeardAt(JsonElement node) => DateTimeOffset.FromUnixTimeMilliseconds(node.Number("lastHealthUpdate"));
}
