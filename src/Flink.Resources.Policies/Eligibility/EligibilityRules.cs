using System.Collections.Immutable;

namespace Flink.Resources.Eligibility;

/// <summary>The rules that this library brings.</summary>
public static class EligibilityRules
{
    /// <summary>All of them, by id.</summary>
    public static ImmutableArray<IEligibilityRule> All { get; } =
    [
        new StateKept(),
        new SnapshotsOnSharedStorage(),
        new SnapshotDirectoriesUsable(),
        new KerberosOnTarget(),
        new TicketCacheLogin(),
        new FlinkVersionKept(),
        new StateRestorable(),
        new MainInCluster(),
        new OneJobPerApplication(),
        new ShippedFiles(),
        new NativeLibraries(),
        new QueueAndZone(),
        new SizeFits(),
        new SavepointsSucceed(),
        new JobIsWell(),
        new SourceRetention(),
        new TransactionTimeout(),
        new InlineSecrets(),
        new NoLeftovers(),
        new OwnerAgrees(),
        new JobManagerReachable(),
        new SupportedProgram(),
        new KeytabForLongJobs(),
    ];
}
