namespace Flink.Resources.Eligibility;

/// <summary>A ticket of somebody's shell is nowhere but on that host, and ends.</summary>
internal sealed class TicketCacheLogin() : EligibilityRule(
    "E05", EligibilitySeverity.Block, "The only login is a ticket cache", "`security.kerberos.login.use-ticket-cache`, no keytab")
{
    protected override IEnumerable<EligibilityFinding> Find(EligibilityFacts facts) => WithConfiguration(facts, settings =>
        new KerberosUse(facts, settings) is { AsksForTicketCache: true, HasKeytab: false }
            ? [Finding($"{KerberosUse.TicketCache} is true and {KerberosUse.Keytab} is not set", $"give the job a keytab: {KerberosUse.Keytab} and {KerberosUse.Principal}")]
            : []);
}
