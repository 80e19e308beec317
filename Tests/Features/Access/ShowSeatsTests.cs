using System.Net;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Access;

[Collection("Access")]
public sealed class ShowSeatsTests(ServiceFixture service)
{
    [Fact]
    public async Task Members_and_unexpired_invitations_take_seats()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(seatLimit: 5);
        await tenant.NewMemberOfAsync(workspace.Id);
        await InviteAsync(tenant, workspace.Id, "pending", service.Clock.Now.AddDays(1));
        await InviteAsync(tenant, workspace.Id, "pending", service.Clock.Now.AddDays(-1));
        await InviteAsync(tenant, workspace.Id, "revoked", service.Clock.Now.AddDays(1));

        var seats = await (await tenant.Client.GetAsync($"/v1/workspaces/{workspace.Id}/seats")).Data();

        seats.GetRawText().Should().Be("""{"limit":5,"taken":3,"pending":1,"free":2}""");
    }

    [Fact]
    public async Task Without_a_limit_nothing_runs_out()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        var seats = await (await tenant.Client.GetAsync($"/v1/workspaces/{workspace.Id}/seats")).Data();

        seats.GetRawText().Should().Be("""{"limit":null,"taken":1,"pending":0,"free":null}""");
    }

    [Fact]
    public async Task Admins_by_organization_role_and_deactivated_members_take_none()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(seatLimit: 2);
        await tenant.NewMemberAsync(Roles.Admin);
        var gone = await tenant.NewMemberOfAsync(workspace.Id);

        (await service.Do(new ShowSeats.Query(await tenant.OwnerAsync(), workspace.Id)))
            .Should().Be(new ShowSeats.Response(2, 2, 0, 0));
        await service.DeactivateAsync(gone.Id);
        (await service.Do(new ShowSeats.Query(await tenant.OwnerAsync(), workspace.Id)))
            .Should().Be(new ShowSeats.Response(2, 1, 0, 1));
    }

    [Fact]
    public async Task Those_who_belong_may_look()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "closed");
        var guest = await tenant.NewMemberOfAsync(workspace.Id, Roles.Guest);
        var onlooker = await tenant.NewMemberAsync();
        var url = $"/v1/workspaces/{workspace.Id}/seats";

        (await guest.Client.GetAsync(url)).StatusCode.Should().Be(HttpStatusCode.OK);
        (await service.Client(await tenant.ServiceKeyAsync("publishable")).GetAsync(url)).StatusCode
            .Should().Be(HttpStatusCode.OK);
        await (await onlooker.Client.GetAsync(url)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        await (await service.Client(await tenant.ServiceKeyAsync("secret", null, "write")).GetAsync(url))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        await (await (await service.NewTenantAsync()).Client.GetAsync(url))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
    }

    private async Task InviteAsync(Tenant tenant, string workspace, string status, DateTimeOffset expiresAt)
    {
        var invitation = await tenant.InviteAsync(workspace, $"{Guid.NewGuid()}@example.com");
        await service.ArrangeAsync(
            "UPDATE invitations SET status = @status, expires_at = @expiresAt WHERE code = @Id",
            new { invitation.Id, status, expiresAt });
    }
}
