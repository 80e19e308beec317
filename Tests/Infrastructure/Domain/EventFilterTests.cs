namespace WorkspaceService.Infrastructure.Domain;

/// <summary>What a live stream sends of the events that it is told of, by its filters.</summary>
public sealed class EventFilterTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly EventRow Archived = new()
    {
        Type = "workspace.archived",
        ActorId = "USR-26-000001",
        OccurredAt = Noon,
    };

    [Fact]
    public void Without_a_filter_every_event_is_in() => new EventFilter().Matches(Archived).Should().BeTrue();

    [Theory]
    [InlineData("workspace.archived", null, true)]
    [InlineData("workspace.created", null, false)]
    [InlineData(null, "USR-26-000001", true)]
    [InlineData(null, "USR-26-000002", false)]
    [InlineData("workspace.archived", "USR-26-000001", true)]
    [InlineData("workspace.archived", "USR-26-000002", false)]
    [InlineData("workspace.created", "USR-26-000001", false)]
    public void Type_and_actor_both_have_to_be_those_asked_for(string? type, string? actor, bool isIn) =>
        new EventFilter(type, actor).Matches(Archived).Should().Be(isIn);

    [Theory]
    [InlineData(0, null, true)]
    [InlineData(1, null, false)]
    [InlineData(null, 0, false)]
    [InlineData(null, 1, true)]
    [InlineData(-1, 1, true)]
    [InlineData(-2, -1, false)]
    [InlineData(1, 2, false)]
    public void The_moment_of_from_is_in_and_that_of_to_is_out(int? from, int? to, bool isIn) =>
        new EventFilter(From: At(from), To: At(to)).Matches(Archived).Should().Be(isIn);

    private static DateTimeOffset? At(int? milliseconds) =>
        milliseconds is { } some ? Noon.AddMilliseconds(some) : null;
}
