using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace Flink.Resources.Storage.Sqlite;

/// <summary>
/// Threads with a connection each that take turns at one queue: SQLite waits for the disk and for other processes on the thread that
/// calls it, and its asynchronous methods are no exception.
/// </summary>
internal sealed class SqliteWorker : IDisposable
{
    private readonly SqliteFile _file;
    private readonly BlockingCollection<Action<SqliteWorkerThread>> _queue = [];
    private readonly Thread[] _threads;

    public SqliteWorker(SqliteFile file, string name, int threads)
    {
        _file = file;
        _threads = [.. Enumerable.Range(0, threads).Select(_ => new Thread(Run) { IsBackground = true, Name = name })];
        foreach (var thread in _threads)
        {
            thread.Start();
        }
    }

    /// <summary>Performs a call when its turn comes; cancelled before that, it is never performed.</summary>
    public Task<T> RunAsync<T>(Func<SqliteConnection, T> call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            _queue.Add(thread => Perform(thread, call, done, cancellationToken), CancellationToken.None);
        }
        catch (InvalidOperationException)
        {
            ObjectDisposedException.ThrowIf(_queue.IsAddingCompleted, typeof(SqliteJournal));
            throw;
        }
        return done.Task;
    }

    /// <summary>Ends when what was begun has ended.</summary>
    public void Dispose()
    {
        if (_queue.IsAddingCompleted)
        {
            return;
        }
        _queue.CompleteAdding();
        foreach (var thread in _threads)
        {
            thread.Join();
        }
        _queue.Dispose();
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "It belongs to the caller, not to this thread.")]
    private void Perform<T>(SqliteWorkerThread thread, Func<SqliteConnection, T> call, TaskCompletionSource<T> done, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            done.TrySetCanceled(cancellationToken);
            return;
        }
        try
        {
            done.TrySetResult(call(thread.Connection ??= _file.Open()));
        }
        catch (SqliteException exception)
        {
            if (!SqliteFile.IsBusy(exception))
            {
                // After an error of the disk the file is opened anew.
                thread.Close();
            }
            done.TrySetException(_file.Explain(exception));
        }
        catch (FormatException exception)
        {
            done.TrySetException(new JournalException($"The journal {_file.Path} holds what can't be read: {exception.Message}", exception));
        }
        catch (Exception exception)
        {
            done.TrySetException(exception);
        }
    }

    private void Run()
    {
        var thread = new SqliteWorkerThread();
        foreach (var call in _queue.GetConsumingEnumerable())
        {
            call(thread);
        }
        thread.Close();
    }
}

/// <summary>The connection of one thread, opened when it is first needed.</summary>
internal sealed class SqliteWorkerThread
{
    public SqliteConnection? Connection { get; set; }

    public void Close()
    {
        Connection?.Dispose();
        Connection = null;
    }
}
