using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.JoinRequests;

[Collection("JoinRequests")]
public sealed class DenyJoinRequestTests(ServiceFixture service)
{
    [Fact]
    public async Task A_denied_request_leaves_the_person_outside()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "closed");
        var person = await tenant.NewMemberAsync();
        var request = (await service.Do(new RequestToJoin.Command(await person.CallerAsync(), workspace.Id))).Value.Id;

        var denied = await (await tenant.Client.PostAsync(
            $"/v1/workspaces/{workspace.Id}/join-requests/{request}/deny", null)).Data();

        denied.GetProperty("status").GetString().Should().Be("denied");
        denied.GetProperty("decided_by").GetString().Should().Be(tenant.Owner.Id);
        (await service.EventTypesAsync(workspace.Id))
            .Should().Equal("workspace.created", "join_request.created", "join_request.denied");
        (await service.Do(new Workspaces.GetWorkspace.Query(await tenant.OwnerAsync(), workspace.Id))).Value.MemberCount
            .Should().Be(1);
        (await service.Refused(new DenyJoinRequest.Command(await tenant.OwnerAsync(), workspace.Id, request))).Code
            .Should().Be("invalid_transition");
    }

    [Fact]
    public async Task It_takes_an_admin()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "closed");
        var person = await tenant.NewMemberAsync();
        var viewer = await tenant.NewMemberAsync(Roles.Viewer);
        var request = (await service.Do(new RequestToJoin.Command(await person.CallerAsync(), workspace.Id))).Value.Id;

        (await service.Refused(new DenyJoinRequest.Command(await person.CallerAsync(), workspace.Id, request))).Code
            .Should().Be("forbidden");
        (await service.Refused(new DenyJoinRequest.Command(await viewer.CallerAsync(), workspace.Id, request))).Code
            .Should().Be("not_found");
    }
}
