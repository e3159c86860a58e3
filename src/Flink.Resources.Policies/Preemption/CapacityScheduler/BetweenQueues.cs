namespace Flink.Resources.Preemption.CapacityScheduler;

/// <summary>From leaves above their guarantee: <c>FifoCandidatesSelector</c>, also in its balancing variant.</summary>
internal sealed class BetweenQueues(MonitorState state, bool balance)
{
    private readonly CapacitySelector _selector = balance ? CapacitySelector.Balancing : CapacitySelector.BetweenQueues;

    public void Select()
    {
        new IdealAssignment(state, balance).Compute();
        Earlier.LowerLeafAmounts(state);
        if (state.Settings.ObserveOnly)
        {
            return;
        }
        foreach (var leaf in state.Leaves)
        {
            if (!leaf.Queue.PreemptionDisabled && state.Calculator.IsAboveZero(state.Cluster, leaf.Amount))
            {
                Choose(leaf, new(state, leaf.Amount, state.Settings.CrossQueueConservative));
            }
        }
    }

    private void Choose(QueueState leaf, ContainerChooser chooser)
    {
        var masters = new List<AppState>();
        foreach (var app in leaf.AppsInPreemptionOrder)
        {
            state.Record(app, ContainerChoiceKind.Reserved, _selector, chooser.Take(app.Size, app.ReservedLeft));
            state.Record(app, ContainerChoiceKind.Running, _selector, chooser.Take(app.Size, app.RunningLeft));
            if (chooser.IsDone)
            {
                return;
            }
            if (app.MasterStays)
            {
                masters.Add(app);
            }
        }
        ChooseMasters(leaf, chooser, masters);
    }

    private void ChooseMasters(QueueState leaf, ContainerChooser chooser, List<AppState> masters)
    {
        var held = masters.Aggregate(new long[state.Cluster.Length], static (sum, app) => Vectors.Add(sum, app.Size));
        var keep = MasterShare(leaf);
        foreach (var app in masters)
        {
            if (chooser.IsDone || state.Calculator.Compare(state.Cluster, held, keep) <= 0)
            {
                return;
            }
            var taken = chooser.Take(app.Size, 1);
            state.Record(app, ContainerChoiceKind.Master, _selector, taken);
            held = taken > 0 ? Vectors.Subtract(held, app.Size) : held;
        }
    }

    /// <summary>What masters keep: cluster · the leaf's absolute capacity (by memory) · the maximum AM share, cut down twice.</summary>
    private long[] MasterShare(QueueState leaf)
    {
        var memory = state.Cluster[0];
        var capacity = Array.ConvertAll(state.Cluster, amount => memory == 0 ? 0 : (long)((Int128)amount * leaf.Guaranteed[0] / memory));
        return Vectors.CutDown(capacity, state.Settings.MaxMasterShare);
    }
}
