using System.Globalization;
using System.Text.Json;
using Flink.Resources.Autoscaling;

namespace WhatIf.Autoscaling;

/// <summary>The configuration of a scenario, typed as JSON, handed to the library as a job's Flink configuration.</summary>
internal static class SettingsReading
{
    public static AutoscalerSettings Settings(this ScenarioValue config) => Settings([config]);

    /// <summary>Several configurations laid over each other, the last one wins.</summary>
    public static AutoscalerSettings Settings(IReadOnlyList<ScenarioValue> layers)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        var places = new Dictionary<string, ScenarioValue>(StringComparer.Ordinal);
        foreach (var layer in layers)
        {
            layer.RequiredObject();
            foreach (var option in AutoscalerOptions.All.Concat(AutoscalerExtensionOptions.All))
            {
                Read(layer, option, texts, places);
            }
        }
        var memory = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var option in AutoscalerOptions.All.Where(static o => o.Kind == AutoscalerOptionKind.Memory))
        {
            // Bytes in a scenario may be out of their range, which Flink's notation cannot express.
            if (places.TryGetValue(option.Key, out var place))
            {
                memory[option.Key] = place.Int64();
                texts.Remove(option.Key);
            }
        }
        var reading = AutoscalerSettingsReader.Read(texts);
        if (reading.Errors is [var error, ..])
        {
            throw new ScenarioException(error.Message, places[error.Key].Path);
        }
        return reading.Settings with
        {
            QuotaMemoryBytes = memory.TryGetValue(AutoscalerOptions.QuotaMemory.Key, out var quota) ? quota : reading.Settings.QuotaMemoryBytes,
            SegmentSizeBytes = memory.GetValueOrDefault(AutoscalerOptions.SegmentSize.Key, reading.Settings.SegmentSizeBytes),
        };
    }

    private static void Read(
        ScenarioValue layer, AutoscalerOption option, Dictionary<string, string> texts, Dictionary<string, ScenarioValue> places)
    {
        foreach (var key in option.Spellings())
        {
            var value = layer[key];
            if (value.IsSet)
            {
                texts[key] = Text(value, option.Kind);
                places[key] = value;
            }
        }
    }

    private static string Text(ScenarioValue value, AutoscalerOptionKind kind) => kind switch
    {
        AutoscalerOptionKind.Boolean => value.Boolean() ? "true" : "false",
        AutoscalerOptionKind.WholeNumber => value.Int32().ToString(CultureInfo.InvariantCulture),
        AutoscalerOptionKind.Number => value.Double().ToString("R", CultureInfo.InvariantCulture),
        AutoscalerOptionKind.Duration => value.Duration().Iso(),
        AutoscalerOptionKind.Memory => value.Int64().ToString(CultureInfo.InvariantCulture),
        AutoscalerOptionKind.List => string.Join(';', value.Strings().Select(static s => $"'{s.Replace("'", "''", StringComparison.Ordinal)}'")),
        _ => value.String(),
    };
}
