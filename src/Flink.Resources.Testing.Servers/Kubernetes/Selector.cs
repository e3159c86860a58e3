using System.Text.Json.Nodes;

namespace Flink.Resources.Testing.Servers.Kubernetes;

/// <summary>A label selector: <c>a=b,c!=d,e,!f,g in (h,i),j notin (k)</c>.</summary>
internal static class Selector
{
    public static bool Matches(string selector, JsonObject item)
    {
        var labels = item.At("metadata", "labels");
        return Terms(selector).All(t => Matches(t, labels));
    }

    private static bool Matches(string term, JsonNode? labels)
    {
        if (term.Split(" notin ") is [var without, var excluded])
        {
            return !Values(excluded).Contains(labels.Text(without.Trim()), StringComparer.Ordinal);
        }
        if (term.Split(" in ") is [var within, var included])
        {
            return Values(included).Contains(labels.Text(within.Trim()), StringComparer.Ordinal);
        }
        if (term.Split("!=") is [var not, var other])
        {
            return labels.Text(not.Trim()) != other.Trim();
        }
        if (term.Split('=', 2) is [var key, var value])
        {
            return labels.Text(key.Trim()) == value.TrimStart('=').Trim();
        }
        return term.StartsWith('!') ? labels.At(term[1..]) is null : labels.At(term) is not null;
    }

    private static IEnumerable<string> Values(string list) =>
        list.Trim().Trim('(', ')').Split(',').Select(static v => v.Trim());

    /// <summary>Commas part the terms, but for those between parentheses.</summary>
    private static List<string> Terms(string selector)
    {
        var terms = new List<string>();
        var (start, depth) = (0, 0);
        for (var i = 0; i <= selector.Length; i++)
        {
            if (i == selector.Length || (selector[i] == ',' && depth == 0))
            {
                terms.Add(selector[start..i].Trim());
                start = i + 1;
                continue;
            }
            depth += selector[i] switch { '(' => 1, ')' => -1, _ => 0 };
        }
        return terms.FindAll(static t => t.Length > 0);
    }
}
