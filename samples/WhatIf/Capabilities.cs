using WhatIf.Autoscaling;
using WhatIf.Health;
using WhatIf.Preemption;

namespace WhatIf;

internal static class Capabilities
{
    /// <summary>Every question that can be asked, one subcommand each.</summary>
    public static IReadOnlyList<ICapability> All { get; } =
    [
        new PreemptionCapability(),
        new AutoscalingCapability(),
        new HealthCapability(),
    ];
}
