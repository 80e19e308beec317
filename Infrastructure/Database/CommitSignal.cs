namespace WorkspaceService.Infrastructure.Database;

/// <summary>
/// Tells that something was committed that others wait for, such as an event: by this instance at once, on PostgreSQL
/// by others as soon as they are heard. A hint: whoever waits looks from time to time all the same.
/// </summary>
public sealed class CommitSignal
{
    private TaskCompletionSource _next = New();

    /// <summary>Completes with the next commit. Take it before you look, so that none is missed.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    internal void Raise() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
