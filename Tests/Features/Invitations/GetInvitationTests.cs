using System.Net;
using System.Net.Http.Headers;

namespace WorkspaceService.Features.Invitations;

[Collection("Invitations")]
public sealed class GetInvitationTests(ServiceFixture service)
{
    [Fact]
    public async Task It_shows_what_was_made_without_the_token()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var created = await tenant.Client.PostJson(
            $"/v1/workspaces/{workspace.Id}/invitations", new { email = "one@example.com", role = "viewer" });

        var response = await tenant.Client.GetAsync(created.Headers.Location);

        var shown = await response.Data();
        var made = await created.Data(HttpStatusCode.Created);
        shown.TryGetProperty("token", out _).Should().BeFalse();
        foreach (var member in shown.EnumerateObject())
        {
            member.Value.GetRawText().Should().Be(made.GetProperty(member.Name).GetRawText());
        }

        shown.EnumerateObject().Select(m => m.Name).Should().BeEquivalentTo(
            "id", "workspace_id", "email", "role", "status", "expires_at", "invited_by", "created_at");
    }

    [Fact]
    public async Task A_copy_is_fresh_until_the_invitation_changes_or_expires()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var invitation = await tenant.InviteAsync(
            workspace.Id, "one@example.com", expiresAt: service.Clock.Now.AddMinutes(2));
        var url = $"/v1/workspaces/{workspace.Id}/invitations/{invitation.Id}";
        var tag = (await tenant.Client.GetAsync(url)).Headers.ETag!;

        (await Again()).Should().Be(HttpStatusCode.NotModified);
        service.Clock.Advance(TimeSpan.FromMinutes(3));
        (await Again()).Should().Be(HttpStatusCode.OK);

        async Task<HttpStatusCode> Again()
        {
            var request = new HttpRequestMessage(HttpMethod.Get, url);
            request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue(tag.Tag));
            return (await tenant.Client.SendAsync(request)).StatusCode;
        }
    }

    [Fact]
    public async Task An_invitation_is_found_in_its_own_workspace_only()
    {
        var tenant = await service.NewTenantAsync();
        var (workspace, other) = (await tenant.NewWorkspaceAsync(), await tenant.NewWorkspaceAsync());
        var invitation = await tenant.InviteAsync(workspace.Id, "one@example.com");

        foreach (var id in new[] { invitation.Id, "INV-26-999999", workspace.Id, "1" })
        {
            var response = await tenant.Client.GetAsync($"/v1/workspaces/{other.Id}/invitations/{id}");
            await response.ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        }
    }
}
