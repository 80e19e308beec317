using System.Threading.Channels;
using WorkspaceService.Infrastructure.Database;

namespace WorkspaceService.Infrastructure.Dispatch;

/// <summary>Stores the results of tries: all that have come for a moment, in one transaction.</summary>
internal sealed class TryLog(ConnectionFactory db)
{
    private const int MostAtATime = 500;

    // Each commit keeps the requests' writes waiting.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private readonly WebhookStore _store = new(db);
    private readonly Channel<(TryResult Result, TaskCompletionSource Saved)> _results =
        Channel.CreateUnbounded<(TryResult, TaskCompletionSource)>(new() { SingleReader = true });

    /// <summary>
    /// Completes when the result is stored; fails where it cannot be, and the delivery is tried again.
    /// </summary>
    public Task SaveAsync(TryResult result)
    {
        var saved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _results.Writer.TryWrite((result, saved)) ? saved.Task : Task.CompletedTask;
    }

    public void Complete() => _results.Writer.TryComplete();

    public async Task RunAsync()
    {
        while (await _results.Reader.WaitToReadAsync())
        {
            var batch = new List<(TryResult Result, TaskCompletionSource Saved)>();
            await Task.WhenAny(Task.Delay(Interval), _results.Reader.Completion);
            while (batch.Count < MostAtATime && _results.Reader.TryRead(out var item))
            {
                batch.Add(item);
            }

            try
            {
                await _store.SaveAsync(batch.ConvertAll(item => item.Result), CancellationToken.None);
                batch.ForEach(item => item.Saved.TrySetResult());
            }
            catch (Exception failure)
            {
                batch.ForEach(item => item.Saved.TrySetException(failure));
            }
        }
    }
}
