using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Flink.Resources.Planning;

namespace Flink.Resources;

/// <summary>A campaign's request as it stands in the journal.</summary>
internal sealed record CampaignPaper(string Name, MigrationPlan Plan, ImmutableArray<MoveRequest> Moves, CampaignOptions Options, DateTimeOffset? JudgedAt = null)
{
    public static string Write(CampaignRequest request) => JsonSerializer.Serialize(
        new CampaignPaper(request.Name, request.Plan, [.. request.Moves.Values.OrderBy(static m => m.Job.Value, StringComparer.Ordinal)], request.Options, request.JudgedAt), CampaignJson.Default.CampaignPaper);

    public static CampaignRequest Read(string text)
    {
        var paper = JsonSerializer.Deserialize(text, CampaignJson.Default.CampaignPaper)!;
        return new CampaignRequest
        {
            Name = paper.Name,
            Plan = paper.Plan,
            Moves = paper.Moves.ToImmutableDictionary(static m => m.Job),
            // What an older version wrote has no age, and what is missing is read as zero.
            Options = paper.Options.EligibilityAge == TimeSpan.Zero ? paper.Options with { EligibilityAge = JudgementPolicy.UsualAge } : paper.Options,
            JudgedAt = paper.JudgedAt,
        };
    }
}

/// <summary>How campaigns and rollbacks stand in the journal.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters =
    [
        typeof(JobKeyConverter), typeof(FlinkJobIdConverter), typeof(TriggerIdConverter), typeof(BackendIdentityConverter),
        typeof(MemorySizeConverter), typeof(RestorePointConverter), typeof(OrdinalMapConverter),
    ])]
[JsonSerializable(typeof(CampaignPaper))]
[JsonSerializable(typeof(CampaignEvent))]
[JsonSerializable(typeof(RollbackClick))]
[JsonSerializable(typeof(RollbackResult))]
[JsonSerializable(typeof(RollbackScope))]
[JsonSerializable(typeof(RetryAsked))]
internal sealed partial class CampaignJson : JsonSerializerContext;
