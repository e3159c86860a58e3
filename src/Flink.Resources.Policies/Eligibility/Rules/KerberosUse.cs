namespace Flink.Resources.Eligibility;

/// <summary>What a configuration says about logins.</summary>
internal sealed class KerberosUse(EligibilityFacts facts, FlinkSettings settings)
{
    public const string Keytab = "security.kerberos.login.keytab";
    public const string Principal = "security.kerberos.login.principal";
    public const string TicketCache = "security.kerberos.login.use-ticket-cache";
    public const string Krb5 = "security.kerberos.krb5-conf.path";

    public bool HasKeytab => settings[Keytab] is not null;

    /// <summary>The ticket cache is Flink's default, so only somebody who writes it down means it.</summary>
    public bool AsksForTicketCache => settings.IsTrue(TicketCache);

    public bool IsUsed => facts.Declared.UsesKerberos ?? (HasKeytab || settings[Principal] is not null || AsksForTicketCache
        || settings["security.kerberos.login.contexts"] is not null || settings[Krb5] is not null
        || settings["flink.hadoop.hadoop.security.authentication"]?.Equals("kerberos", StringComparison.OrdinalIgnoreCase) == true);
}
