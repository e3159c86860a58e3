namespace Flink.Resources.Preemption.CapacityScheduler;

/// <summary>Inside leaves, after the selectors between queues: <c>IntraQueueCandidatesSelector</c> with <c>FifoIntraQueuePreemptionPlugin</c>.</summary>
internal sealed class InsideQueue(MonitorState state, IntraQueueSettings settings)
{
    private readonly ResourceCalculator _calculator = state.Calculator;

    private bool UserLimitFirst => settings.Order == IntraQueueOrder.UserLimitFirst;

    public void Select()
    {
        // All leaves are computed before anything is chosen: they see the same allowance.
        var leaves = state.UnderServed.Values.Where(Competes).Select(leaf => new SharedLeaf(state, leaf)).ToList();
        foreach (var leaf in leaves)
        {
            ShareOut(leaf);
            Give(leaf);
            Match(leaf);
        }
        foreach (var leaf in leaves)
        {
            LowerByEarlierChoices(leaf);
        }
        foreach (var leaf in leaves)
        {
            Choose(leaf);
        }
    }

    private bool Competes(QueueState queue)
    {
        if (!queue.IsLeaf || queue.Apps.Count < 2)
        {
            return false;
        }
        var used = _calculator.IsAboveZero(state.Cluster, queue.Guaranteed)
            ? _calculator.Divide(state.Cluster, queue.Used, queue.Guaranteed)
            : 0f;
        return used + 1e-6 >= settings.MinimumThreshold;
    }

    /// <summary>What the leaf keeps is given to its apps from the most important on, each user up to the limit.</summary>
    private void ShareOut(SharedLeaf leaf)
    {
        var rest = Vectors.Subtract(Vectors.Subtract(leaf.Queue.Used, leaf.Queue.Amount), leaf.Masters);
        foreach (var app in leaf.Apps)
        {
            if (!_calculator.IsAboveZero(state.Cluster, rest) || _calculator.AnyZeroOrBelow(rest))
            {
                continue;
            }
            app.Already = app.State.ChosenAmount;
            app.User.Already = Vectors.Add(app.User.Already, app.Already);
            if (app.User.Room is { } limit && _calculator.Compare(state.Cluster, app.User.Given, limit) >= 0)
            {
                continue;
            }
            app.Ideal = IdealOf(app, rest);
            app.User.Given = Vectors.Add(app.User.Given, app.Ideal);
            var stays = Vectors.Subtract(app.UsedWithoutMaster, app.Already);
            if (_calculator.Compare(state.Cluster, app.Ideal, stays) > 0)
            {
                app.Unmet = Vectors.Subtract(app.Ideal, stays);
            }
            rest = Vectors.SubtractToZero(rest, app.Ideal);
        }
    }

    private long[] IdealOf(SharedApp app, long[] rest)
    {
        var wanted = Vectors.Subtract(Vectors.Add(app.UsedWithoutMaster, Vectors.Of(app.State.App.Pending)), app.Already);
        if (app.User.Room is { } limit)
        {
            wanted = _calculator.Smaller(state.Cluster, wanted, Vectors.Subtract(limit, app.User.Given));
        }
        return _calculator.Smaller(state.Cluster, rest, wanted);
    }

    /// <summary>What each app could give, from the least important on, within the leaf's bound and the allowance of the round.</summary>
    private void Give(SharedLeaf leaf)
    {
        var zero = new long[state.Cluster.Length];
        var bound = Vectors.CutDown(leaf.Queue.Guaranteed, settings.MaxAllowableLimit);
        bound = _calculator.Compare(state.Cluster, bound, leaf.Queue.Amount) > 0 ? Vectors.Subtract(bound, leaf.Queue.Amount) : zero;
        var limit = _calculator.Smaller(state.Cluster, bound, state.Allowance);
        foreach (var app in leaf.LeastImportantFirst)
        {
            if (!_calculator.IsAboveZero(state.Cluster, limit) || !_calculator.IsAboveZero(state.Cluster, app.State.Used))
            {
                continue;
            }
            var gives = Vectors.SubtractToZero(Vectors.Subtract(app.State.Used, app.Ideal), app.Already);
            gives = Vectors.SubtractToZero(gives, app.State.Master);
            if (UserLimitFirst)
            {
                // One smallest allocation stays, so that the user does not fall below the limit by rounding.
                gives = Vectors.SubtractToZero(gives, Array.ConvertAll(gives, static _ => 1L));
            }
            app.Gives = _calculator.Smaller(state.Cluster, _calculator.Larger(state.Cluster, gives, zero), limit);
            limit = Vectors.SubtractToZero(limit, app.Gives);
        }
    }

    private void Match(SharedLeaf leaf)
    {
        foreach (var demander in leaf.Apps)
        {
            if (!_calculator.IsAboveZero(state.Cluster, demander.Unmet))
            {
                continue;
            }
            foreach (var giver in leaf.LeastImportantFirst)
            {
                if (MayTransfer(demander, giver))
                {
                    Transfer(demander, giver);
                }
            }
        }
    }

    private bool MayTransfer(SharedApp demander, SharedApp giver)
    {
        if (!_calculator.IsAboveZero(state.Cluster, giver.Gives)
            || _calculator.Compare(state.Cluster, giver.Gives, giver.Transfers) <= 0
            || Array.TrueForAll(demander.Unmet, static v => v == 0))
        {
            return false;
        }
        return demander.User == giver.User
            ? giver.State.App.Priority < demander.State.App.Priority
            : !UserLimitFirst || IsAtLimit(giver.User);
    }

    private void Transfer(SharedApp demander, SharedApp giver)
    {
        var left = Vectors.Subtract(giver.Gives, giver.Transfers);
        if (demander.User != giver.User && giver.State.App.Priority == demander.State.App.Priority && IsAtLimit(giver.User))
        {
            left = CutToExcessOf(giver.User, left);
        }
        if (!_calculator.IsAboveZero(state.Cluster, left))
        {
            return;
        }
        var moved = _calculator.Smaller(state.Cluster, demander.Unmet, left);
        demander.Unmet = Vectors.Subtract(demander.Unmet, moved);
        giver.Transfers = Vectors.Add(giver.Transfers, moved);
    }

    /// <summary>Between equals only what a user holds above the limit moves, and that once.</summary>
    private long[] CutToExcessOf(SharedUser user, long[] left)
    {
        var excess = user.IsExcessSpent
            ? new long[left.Length]
            : Vectors.Subtract(Vectors.Subtract(user.UsedWithoutMasters, user.Already), user.Room!);
        if (_calculator.Compare(state.Cluster, excess, left) >= 0)
        {
            return left;
        }
        user.IsExcessSpent = true;
        return excess;
    }

    private bool IsAtLimit(SharedUser user) =>
        user.Room is { } limit && _calculator.Compare(state.Cluster, user.UsedWithoutMasters, limit) >= 0;

    private void LowerByEarlierChoices(SharedLeaf leaf)
    {
        foreach (var (earlier, _, _, count) in state.Choices.Where(c => c.App.Queue == leaf.Queue))
        {
            foreach (var app in leaf.Apps)
            {
                app.Transfers = Earlier.Lowered(state, app.Transfers, earlier.Size, count);
            }
        }
    }

    /// <summary>All givers' amounts are one sum, taken from the least important giver on.</summary>
    private void Choose(SharedLeaf leaf)
    {
        if (state.Settings.ObserveOnly)
        {
            return;
        }
        var sum = leaf.Apps.Aggregate(new long[state.Cluster.Length], static (sum, app) => Vectors.Add(sum, app.Transfers));
        var chooser = new ContainerChooser(state, sum, conservative: true);
        foreach (var app in leaf.LeastImportantFirst.Where(static a => !Array.TrueForAll(a.Transfers, static v => v == 0)))
        {
            var available = UserLimitFirst ? StaysAboveLimit(app) : app.State.RunningLeft;
            var taken = chooser.Take(app.State.Size, available);
            state.Record(app.State, ContainerChoiceKind.Running, CapacitySelector.InsideQueue, taken);
            app.User.Held = Vectors.Subtract(app.User.Held, Vectors.Times(app.State.Size, taken));
        }
    }

    /// <summary>How many containers can go before the user, masters included, is at the limit or below.</summary>
    private long StaysAboveLimit(SharedApp app) => app.User.Limit is not { } limit
        ? app.State.RunningLeft
        : Earlier.CountWhile(app.State.RunningLeft, done =>
            _calculator.Compare(state.Cluster, Vectors.Subtract(app.User.Held, Vectors.Times(app.State.Size, done + 1)), limit) > 0);
}

/// <summary>A leaf whose apps compete.</summary>
internal sealed class SharedLeaf
{
    public SharedLeaf(MonitorState state, QueueState queue)
    {
        Queue = queue;
        var users = queue.Apps.Select(static a => a.App.User).Distinct(StringComparer.Ordinal)
            .ToDictionary(static u => u, u => new SharedUser(queue, u, state.Cluster.Length), StringComparer.Ordinal);
        Apps = [.. queue.Apps.OrderByDescending(static a => a.App.Priority).Select(a => new SharedApp(a, users[a.App.User]))];
        LeastImportantFirst = [.. Enumerable.Reverse(Apps)];
        Masters = queue.Apps.Aggregate(new long[state.Cluster.Length], static (sum, app) => Vectors.Add(sum, app.Master));
    }

    public QueueState Queue { get; }

    /// <summary>High priority first, then oldest.</summary>
    public IReadOnlyList<SharedApp> Apps { get; }

    public IReadOnlyList<SharedApp> LeastImportantFirst { get; }

    public long[] Masters { get; }
}

/// <summary>YARN's <c>TempAppPerPartition</c>.</summary>
internal sealed class SharedApp(AppState state, SharedUser user)
{
    public AppState State => state;

    public SharedUser User => user;

    public long[] UsedWithoutMaster { get; } = Vectors.Subtract(state.Used, state.Master);

    /// <summary>What earlier selectors chose of it; stays 0 when it is reached after everything was shared out.</summary>
    public long[] Already { get; set; } = new long[state.Size.Length];

    public long[] Ideal { get; set; } = new long[state.Size.Length];

    public long[] Unmet { get; set; } = new long[state.Size.Length];

    public long[] Gives { get; set; } = new long[state.Size.Length];

    public long[] Transfers { get; set; } = new long[state.Size.Length];
}

/// <summary>YARN's <c>TempUserPerPartition</c>.</summary>
internal sealed class SharedUser
{
    public SharedUser(QueueState queue, string user, int resources)
    {
        var apps = queue.Apps.Where(a => string.Equals(a.App.User, user, StringComparison.Ordinal)).ToList();
        var masters = apps.Aggregate(new long[resources], static (sum, app) => Vectors.Add(sum, app.Master));
        Held = apps.Aggregate(new long[resources], static (sum, app) => Vectors.Add(sum, app.Used));
        UsedWithoutMasters = Vectors.Subtract(Held, masters);
        Limit = queue.UserLimit;
        Room = Limit is null ? null : Vectors.Subtract(Limit, masters);
        Already = new long[resources];
        Given = new long[resources];
    }

    /// <summary>What one user may hold, masters included; null for no limit.</summary>
    public long[]? Limit { get; }

    /// <summary>The limit without this user's masters.</summary>
    public long[]? Room { get; }

    /// <summary>What the user holds, masters included, less what this selector has taken.</summary>
    public long[] Held { get; set; }

    public long[] UsedWithoutMasters { get; }

    public long[] Already { get; set; }

    public long[] Given { get; set; }

    public bool IsExcessSpent { get; set; }
}
