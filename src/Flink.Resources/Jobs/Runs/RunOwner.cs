using System.Globalization;
using System.Security.Cryptography;

namespace Flink.Resources;

/// <summary>Names who carries runs: it differs between two processes, and between two objects in one.</summary>
internal static class RunOwner
{
    public static string New() => string.Create(
        CultureInfo.InvariantCulture, $"{Environment.UserName}@{Environment.MachineName}/{Environment.ProcessId}/{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}");
}
