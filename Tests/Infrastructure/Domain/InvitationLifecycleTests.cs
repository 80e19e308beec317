namespace WorkspaceService.Infrastructure.Domain;

public sealed class InvitationLifecycleTests
{
    private static readonly DateTimeOffset Now = new(2026, 4, 1, 9, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("00:01:00", true)]
    [InlineData("30.00:00:00", true)]
    [InlineData("00:00:59.999", false)]
    [InlineData("30.00:00:00.001", false)]
    [InlineData("-1.00:00:00", false)]
    public void An_invitation_ends_within_a_minute_to_thirty_days(string ahead, bool isTaken)
    {
        var asked = Now + TimeSpan.Parse(ahead, null);

        var expiry = InvitationLifecycle.ExpiryOf(asked, Now);

        expiry.Match(taken => taken == asked, _ => false).Should().Be(isTaken);
        expiry.Match(_ => "", fault => fault.Errors[0].Pointer).Should().Be(isTaken ? "" : "/expires_at");
    }

    [Fact]
    public void Where_none_is_asked_for_it_ends_after_a_week() =>
        InvitationLifecycle.ExpiryOf(null, Now).Match(taken => taken, _ => default).Should().Be(Now.AddDays(7));
}
