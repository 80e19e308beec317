using System.Data;
using Npgsql;

namespace WorkspaceService.Infrastructure.Database.Postgres;

/// <summary>
/// A connection of <see cref="PostgresConnections"/> whose statements end in time: one that a server does not answer,
/// because it hangs or its machine is gone, is a <see cref="TimeoutException"/>, and cancelled where nobody waits.
/// </summary>
internal sealed class PostgresConnection(NpgsqlConnection connection, PostgresConnections connections)
    : IAsyncDisposable
{
    private static readonly TimeSpan CancelLimit = TimeSpan.FromMilliseconds(300);

    private Task? _late;

    /// <summary>Runs statements that are one round of the connection.</summary>
    public async Task<T> RunAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> statement)
    {
        if (_late is not null)
        {
            throw new TimeoutException("An earlier statement of this connection was not answered.");
        }

        var limit = connections.StatementLimit;
        var stop = new CancellationTokenSource();
        var running = statement(connection, stop.Token);
        try
        {
            return await (limit == TimeSpan.Zero ? running : running.WaitAsync(limit));
        }
        catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.ReadOnlySqlTransaction)
        {
            connections.Forget();
            throw;
        }
        catch (TimeoutException) when (!running.IsCompleted)
        {
            _late = running;
            Abandon(stop);
            throw new TimeoutException($"The database has not answered within {limit.TotalSeconds} s.");
        }
    }

    /// <summary>Rolls back the transaction of a connection that is to be given back.</summary>
    public async Task RollbackAsync()
    {
        if (_late is not null || connection.State != ConnectionState.Open)
        {
            return;
        }

        try
        {
            await RunAsync(async (inner, stop) =>
            {
                await using var rollback = new NpgsqlCommand("ROLLBACK", inner);
                return await rollback.ExecuteNonQueryAsync(stop);
            });
        }
        catch (Exception failure) when (TransientErrors.Includes(failure))
        {
            // The server rolls back what it has lost the connection of.
        }
    }

    /// <summary>Gives the connection back; one that was not answered in time when that has ended.</summary>
    public ValueTask DisposeAsync() => _late is null ? connection.DisposeAsync() : ValueTask.CompletedTask;

    // Npgsql asks the server to cancel on the thread that cancels, and a server that hangs does not answer that either:
    // hence a thread of its own. The connection is given back, or broken, when that has ended.
    private void Abandon(CancellationTokenSource stop)
    {
        new Thread(stop.Cancel) { IsBackground = true, Name = "Cancel" }.Start();
        _ = _late!.ContinueWith(
            async ended =>
            {
                _ = ended.Exception;
                await connection.DisposeAsync();
            },
            TaskScheduler.Default);
        _ = ForgetAsync();

        // A server that cancels is there: it was a lock, or much work.
        async Task ForgetAsync()
        {
            if (await Task.WhenAny(_late, Task.Delay(CancelLimit)) != _late)
            {
                connections.Forget();
            }
        }
    }
}
