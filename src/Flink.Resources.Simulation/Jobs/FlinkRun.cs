using System.Collections.Immutable;
using System.Globalization;

namespace Flink.Resources.Simulation;

/// <summary>
/// One Flink job under one JobManager process. Between two events its progress is a formula: it reads as fast as it can, never ahead of
/// the source, and <see cref="CheckpointClock"/> knows its checkpoints. A look evaluates both at its time.
/// </summary>
internal sealed partial class FlinkRun
{
    private const int ExceptionsKept = 20;
    private static readonly TimeSpan _refreshInterval = TimeSpan.FromSeconds(3);
    private readonly VirtualClock _clock;
    private readonly JobLedger _ledger;
    private readonly SnapshotStorage _storage;
    private readonly List<FlinkExceptionEntry> _exceptions = [];
    private readonly Dictionary<TriggerId, SavepointOperation> _operations = [];
    private CheckpointClock _checkpoints;
    private SimulatedSnapshot? _origin;
    private long _anchored;
    private long _at;
    private double _read;
    private long _flushed;
    private long _done;
    private long _completedBefore;
    private long _lastId;
    private long _inFlight;
    private bool _isProcessing;
    private bool _checkpointsGone;

    public FlinkRun(SimulatedApplication application, FlinkJobId id, VirtualClock clock, JobLedger ledger, SnapshotStorage storage)
    {
        (Application, Id, _clock, _ledger, _storage) = (application, id, clock, ledger, storage);
        StartedAt = clock.Now;
        Parallelism = application.Spec.Parallelism;
        // Zero switches checkpointing off, as in Flink.
        Interval = FlinkDuration.Parse(application.Configuration.GetValueOrDefault("execution.checkpointing.interval")) is { } interval && interval > TimeSpan.Zero ? interval : null;
        CheckpointDirectory = $"{application.CheckpointRoot}/{id.Value}";
        ledger.Runs.Add(this);
        storage.Own(CheckpointDirectory, this);
    }

    public SimulatedApplication Application { get; }

    public FlinkJobId Id { get; }

    public FlinkJobState State { get; private set; } = FlinkJobState.Initializing;

    public SimulatedContainer? JobManager { get; set; }

    public List<SimulatedContainer> TaskManagers { get; } = [];

    public int Parallelism { get; set; }

    public TimeSpan? Interval { get; }

    public string CheckpointDirectory { get; }

    public long StartedAt { get; }

    public long? EndedAt { get; private set; }

    public long? RunningSince { get; private set; }

    public int Restarts { get; private set; }

    public long FailedCheckpoints { get; private set; }

    public long Savepoints { get; private set; }

    public SimulatedSnapshot? LatestSavepoint { get; private set; }

    public SimulatedSnapshot? Restored { get; private set; }

    public long RestoredAt { get; private set; }

    public bool AllTasksRun { get; private set; }

    /// <summary>Whether it will never commit again.</summary>
    public bool IsOver { get; private set; }

    public bool ProcessesRecords => _isProcessing && !IsOver;

    public IReadOnlyList<FlinkExceptionEntry> Exceptions => _exceptions;

    public SimulatedJob Behaviour => Application.Behaviour;

    public JobLedger Ledger => _ledger;

    public long Offset => (long)_read;

    public double Capacity => Behaviour.CapacityPerSubtask * Parallelism;

    public long CompletedCheckpoints => _completedBefore + _done + Savepoints;

    public TimeSpan FullDuration => Transfer(Behaviour.State, Behaviour.StateBandwidth);

    public int TaskManagersWanted => (Parallelism + Application.Spec.TaskManager.Slots - 1) / Application.Spec.TaskManager.Slots;

    private bool IsBounded => Application.Spec.Kind == JobKind.Batch;

    private bool IsTransactional => Behaviour.Sink is SinkClass.Transactional or SinkClass.TableCommits;

    /// <summary>The newest completed checkpoint as long as it is in storage.</summary>
    public SimulatedSnapshot? RetainedCheckpoint
    {
        get
        {
            Advance();
            return _checkpointsGone ? null : Checkpoint;
        }
    }

    /// <summary>The newest completed checkpoint of this run.</summary>
    public SimulatedSnapshot? Checkpoint { get; private set; }

    public static TimeSpan Transfer(MemorySize bytes, MemorySize perSecond) =>
        TimeSpan.FromSeconds(Math.Max(0.2, (double)bytes.Bytes / Math.Max(1, perSecond.Bytes)));

    /// <summary>Brings progress and checkpoints up to now.</summary>
    public void Advance() => Advance(_clock.Now);

    /// <summary>Writes what has become visible into the ledger.</summary>
    public void Settle()
    {
        Advance();
        var visible = IsTransactional ? CommittedTo : Offset;
        if (visible > _flushed)
        {
            _ledger.Commit(_flushed, visible);
            _flushed = visible;
        }
    }

    /// <summary>What a restore is told is taken for what it is; null begins anew.</summary>
    public void SetOrigin(SimulatedSnapshot? snapshot, bool isRecovery)
    {
        _origin = snapshot;
        Restored = snapshot;
        RestoredAt = _clock.Now;
        if (snapshot is null)
        {
            if (_ledger.HasOutput)
            {
                _ledger.StartsFromNothing++;
            }
            var first = Behaviour.StartPosition == StartPosition.Latest && !IsBounded ? (long)_ledger.Available(_clock.Now) : 0;
            (_read, _flushed, _ledger.StateBegins) = (first, first, first);
            return;
        }
        _lastId = snapshot.Id;
        if (isRecovery)
        {
            _completedBefore = snapshot.Id;
            Checkpoint = snapshot.IsSavepoint ? null : snapshot;
        }
        _ledger.StateBegins = snapshot.StateBegins;
        RewindTo(snapshot);
    }

    /// <summary>The graph is there; slots are wanted.</summary>
    public void Schedule()
    {
        if (State == FlinkJobState.Initializing)
        {
            State = FlinkJobState.Created;
        }
    }

    /// <summary>All slots are there: the tasks are deployed and read their state.</summary>
    public void Deploy() => State = FlinkJobState.Running;

    /// <summary>All tasks run.</summary>
    public void Resume()
    {
        State = FlinkJobState.Running;
        AllTasksRun = true;
        RunningSince = _clock.Now;
        StartProcessing();
    }

    /// <summary>A task failed, or a TaskManager is gone: back to the last checkpoint.</summary>
    public void Fail(string exception)
    {
        Settle();
        Note(exception);
        _isProcessing = false;
        AllTasksRun = false;
        Restarts++;
        State = FlinkJobState.Restarting;
        if (Checkpoint is { } checkpoint)
        {
            Restored = checkpoint;
            RestoredAt = _clock.Now;
            _read = checkpoint.Offset;
            _flushed = IsTransactional ? _flushed : checkpoint.Offset;
        }
        else if (_origin is not null)
        {
            _read = _origin.Offset;
            _flushed = IsTransactional ? _flushed : _origin.Offset;
        }
        else
        {
            _read = _ledger.StateBegins;
            _flushed = IsTransactional ? _flushed : _ledger.StateBegins;
        }
    }

    /// <summary>The job has ended for good.</summary>
    public void End(FlinkJobState state, string? exception = null)
    {
        if (State.IsTerminal)
        {
            return;
        }
        Settle();
        if (exception is not null)
        {
            Note(exception);
        }
        if (state == FlinkJobState.Finished && IsBounded)
        {
            _ledger.Commit(_flushed, Math.Max(_flushed, Offset));
            _flushed = Math.Max(_flushed, Offset);
        }
        _isProcessing = false;
        AllTasksRun = false;
        State = state;
        EndedAt = _clock.Now;
        // FINISHED deletes all of them; the others, unless they are retained.
        _checkpointsGone = state == FlinkJobState.Finished || !Application.RetainsCheckpoints;
        IsOver = true;
    }

    /// <summary>Its processes are gone; what is in storage stays.</summary>
    public void Die()
    {
        if (IsOver)
        {
            return;
        }
        Settle();
        _isProcessing = false;
        AllTasksRun = false;
        IsOver = true;
        if (!State.IsTerminal)
        {
            State = FlinkJobState.Suspended;
        }
    }

    public void Describe()
    {
        Settle();
        if (_isProcessing)
        {
            Anchor();
        }
    }

    public void Note(string exception) => _exceptions.Insert(0, new FlinkExceptionEntry(
        exception.Split(':')[0], exception, _clock.At(_clock.Now), "Counter (1/1)", TaskManagers.Count > 0 ? TaskManagers[0].Id : null));

    public ImmutableArray<FlinkExceptionEntry> NewestExceptions(int maximum)
    {
        if (_exceptions.Count > ExceptionsKept)
        {
            _exceptions.RemoveRange(ExceptionsKept, _exceptions.Count - ExceptionsKept);
        }
        // Flink serves them from a copy of the job that is up to web.refresh-interval old.
        var shown = _clock.At(_clock.Now) - _refreshInterval;
        return [.. _exceptions.SkipWhile(e => e.At > shown).Take(maximum)];
    }

    /// <summary>The newest checkpoints, newest first, by the formula.</summary>
    public IEnumerable<CheckpointEntry> History(int maximum)
    {
        for (var number = _done; number > Math.Max(0, _done - maximum); number--)
        {
            yield return Entry(number);
        }
    }

    public CheckpointEntry Entry(long number) => new()
    {
        Id = _lastId + number,
        Status = "COMPLETED",
        TriggeredAt = _clock.At(_checkpoints.TriggeredAt(number)),
        Duration = TimeSpan.FromTicks(_checkpoints.CompletedAt(number) - _checkpoints.TriggeredAt(number)),
        CheckpointedBytes = number == 1 ? Behaviour.State.Bytes : Behaviour.State.Bytes / 10,
        StateBytes = Behaviour.State.Bytes,
        Path = PathOf(_lastId + number),
    };

    /// <summary>Records that the source has and this run has not read.</summary>
    public double Pending => IsBounded ? Behaviour.BatchRecords - _read : Math.Max(0, Math.Floor(_ledger.Available(_clock.Now)) - Offset);

    public bool IsSavepointUnderWay => _operations.Values.Any(static o => o.Status is SavepointStatus.InProgress);

    public double SinceMilliseconds(long at) => TimeSpan.FromTicks(_clock.Now - at).TotalMilliseconds;

    public bool IsCheckpointUnderWay => _isProcessing && Interval is not null && _checkpoints.TriggeredAt(_done + 1) <= _clock.Now;

    /// <summary>The newest completed checkpoint, of this run or recovered.</summary>
    public CheckpointEntry? LatestCompleted => _done > 0 ? Entry(_done) : Checkpoint is not { } checkpoint ? null : new CheckpointEntry
    {
        Id = checkpoint.Id,
        Status = "COMPLETED",
        TriggeredAt = _clock.At(checkpoint.At - Behaviour.CheckpointDuration.Ticks),
        Duration = Behaviour.CheckpointDuration,
        CheckpointedBytes = checkpoint.Bytes / 10,
        StateBytes = checkpoint.Bytes,
        Path = checkpoint.Uri,
    };

    private long CommittedTo { get; set; }

    private void StartProcessing()
    {
        _isProcessing = true;
        CommittedTo = _flushed;
        _at = _clock.Now;
        Anchor();
    }

    /// <summary>Checkpoints count from now on.</summary>
    private void Anchor()
    {
        _completedBefore += _done;
        _lastId += _done;
        (_done, _anchored, _at) = (0, _clock.Now, _clock.Now);
        _checkpoints = new CheckpointClock(_anchored, Interval ?? TimeSpan.MaxValue / 4, FullDuration, Behaviour.CheckpointDuration);
    }

    private void Advance(long now)
    {
        if (!_isProcessing || now <= _at)
        {
            return;
        }
        if (Interval is not null)
        {
            AdvanceCheckpoints(now);
        }
        _read = ReadAt(now);
        _at = now;
    }

    private void AdvanceCheckpoints(long now)
    {
        var done = _checkpoints.CompletedBy(now);
        if (done > _done)
        {
            if (Behaviour.CheckpointsFail)
            {
                FailedCheckpoints += done - _done;
                Anchor(now, done);
                return;
            }
            var triggered = _checkpoints.TriggeredAt(done);
            var offset = triggered > _at ? (long)ReadAt(triggered) : _inFlight;
            CommittedTo = offset;
            Checkpoint = new SimulatedSnapshot(
                PathOf(_lastId + done), _ledger.Job, _lastId + done, false, offset, offset, _ledger.StateBegins, Behaviour.State.Bytes, _checkpoints.CompletedAt(done));
            _done = done;
        }
        var next = _checkpoints.TriggeredAt(_done + 1);
        if (next <= now && next > _at)
        {
            _inFlight = (long)ReadAt(next);
        }
    }

    /// <summary>After failed checkpoints their numbers are used up, and nothing else came of them.</summary>
    private void Anchor(long now, long used)
    {
        var read = ReadAt(now);
        _lastId += used;
        _anchored = _checkpoints.CompletedAt(used);
        _checkpoints = new CheckpointClock(_anchored, Interval!.Value, FullDuration, Behaviour.CheckpointDuration);
        (_done, _read, _at) = (0, read, now);
    }

    private double ReadAt(long at)
    {
        var reached = _read + (Capacity * TimeSpan.FromTicks(at - _at).TotalSeconds);
        return Math.Min(reached, IsBounded ? Behaviour.BatchRecords : Math.Max(_read, _ledger.Available(at)));
    }

    private void RewindTo(SimulatedSnapshot snapshot)
    {
        if (IsTransactional)
        {
            _ledger.CommitMissing(snapshot.CommittedTo, snapshot.Offset);
        }
        (_read, _flushed) = (snapshot.Offset, snapshot.Offset);
    }

    private string PathOf(long id) => string.Create(CultureInfo.InvariantCulture, $"{CheckpointDirectory}/chk-{id}");
}
