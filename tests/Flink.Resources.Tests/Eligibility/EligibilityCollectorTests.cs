using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Flink.Resources.Migration;
using Flink.Resources.Simulation;
using Microsoft.Extensions.DependencyInjection;

namespace Flink.Resources.Eligibility;

public sealed class EligibilityCollectorTests
{
    private const string Directory = "hdfs://sim/savepoints";

    private static readonly JobKey _job = JobKey.Parse("ads/clicks");

    private readonly SimulatedFleet _fleet = SimulatedFleet.Create(11, "yarn-east", "k8s-east");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static ApplicationSpec Spec { get; } = MigrationCases.Spec with
    {
        Configuration = MigrationCases.Spec.Configuration.Add("execution.checkpointing.interval", "5s"),
    };

    [Fact]
    public async Task Judge_AHealthyJob_IsEligible()
    {
        var report = await JudgeAsync();

        Assert.True(report.IsEligible, string.Join("; ", report.Findings));
        Assert.All(report.Findings, static f => Assert.Equal(EligibilitySeverity.Info, f.Severity));
    }

    [Theory]
    [InlineData("k8s-east")]
    [InlineData("yarn-east")]
    public async Task Judge_ADirectoryThatOneSideCanNotWrite_IsE03(string backend)
    {
        _fleet.FailDirectoryProbe(Directory, backend, DirectoryProbeStep.Write);

        var finding = Assert.Single((await JudgeAsync()).Findings, static f => f.Severity == EligibilitySeverity.Block);

        Assert.Equal("E03", finding.Rule);
        Assert.Contains(backend, finding.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Judge_DirectoriesNotTried_IsNotKnown()
    {
        var report = await JudgeAsync(change: static r => r with { TriesDirectories = false });

        Assert.Equal(["E03", "E03"], report.Findings.Where(static f => f.Severity == EligibilitySeverity.Block).Select(static f => f.Rule));
    }

    [Fact]
    public async Task Judge_ABackendThatCanNotTry_Warns()
    {
        var report = await JudgeAsync(catalog: new Changed(new Catalog(_fleet), static b => b.Info.Name == "k8s-east" ? new WithoutProbe(b) : b));

        var warning = Assert.Single(report.Findings, static f => f.Severity > EligibilitySeverity.Info);
        Assert.Equal(("E03", EligibilitySeverity.Warn), (warning.Rule, warning.Severity));
        Assert.Contains("k8s-east", warning.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Judge_AProbeThatNeverEnds_IsNotKnownAfterItsTime()
    {
        var began = _fleet.TimeProvider.GetUtcNow();
        var report = await JudgeAsync(
            change: static r => r with { ProbeTimeout = TimeSpan.FromSeconds(40) }, catalog: new Changed(new Catalog(_fleet), static b => b.Info.Name == "k8s-east" ? new StuckProbe(b) : b));

        var finding = Assert.Single(report.Findings, static f => f.Severity == EligibilitySeverity.Block);
        Assert.Equal("E03", finding.Rule);
        Assert.Contains("did not answer within 40 s", finding.Evidence, StringComparison.Ordinal);
        Assert.InRange(_fleet.TimeProvider.GetUtcNow() - began, TimeSpan.FromSeconds(100), TimeSpan.FromSeconds(110));
    }

    [Fact]
    public async Task Judge_ABackendThatThrowsWhatItDidNotPromise_IsNotKnown()
    {
        var report = await JudgeAsync(catalog: new Changed(new Catalog(_fleet), static b => b.Info.Name == "k8s-east" ? new BrokenSnapshots(b) : b));

        Assert.Equal(["E16", "E17", "E27"], report.Findings.Where(static f => f.Severity == EligibilitySeverity.Block).Select(static f => f.Rule).Distinct(StringComparer.Ordinal));
        Assert.Contains(report.Findings, static f => f.Evidence.Contains("FormatException: half a page", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Judge_CalledOff_IsNoFact()
    {
        using var stop = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => JudgeAsync(
            (_, _) =>
            {
                stop.Cancel();
                return Task.CompletedTask;
            },
            stop: stop));
    }

    [Fact]
    public async Task Judge_SomethingPreparedOnTheTarget_IsE27()
    {
        var report = await JudgeAsync(async (_, ct) => await _fleet.Backend("k8s-east", "kim").PrepareAsync(new Fence(_job, 9), Spec, ct));

        Assert.Contains(report.Findings, static f => f is { Rule: "E27", Severity: EligibilitySeverity.Block });
    }

    [Fact]
    public async Task Judge_TheTargetIsAway_ItsFactsAreNotKnown()
    {
        var report = await JudgeAsync((_, _) =>
        {
            _fleet.GoAway("k8s-east", TimeSpan.FromMinutes(10));
            return Task.CompletedTask;
        });

        Assert.Equal(["E03", "E16", "E17", "E27"], report.Findings.Where(static f => f.Severity == EligibilitySeverity.Block).Select(static f => f.Rule).Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Judge_TheJobManagerIsGone_IsE33AndWhatItAloneKnowsIsNotKnown()
    {
        var report = await JudgeAsync((source, _) =>
        {
            _fleet.KillByHand(source);
            return Task.CompletedTask;
        });

        Assert.Superset(
            new HashSet<string>(["E01", "E10", "E18", "E19", "E33", "E34"], StringComparer.Ordinal),
            report.Findings.Where(static f => f.Severity >= EligibilitySeverity.Fix).Select(static f => f.Rule).ToHashSet(StringComparer.Ordinal));
    }

    [Fact]
    public void AddEligibilityRule_TwiceTheSame_IsThereOnceAndTheJudgeIsToo()
    {
        var services = new ServiceCollection();
        services.AddFlinkResources().AddEligibilityRule<NoMovesOnFridays>().AddEligibilityRule<NoMovesOnFridays>();
        using var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = false, ValidateScopes = true });

        Assert.IsType<NoMovesOnFridays>(Assert.Single(provider.GetServices<IEligibilityRule>()));
        Assert.NotNull(provider.GetRequiredService<IEligibilityJudge>());
    }

    private async Task<EligibilityReport> JudgeAsync(
        Func<ApplicationHandle, CancellationToken, Task>? before = null, Func<EligibilityRequest, EligibilityRequest>? change = null,
        IBackendCatalog? catalog = null, CancellationTokenSource? stop = null)
    {
        EligibilityReport? report = null;
        await _fleet.RunAsync(
            async ct =>
            {
                var yarn = _fleet.Backend("yarn-east");
                var prepared = Assert.IsType<PrepareOutcome.Prepared>(await yarn.PrepareAsync(new Fence(_job, 1), Spec, ct)).Application;
                await yarn.StartAsync(prepared, RestorePoint.None, ct);
                await _fleet.RunAsync(TimeSpan.FromMinutes(1), ct);
                await (before?.Invoke(prepared.Application, ct) ?? Task.CompletedTask);
                var request = new EligibilityRequest
                {
                    Move = new MoveRequest
                    {
                        Job = _job, Source = new CopyRef(prepared.Application), SourceSpec = Spec, TargetBackend = "k8s-east", TargetSpec = Spec, SnapshotDirectory = Directory,
                    },
                };
                var judge = new EligibilityJudge(new EligibilityCollector(catalog ?? new Catalog(_fleet), _fleet.TimeProvider), []);
                report = await judge.JudgeAsync(change?.Invoke(request) ?? request, null, stop?.Token ?? ct);
            },
            Cancellation);
        return report!;
    }

    private sealed class NoMovesOnFridays : IEligibilityRule
    {
        public string Id => "ADS1";

        public string Title => "It is Friday";

        public EligibilitySeverity Severity => EligibilitySeverity.Block;

        public ImmutableArray<EligibilityFinding> Judge(EligibilityFacts facts) =>
            facts.Now.DayOfWeek == DayOfWeek.Friday ? [new EligibilityFinding(Id, Severity, "It is Friday", "move the job next week")] : [];
    }

    /// <summary>The backends of a fleet, some of them changed.</summary>
    private sealed class Changed(IBackendCatalog inner, Func<IResourceBackend, IResourceBackend> change) : IBackendCatalog
    {
        public ImmutableArray<IResourceBackend> Backends { get; } = [.. inner.Backends.Select(change)];

        public bool TryGet(string name, [NotNullWhen(true)] out IResourceBackend? backend) => (backend = Backends.FirstOrDefault(b => b.Info.Name == name)) is not null;

        public IResourceBackend GetRequired(string name) => TryGet(name, out var backend) ? backend : throw new KeyNotFoundException(name);
    }

    private sealed class WithoutProbe(IResourceBackend inner) : BackendDecorator(inner)
    {
        public override bool TryGetFeature<T>([NotNullWhen(true)] out T? feature)
            where T : class
        {
            feature = null;
            return typeof(T) != typeof(IDirectoryProbe) && base.TryGetFeature(out feature);
        }
    }

    private sealed class StuckProbe(IResourceBackend inner) : BackendDecorator(inner), IDirectoryProbe
    {
        public override bool TryGetFeature<T>([NotNullWhen(true)] out T? feature)
            where T : class => (feature = this as T) is not null || base.TryGetFeature(out feature);

        public Task<DirectoryProbeOutcome> ProbeAsync(DirectoryProbeRequest request, CancellationToken cancellationToken = default)
        {
            var never = new TaskCompletionSource<DirectoryProbeOutcome>();
            cancellationToken.UnsafeRegister(static (s, t) => ((TaskCompletionSource<DirectoryProbeOutcome>)s!).TrySetCanceled(t), never);
            return never.Task;
        }
    }

    private sealed class BrokenSnapshots(IResourceBackend inner) : BackendDecorator(inner)
    {
        public override Task<BackendSnapshot> GetSnapshotAsync(TimeSpan maxAge, CancellationToken cancellationToken = default) => throw new FormatException("half a page");
    }
}
