namespace Flink.Resources.Testing.Servers;

/// <summary>An application as the fake ResourceManager sees it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Queue">The queue it was submitted to.</param>
/// <param name="State">YARN's word for its state.</param>
/// <param name="FinalStatus">YARN's word for its end.</param>
/// <param name="Submissions">How often it was submitted; from the second time on nothing happens.</param>
/// <param name="Flink">Its JobManager's REST API; null until it is up.</param>
public sealed record FakeYarnApplication(
    string Id, string Name, string Queue, string State, string FinalStatus, int Submissions, FakeFlink? Flink);
