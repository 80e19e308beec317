namespace WorkspaceService;

/// <summary>The real clock, set forward (or back) by a test.</summary>
public sealed class TestClock : TimeProvider
{
    private TimeSpan _offset;
    private DateTimeOffset? _stopped;

    public DateTimeOffset Now => GetUtcNow();

    public override DateTimeOffset GetUtcNow() => _stopped ?? base.GetUtcNow() + _offset;

    /// <summary>Stands still from now on, but for <see cref="Advance"/>; at a full second.</summary>
    public void Stop() => _stopped = DateTimeOffset.FromUnixTimeSeconds(GetUtcNow().ToUnixTimeSeconds());

    public void Advance(TimeSpan by)
    {
        if (_stopped is { } time)
        {
            _stopped = time + by;
        }
        else
        {
            _offset += by;
        }
    }

    public void SetTo(DateTimeOffset time) => _offset = time - base.GetUtcNow();
}
