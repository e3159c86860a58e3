using System.Collections.Immutable;

namespace Flink.Resources.Fleet;

/// <summary>How jobs are moved together.</summary>
public sealed record CampaignEntry
{
    /// <summary>How much at once.</summary>
    public CampaignLimits Limits { get; init; } = new();

    /// <summary>When moves may start; empty: always.</summary>
    public ImmutableArray<WindowEntry> Windows { get; init; } = [];

    /// <summary>When none may start, whatever the windows say.</summary>
    public ImmutableArray<WindowEntry> Blackouts { get; init; } = [];

    /// <summary>Jobs of this tier and above need a person's approval each; null when none does.</summary>
    public Tier? ApprovalFrom { get; init; } = new Tier(0);

    /// <summary>Warnings that are accepted for all jobs, such as <c>E07</c>.</summary>
    public ImmutableArray<string> Acknowledged { get; init; } = [];

    /// <summary>When it stops by itself.</summary>
    public CampaignAborts Aborts { get; init; } = new();
}

/// <summary>How much at once; the tightest limit wins.</summary>
public sealed record CampaignLimits
{
    /// <summary>Jobs between their stop and the end of catching up; starts and stops at a time.</summary>
    public int InFlight { get; init; } = 10;

    /// <summary>Jobs on the move per queue.</summary>
    public int PerQueue { get; init; } = 3;

    /// <summary>The same per team.</summary>
    public int PerTeam { get; init; } = 2;

    /// <summary>The same per source cluster.</summary>
    public int PerSource { get; init; } = 5;

    /// <summary>The same per target cluster.</summary>
    public int PerTarget { get; init; } = 5;

    /// <summary>Jobs that are watched before their move is final.</summary>
    public int Soaking { get; init; } = 50;

    /// <summary>Jobs of P0 and P1 between their stop and the end of catching up.</summary>
    public int Important { get; init; } = 1;

    /// <summary>Pods created per second on one cluster.</summary>
    public double PodsPerSecond { get; init; } = 20;

    /// <summary>Savepoints written per second to one storage system.</summary>
    public MemorySize SavepointsPerSecond { get; init; } = MemorySize.FromMebibytes(2 << 10);

    /// <summary>Jobs in one wave.</summary>
    public int PerWave { get; init; } = 50;

    /// <summary>The most of one team, or of one queue's capacity, in one wave: 0 to 1.</summary>
    public double WaveShare { get; init; } = 0.2;

    /// <summary>What is left free on the target beyond what jobs need: 0.2 is a fifth.</summary>
    public double Headroom { get; init; } = 0.2;

    /// <summary>What share of a broker's spare reading jobs may take while they catch up: 0 to 1.</summary>
    public double CatchUpShare { get; init; } = 0.2;
}

/// <summary>A time in which moves may start, or may not. Either repeated (<see cref="Cron"/>, <see cref="Length"/>) or once (<see cref="From"/>, <see cref="To"/>).</summary>
public sealed record WindowEntry
{
    /// <summary>Where it stands in the document.</summary>
    public required SourcePosition At { get; init; }

    /// <summary>When it begins, as five fields of cron; null for one that comes once.</summary>
    public string? Cron { get; init; }

    /// <summary>How long it lasts; null for one that comes once.</summary>
    public TimeSpan? Length { get; init; }

    /// <summary>The time zone of <see cref="Cron"/>, such as <c>Asia/Shanghai</c>.</summary>
    public string Zone { get; init; } = "UTC";

    /// <summary>When it begins; null for one that is repeated.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>When it ends; null for one that is repeated.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Why; null when nobody says.</summary>
    public string? Reason { get; init; }
}

/// <summary>When a campaign stops by itself.</summary>
public sealed record CampaignAborts
{
    /// <summary>The share of a wave's finished jobs that may go back or stay parked, 0 to 1.</summary>
    public double WaveFailureShare { get; init; } = 0.10;

    /// <summary>But not before so many did.</summary>
    public int WaveFailures { get; init; } = 2;

    /// <summary>The same share over the last 50 of the campaign.</summary>
    public double CampaignFailureShare { get; init; } = 0.05;

    /// <summary>After so many failures of the same cause.</summary>
    public int SameCause { get; init; } = 3;

    /// <summary>Below this mean score of the jobs that are watched, 0 to 10.</summary>
    public double MeanScore { get; init; } = 7.5;

    /// <summary>When it stays there for so long.</summary>
    public TimeSpan MeanScoreFor { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>After so many finished jobs that got worse within a day.</summary>
    public int Degrading { get; init; } = 3;

    /// <summary>How long all signals must be good before starts held for a cluster in trouble go on by themselves; null: a person says so.</summary>
    public TimeSpan? RearmAfter { get; init; } = TimeSpan.FromMinutes(10);
}
