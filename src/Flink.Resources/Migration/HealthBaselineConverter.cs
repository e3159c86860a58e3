using System.Text.Json;
using System.Text.Json.Serialization;
using Flink.Resources.Health;

namespace Flink.Resources;

/// <summary>A baseline in JSON: rows of numbers, since there are many of them.</summary>
internal sealed class HealthBaselineConverter : JsonConverter<HealthBaseline>
{
    public override HealthBaseline Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var buckets = new Dictionary<BaselineBucket, BaselineStatistic>();
        foreach (var row in document.RootElement.GetProperty("buckets").EnumerateArray())
        {
            buckets[new BaselineBucket(row[0].GetString()!, row[1].GetInt32())] = Statistic(row, 2);
        }
        var before = new Dictionary<string, BaselineStatistic>(StringComparer.Ordinal);
        foreach (var row in document.RootElement.GetProperty("beforeStop").EnumerateArray())
        {
            before[row[0].GetString()!] = Statistic(row, 1);
        }
        return new HealthBaseline(buckets, before);
    }

    public override void Write(Utf8JsonWriter writer, HealthBaseline value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("buckets");
        foreach (var (bucket, statistic) in value.Buckets.OrderBy(static b => b.Key.Metric, StringComparer.Ordinal).ThenBy(static b => b.Key.HourOfWeek))
        {
            writer.WriteStartArray();
            writer.WriteStringValue(bucket.Metric);
            writer.WriteNumberValue(bucket.HourOfWeek);
            Write(writer, statistic);
        }
        writer.WriteEndArray();
        writer.WriteStartArray("beforeStop");
        foreach (var (metric, statistic) in value.BeforeStop.OrderBy(static b => b.Key, StringComparer.Ordinal))
        {
            writer.WriteStartArray();
            writer.WriteStringValue(metric);
            Write(writer, statistic);
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static BaselineStatistic Statistic(JsonElement row, int first) =>
        new(row[first].GetInt32(), row[first + 1].GetDouble(), row[first + 2].GetDouble(), row[first + 3].GetDouble(), row[first + 4].GetDouble());

    private static void Write(Utf8JsonWriter writer, BaselineStatistic statistic)
    {
        writer.WriteNumberValue(statistic.Count);
        writer.WriteNumberValue(statistic.Median);
        writer.WriteNumberValue(statistic.P90);
        writer.WriteNumberValue(statistic.P95);
        writer.WriteNumberValue(statistic.P99);
        writer.WriteEndArray();
    }
}
