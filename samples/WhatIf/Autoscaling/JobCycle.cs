using Flink.Resources.Autoscaling;

namespace WhatIf.Autoscaling;

/// <summary>A job over several cycles: the window, the memory, and what was carried out.</summary>
internal sealed class JobCycle
{
    private readonly AutoscalerPolicy _policy = new();
    private readonly MetricWindow _window = new();

    public AutoscalerMemory Memory { get; private set; } = AutoscalerMemory.Empty;

    public AutoscalerPlan? Last { get; private set; }

    public int Samples => _window.Count;

    public int Scalings { get; private set; }

    public int Balanced { get; private set; }

    /// <summary>Observed rate of a source over the samples held before this cycle's.</summary>
    public double EarlierObserved(AutoscalerSettings settings, JobTopology topology, int vertex, long runningSinceMs)
    {
        _window.DropIfRestarted(runningSinceMs);
        return _window.Summarize(topology).Of(vertex, VertexMetric.ObservedTrueProcessingRate).Average(settings.ObservedRateMinObservations);
    }

    /// <summary>Runs one cycle and carries its decision out.</summary>
    /// <param name="settings">The settings of this cycle.</param>
    /// <param name="sample">What was measured.</param>
    /// <param name="runningSince">Since when the job runs.</param>
    /// <param name="excludedNow">Vertices left alone in this cycle.</param>
    /// <param name="more">Facts that only additions look at.</param>
    /// <returns>Whether something was carried out.</returns>
    public bool Run(
        AutoscalerSettings settings, MetricSample sample, DateTimeOffset runningSince, IEnumerable<string> excludedNow,
        Func<AutoscalerFacts, AutoscalerFacts>? more = null)
    {
        var full = _window.Collect(settings, sample, runningSince.ToUnixTimeMilliseconds());
        var now = DateTimeOffset.FromUnixTimeMilliseconds(sample.AtMs);
        var facts = new AutoscalerFacts
        {
            Topology = sample.Topology,
            Metrics = _window.Summarize(sample.Topology),
            IsWindowFull = full,
            RunningSince = runningSince,
            Now = now,
            LocalTime = now.UtcDateTime,
            ExcludedNow = [.. excludedNow],
        };
        // This program has no plugins.
        settings = settings with { CustomEvaluators = [], CustomExecutors = [] };
        Last = _policy.Plan(settings, more?.Invoke(facts) ?? facts, Memory, static _ => true);
        Memory = Last.Memory;
        if (Last.Status == AutoscalerStatus.Scale)
        {
            Memory = Memory.Executed(Last.Decision!, Last.TunedMemory, now);
            Scalings++;
            return true;
        }
        if (Last.Status is AutoscalerStatus.Balanced or AutoscalerStatus.Refused)
        {
            Balanced++;
        }
        return false;
    }
}
