namespace Flink.Resources.Eligibility;

/// <summary>
/// What tries of directories have told, for several jobs that are judged together, such as those of one plan: a fleet whose snapshots are under one
/// root, written by one user from one image, needs one container for that and not one for each job. Safe for concurrent use. Not kept for long: what it
/// told is as old as the try.
/// </summary>
/// <remarks>
/// A try that went well is believed of the whole group. One that did not may be of the job's own directory: the next job of the group tries its own,
/// until one goes well, or <see cref="BelievedFailures"/> did not. A move tries its own directory before its source is touched, whatever was believed.
/// </remarks>
public sealed class DirectoryTries
{
    /// <summary>After so many tries that did not go well, and none that did, the last one is believed of the rest of the group.</summary>
    public const int BelievedFailures = 3;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Backend, string Group), Told> _groups = [];

    internal async Task<Lookup<DirectoryProbeStep>> TryAsync(
        string backend, string group, string directory, Func<Task<Lookup<DirectoryProbeStep>>> probe, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Told told;
            TaskCompletionSource? mine = null;
            TaskCompletionSource? others;
            lock (_gate)
            {
                if (!_groups.TryGetValue((backend, group), out told!))
                {
                    _groups[(backend, group)] = told = new Told();
                }
                if (told.Believed is { } believed)
                {
                    return believed;
                }
                others = told.Running;
                if (others is null)
                {
                    // Whoever waits goes on where this one ends, so that a simulated clock sees all of it.
                    told.Running = mine = new TaskCompletionSource();
                }
            }
            if (mine is null)
            {
                await others!.Task.ConfigureAwait(false);
                continue;
            }
            try
            {
                var answer = await probe().ConfigureAwait(false);
                Hear(told, answer, directory);
                return answer;
            }
            finally
            {
                lock (_gate)
                {
                    told.Running = null;
                }
                mine.SetResult();
            }
        }
    }

    private void Hear(Told told, Lookup<DirectoryProbeStep> answer, string directory)
    {
        var isGood = answer.Match(static step => step == DirectoryProbeStep.Unknown, static _ => false, static _ => false);
        lock (_gate)
        {
            told.Failures += isGood ? 0 : 1;
            if (isGood || told.Failures >= BelievedFailures)
            {
                var evidence = answer.Evidence with { Seen = $"{answer.Evidence.Seen} That was {directory}; this one was not tried by itself: a move does so before it stops its source." };
                told.Believed = answer.Match(
                    step => Lookup.Found(step, evidence), _ => Lookup.Absent<DirectoryProbeStep>(evidence), _ => Lookup.Unknown<DirectoryProbeStep>(evidence));
            }
        }
    }

    private sealed class Told
    {
        public int Failures { get; set; }

        public Lookup<DirectoryProbeStep>? Believed { get; set; }

        public TaskCompletionSource? Running { get; set; }
    }
}
