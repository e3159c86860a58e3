using System.Globalization;

namespace Flink.Resources.Simulation;

/// <summary>
/// Runs code on one thread, and lets virtual time pass whenever all of it waits. The thread has no synchronization context: then
/// continuations run where they are completed, those of <c>ConfigureAwait(false)</c> too, and nothing leaves the thread by itself.
/// </summary>
internal sealed class VirtualRunner(VirtualClock clock, TimeSpan patience)
{
    private const int StackSize = 16 << 20;
    private readonly AsyncLocal<bool> _isInside = new();
    private int _isRunning;

    /// <summary>Whether the caller is run by this runner.</summary>
    public bool IsInside => _isInside.Value;

    public Task RunAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        if (IsInside)
        {
            return work(cancellationToken);
        }
        if (Interlocked.Exchange(ref _isRunning, 1) == 1)
        {
            throw new InvalidOperationException("The fleet's time is driven already: by another RunAsync, or by StartClock.");
        }
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => Run(work, ended, cancellationToken), StackSize) { IsBackground = true, Name = "simulation" };
        thread.Start();
        return ended.Task;
    }

    /// <summary>Lets time pass on a thread of its own until the answer is disposed.</summary>
    /// <param name="speed">Virtual seconds per real one; infinite: whenever somebody waits for it.</param>
    public IDisposable Start(double speed)
    {
        if (Interlocked.Exchange(ref _isRunning, 1) == 1)
        {
            throw new InvalidOperationException("The fleet's time is driven already: by another RunAsync, or by StartClock.");
        }
        return new Drive(this, speed);
    }

    private void Run(Func<CancellationToken, Task> work, TaskCompletionSource ended, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        Task? task = null;
        try
        {
            _isInside.Value = true;
            var foreign = ForeignWork.Begin();
            task = work(cancellationToken);
            Pump(task, foreign);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            failure = exception;
        }
        Volatile.Write(ref _isRunning, 0);
        if (failure is not null)
        {
            ended.SetException(failure);
        }
        else
        {
            ended.SetFromTask(task!);
        }
    }

    private void Pump(Task task, ForeignWork foreign)
    {
        var limit = clock.Now + patience.Ticks;
        foreign.Settle();
        while (!task.IsCompleted)
        {
            if (clock.TryStep(limit, out var wasOutside))
            {
                if (wasOutside)
                {
                    foreign.Settle();
                }
            }
            else if (clock.NextDue() is not null)
            {
                throw new TimeoutException(string.Create(
                    CultureInfo.InvariantCulture, $"The code did not end within {patience.TotalDays:0.##} virtual days (SimulatedFleetOptions.Patience)."));
            }
            else if (!WaitForOthers(task))
            {
                throw new InvalidOperationException(
                    "Everything waits, and nothing is due that could end it: is something awaited that does not take its time from the fleet's TimeProvider?");
            }
        }
    }

    /// <summary>Nothing is due. Code on other threads may still bring something.</summary>
    private bool WaitForOthers(Task task)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(2))
        {
            if (task.IsCompleted || clock.NextDue() is not null)
            {
                return true;
            }
            Thread.Sleep(1); // The thread of the simulation; other threads hold what it waits for.
        }
        return false;
    }

    private sealed class Drive : IDisposable
    {
        private readonly VirtualRunner _runner;
        private readonly double _speed;
        private readonly Thread _thread;
        private bool _isOver;

        public Drive(VirtualRunner runner, double speed)
        {
            (_runner, _speed) = (runner, speed);
            using var flow = ExecutionContext.SuppressFlow();
            _thread = new Thread(double.IsPositiveInfinity(speed) ? WheneverAwaited : Steadily, StackSize) { IsBackground = true, Name = "simulation clock" };
            _thread.Start();
        }

        public void Dispose()
        {
            if (Volatile.Read(ref _isOver))
            {
                return;
            }
            Volatile.Write(ref _isOver, true);
            lock (Gate)
            {
                Monitor.PulseAll(Gate);
            }
            if (Thread.CurrentThread != _thread)
            {
                _thread.Join();
            }
            Volatile.Write(ref _runner._isRunning, 0);
        }

        private object Gate => _runner.Clock.Gate;

        private void WheneverAwaited()
        {
            while (!Volatile.Read(ref _isOver))
            {
                lock (Gate)
                {
                    if (!_runner.Clock.IsAwaited && !Volatile.Read(ref _isOver))
                    {
                        Monitor.Wait(Gate, 100);
                        continue;
                    }
                }
                _runner.Clock.TryStep(long.MaxValue, out _);
            }
        }

        private void Steadily()
        {
            var began = TimeProvider.System.GetTimestamp();
            var origin = _runner.Clock.Now;
            while (!Volatile.Read(ref _isOver))
            {
                var now = origin + (long)(TimeProvider.System.GetElapsedTime(began).Ticks * _speed);
                while (!Volatile.Read(ref _isOver) && _runner.Clock.TryStep(now, out _))
                {
                }
                _runner.Clock.PassTo(now);
                Thread.Sleep(1); // A thread of its own, which nothing awaits.
            }
        }
    }

    private VirtualClock Clock => clock;
}
