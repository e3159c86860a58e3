using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Flink.Resources.Flink;

namespace Flink.Resources.Translation;

/// <summary>Finds secrets by the names of keys and by what values look like, and puts a keyed digest in their place: a change shows, the secret does not.</summary>
internal sealed partial class SecretMask(ReadOnlyMemory<byte> digestKey)
{
    /// <summary>What Flink's REST API writes instead of a secret.</summary>
    public const string Hidden = "******";

    /// <summary>Arguments of programs often hold passwords, in forms that nobody can tell.</summary>
    public const string ProgramArguments = "$internal.application.program-args";

    private static readonly string[] Words = ["passwd", "http-headers", "accesskey", "private-key", "credential", "secret", "storepass", "keypass"];

    public static bool IsSecret(string key, string? value) => IsSecretName(key) || (value is not null && LooksSecret(value));

    /// <summary>The value, or its digest when it is a secret.</summary>
    public string Text(string key, string value) => IsSecret(key, value) && value != Hidden ? Digest(value) : value;

    public string Digest(string value) =>
        $"hmac-sha256:{Convert.ToHexStringLower(HMACSHA256.HashData(digestKey.Span, Encoding.UTF8.GetBytes(value)))[..32]}";

    private static bool IsSecretName(string key)
    {
        if (key == ProgramArguments)
        {
            return true;
        }
        var plain = key.Replace('_', '-');
        // Keys about tokens and names of Secrets are no secrets.
        return plain is not ("kubernetes.secrets" or "kubernetes.env.secretKeyRef" or "kubernetes.container.image.pull-secrets")
            && !plain.StartsWith("security.delegation.token", StringComparison.Ordinal)
            && (FlinkSecrets.IsSecret(plain) || Words.Any(w => plain.Contains(w, StringComparison.OrdinalIgnoreCase)));
    }

    private static bool LooksSecret(string value)
    {
        try
        {
            return Pattern().IsMatch(value);
        }
        catch (RegexMatchTimeoutException)
        {
            return true;
        }
    }

    /// <summary>A text for people with what looks like a secret covered; names of keys stay.</summary>
    public static string Cover(string text)
    {
        try
        {
            return Named().Replace(text, static m => m.Groups["before"].Value + Hidden);
        }
        catch (RegexMatchTimeoutException)
        {
            return Hidden;
        }
    }

    [GeneratedRegex(
        @"(?<before>(password|passwd|pwd|secret|token|api[-_.]?key|access[-_.]?key|private[-_.]?key|credential|storepass|keypass)[\w.\-]*[""']?\s*[=:]\s*[""']?)[^\s""',;]+|(?<before>--(password|passwd|secret|token)\s+)\S+|(?<before>://[^/\s:@]*:)[^/\s@]+(?=@)|(?<before>-----BEGIN)[\s\S]*|(?<before>[?&](sig|sas|signature)=)[^\s&]+",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 200)]
    private static partial Regex Named();

    [GeneratedRegex(
        @"(password|passwd|pwd|secret|token|api[-_.]?key|access[-_.]?key|private[-_.]?key|credential|storepass|keypass)[\w.\-]*[""']?\s*[=:]\s*\S|--(password|passwd|secret|token)\s+\S|://[^/\s:@]*:[^/\s@]+@|-----BEGIN|[?&](sig|sas|signature)=",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 200)]
    private static partial Regex Pattern();
}
