namespace Flink.Resources.Fleet;

/// <content>Looks at clusters before anything is done.</content>
internal sealed partial class FleetController
{
    public async Task<FleetDiscovery> DiscoverAsync(CancellationToken cancellationToken = default)
    {
        var known = await _reader.ReadAsync(null, cancellationToken).ConfigureAwait(false);
        var survey = await _clusters.ReadAsync(_document.Clusters.Keys, [.. known.Values], cancellationToken).ConfigureAwait(false);
        return await new Discovery(_document, _backends).LookAsync(survey, known, cancellationToken).ConfigureAwait(false);
    }

    public Task<FleetDiagnosis> DoctorAsync(CancellationToken cancellationToken = default) =>
        new Doctor(_document, _backends, _journal, _timeProvider).ExamineAsync(cancellationToken);
}
