using System.Globalization;

namespace Flink.Resources.Simulation;

/// <content>Savepoints, and the stop with one.</content>
internal sealed partial class FlinkRun
{
    /// <summary>How many savepoints failed already; a fault of the job counts them.</summary>
    public int SavepointFailures { get; private set; }

    public SavepointOperation? FindOperation(TriggerId trigger) => _operations.GetValueOrDefault(trigger);

    /// <summary>Begins a savepoint. The same trigger is the same operation.</summary>
    public TriggerOutcome Trigger(SavepointRequest request, bool isStop)
    {
        if (_operations.ContainsKey(request.Trigger))
        {
            return new TriggerOutcome.Accepted();
        }
        if (!AllTasksRun)
        {
            return new TriggerOutcome.Refused($"Not all tasks of {Id} run ({State}): a savepoint can't be taken.");
        }
        if (_operations.Values.Any(static o => o is { IsStop: true, Status: SavepointStatus.InProgress }))
        {
            return new TriggerOutcome.Refused($"{Id} is being stopped with another savepoint.");
        }
        var operation = new SavepointOperation(request.Trigger, isStop, request.TargetDirectory);
        _operations.Add(request.Trigger, operation);
        Advance();
        if (isStop)
        {
            // The tasks wait for as long as the savepoint is written.
            Settle();
            _isProcessing = false;
        }
        var taken = (Offset, CommittedTo);
        _clock.Schedule(FullDuration, () => Complete(operation, taken.Offset, taken.CommittedTo));
        return new TriggerOutcome.Accepted();
    }

    /// <summary>Takes a checkpoint now, beside those of the interval.</summary>
    public TriggerOutcome TriggerCheckpoint()
    {
        if (!AllTasksRun || Interval is null)
        {
            return new TriggerOutcome.Refused($"{Id} takes no checkpoint: {(Interval is null ? "checkpointing is off" : "not all tasks run")}.");
        }
        Settle();
        var offset = Offset;
        _clock.Schedule(Behaviour.CheckpointDuration, () =>
        {
            if (!ProcessesRecords)
            {
                return;
            }
            Settle();
            if (Behaviour.CheckpointsFail)
            {
                FailedCheckpoints++;
                return;
            }
            if (offset < (Checkpoint?.Offset ?? 0))
            {
                return;
            }
            Anchor();
            _lastId++;
            _completedBefore++;
            CommittedTo = Math.Max(CommittedTo, offset);
            Checkpoint = new SimulatedSnapshot(
                PathOf(_lastId), _ledger.Job, _lastId, false, offset, offset, _ledger.StateBegins, Behaviour.State.Bytes, _clock.Now);
            Settle();
        });
        return new TriggerOutcome.Accepted();
    }

    private void Complete(SavepointOperation operation, long offset, long committedTo)
    {
        if (IsOver || State != FlinkJobState.Running)
        {
            operation.Status = new SavepointStatus.Failed($"The job was {State} before the savepoint was complete.", null);
            return;
        }
        if (SavepointFailures < Behaviour.SavepointFailures)
        {
            SavepointFailures++;
            FailedCheckpoints++;
            operation.Status = new SavepointStatus.Failed("CheckpointException: the savepoint could not be written (Asynchronous task checkpoint failed).", null);
            Application.Log("savepoint failed");
            if (operation.IsStop)
            {
                // Nothing was lost: the tasks go on where they waited.
                StartProcessing();
            }
            return;
        }
        Savepoints++;
        var number = ++_lastId + _done;
        var uri = string.Create(CultureInfo.InvariantCulture, $"{operation.Directory.TrimEnd('/')}/savepoint-{Id.Value[..6]}-{operation.Trigger.Value[..12]}");
        var savepoint = new SimulatedSnapshot(uri, _ledger.Job, number, true, offset, committedTo, _ledger.StateBegins, Behaviour.State.Bytes, _clock.Now);
        _storage.Add(savepoint);
        LatestSavepoint = savepoint;
        Application.Log(string.Create(CultureInfo.InvariantCulture, $"savepoint {uri} at {offset}"));
        if (!operation.IsStop)
        {
            operation.Status = new SavepointStatus.Completed(uri);
            return;
        }
        if (Behaviour.StopFault != StopFault.None)
        {
            var cause = $"StopWithSavepointStoppingException: A savepoint has been created at: {uri}, but the corresponding job {Id} failed during stopping: a sink threw in its commit.";
            operation.Status = new SavepointStatus.Failed(cause, uri);
            if (Behaviour.StopFault == StopFault.FailsAfterSavepoint)
            {
                Application.OnJobEnded(this, FlinkJobState.Failed, cause);
            }
            else
            {
                Application.OnTaskFailed(this, cause);
            }
            return;
        }
        if (IsTransactional)
        {
            _ledger.CommitMissing(committedTo, offset);
            _flushed = Math.Max(_flushed, offset);
        }
        operation.Status = new SavepointStatus.Completed(uri);
        Application.OnJobEnded(this, FlinkJobState.Finished, null);
    }
}
