using System.Net;

namespace WorkspaceService.Features.Invitations;

[Collection("Invitations")]
public sealed class ShowInvitationTests(ServiceFixture service)
{
    [Fact]
    public async Task Whoever_holds_the_token_may_look()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync("Platform Engineering");
        var invitation = await tenant.InviteAsync(workspace.Id, "secret.address@example.com", "viewer");

        var response = await service.Client(null).GetAsync($"/v1/invitations/{invitation.Token}");

        var shown = await response.Data();
        shown.GetProperty("organization").GetProperty("id").GetString().Should().Be(tenant.Id);
        shown.GetProperty("organization").GetProperty("name").GetString()
            .Should().Be($"Organization {tenant.Owner.Id}");
        shown.GetProperty("workspace").GetProperty("id").GetString().Should().Be(workspace.Id);
        shown.GetProperty("workspace").GetProperty("name").GetString().Should().Be("Platform Engineering");
        shown.GetProperty("role").GetString().Should().Be("viewer");
        shown.GetProperty("status").GetString().Should().Be("pending");
        shown.GetProperty("inviter").GetProperty("name").GetString().Should().Be(tenant.Owner.Name);
        shown.GetProperty("expires_at").GetDateTimeOffset()
            .Should().BeCloseTo(invitation.ExpiresAt, TimeSpan.FromSeconds(1));
        shown.GetRawText().Should().NotContain("example.com", "the holder of a link is shown no addresses");
    }

    [Fact]
    public async Task The_status_is_that_of_the_moment()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var invitation = await tenant.InviteAsync(
            workspace.Id, "one@example.com", expiresAt: service.Clock.Now.AddMinutes(2));

        service.Clock.Advance(TimeSpan.FromMinutes(3));

        (await service.Do(new ShowInvitation.Query(invitation.Token!))).Value.Status.Should().Be("expired");
    }

    [Theory]
    [InlineData("inv_0123456789012345678901234567890123456789012")]
    [InlineData("INV-26-000001")]
    [InlineData("x")]
    [InlineData("'%20OR%201=1%20--")]
    public async Task An_unknown_token_is_not_found(string token)
    {
        await (await service.Client(null).GetAsync($"/v1/invitations/{token}"))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        await (await service.Root.SendJson(HttpMethod.Post, $"/v1/invitations/{token}/accept", "{"))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
    }
}
