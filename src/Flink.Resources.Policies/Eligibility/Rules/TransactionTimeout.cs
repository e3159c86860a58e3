namespace Flink.Resources.Eligibility;

/// <summary>A stop with savepoint commits everything; after a kill open transactions must outlast the way to the target.</summary>
internal sealed class TransactionTimeout() : EligibilityRule(
    "E21", EligibilitySeverity.Block, "Transactions of an exactly-once sink may end before the target commits them", "`transaction.timeout.ms` in the configuration or declared; only without a stop with savepoint")
{
    protected override IEnumerable<EligibilityFinding> Find(EligibilityFacts facts)
    {
        if (facts.StopsWithSavepoint || !facts.Sinks.Contains(SinkClass.Transactional))
        {
            return [];
        }
        return WithConfiguration(facts, settings => (facts.Declared.TransactionTimeout ?? Shortest(settings)) switch
        {
            null => [Finding(EligibilitySeverity.Fix, "The transaction timeout of its sinks is set in code and can't be seen", "declare TransactionTimeout, or stop the job with a savepoint")],
            { } timeout when timeout < facts.Limits.WorstDowntime => [Finding(
                FormattableString.Invariant($"Its transactions end after {timeout.TotalSeconds:0} s, the way to the target may take {facts.Limits.WorstDowntime.TotalSeconds:0} s"),
                "raise transaction.timeout.ms (and the broker's maximum), or stop the job with a savepoint")],
            _ => [],
        });
    }

    private static TimeSpan? Shortest(FlinkSettings settings) => settings.Original
        .Where(static p => p.Key.EndsWith("transaction.timeout.ms", StringComparison.Ordinal))
        .Select(static p => long.TryParse(p.Value, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var milliseconds) ? TimeSpan.FromMilliseconds(milliseconds) : (TimeSpan?)null)
        .Min();
}
