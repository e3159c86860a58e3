using Flink.Resources.Health;
using Flink.Resources.Planning;

namespace Flink.Resources;

/// <summary>A job that the patrol looks at again and again, and whether it got worse than it was.</summary>
internal sealed class PatrolledJob(JobKey job, string backend, HealthQuestion question, double? reference, TimeSpan learns)
{
    /// <summary>So many looks in a row say that a job is worse, or no longer.</summary>
    private const int InARow = 5;

    private static readonly HealthOptions DefaultHealth = new();
    private readonly List<double> _learnt = [];
    private HealthBaseline? _usual = question.Baseline;
    private double? _reference = reference;
    private DateTimeOffset? _firstAt;
    private DateTimeOffset? _turnedAt;
    private int _turned;

    public JobKey Job => job;

    public string Backend => backend;

    /// <summary>Its move, when it was committed.</summary>
    public CampaignJob? Committed { get; init; }

    /// <summary>There is something to compare with.</summary>
    public bool IsLearnt => _reference is not null;

    /// <summary>When it was last known how it is.</summary>
    public DateTimeOffset? KnownAt { get; private set; }

    /// <summary>Since when it is worse; null when it is not.</summary>
    public DateTimeOffset? WorseSince { get; private set; }

    /// <summary>What is asked next.</summary>
    public HealthQuestion Ask(DateTimeOffset now, bool isControlPlaneHeld) => question with
    {
        Baseline = _usual,
        IsControlPlaneHeld = isControlPlaneHeld,
        WantsUsual = !IsLearnt && now - _firstAt >= learns,
    };

    /// <summary>One look. What is not known is neither better nor worse.</summary>
    public void Hear(HealthAnswer answer)
    {
        var (evaluation, health) = (answer.Evaluation, question.Options ?? DefaultHealth);
        _firstAt ??= answer.At;
        if (!evaluation.IsKnown(health.Scoring.MinimumCoverage))
        {
            return;
        }
        var score = evaluation.Score ?? 0;
        KnownAt = answer.At;
        if (_reference is not { } usual)
        {
            Learn(answer, score);
            return;
        }
        var isWorse = score < health.Scoring.HealthyFrom && score < usual - health.Commit.ReferenceMargin;
        if (isWorse == WorseSince is not null)
        {
            (_turned, _turnedAt) = (0, null);
            return;
        }
        _turnedAt ??= answer.At;
        if (++_turned >= InARow)
        {
            (WorseSince, _turned, _turnedAt) = (isWorse ? _turnedAt : null, 0, null);
        }
    }

    private void Learn(HealthAnswer answer, double score)
    {
        if (_learnt.Count < 1000)
        {
            _learnt.Add(score);
        }
        if (answer.Usual is { } seen)
        {
            _usual ??= seen;
            _learnt.Sort();
            _reference = _learnt[_learnt.Count / 2];
        }
    }
}
