namespace WorkspaceService;

/// <summary>The real clock, set forward (or back) by a test.</summary>
public sealed class TestClock : TimeProvider
{
    private TimeSpan _offset;

    public DateTimeOffset Now => GetUtcNow();

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _offset;

    public void Advance(TimeSpan by) => _offset += by;

    public void SetTo(DateTimeOffset time) => _offset = time - base.GetUtcNow();
}
