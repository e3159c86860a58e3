using System.Security.Cryptography;
using System.Text;

namespace Flink.Resources.Testing.Servers.Http;

/// <summary>Identifiers that are the same for the same text: a run can be repeated.</summary>
internal static class Identifiers
{
    /// <summary>Lower-case hexadecimal digits, at most 64.</summary>
    public static string Hex(string text, int digits) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..digits];

    /// <summary>In the form of a UUID.</summary>
    public static string Uid(string text)
    {
        var hex = Hex(text, 32);
        return $"{hex[..8]}-{hex[8..12]}-4{hex[13..16]}-8{hex[17..20]}-{hex[20..]}";
    }
}
