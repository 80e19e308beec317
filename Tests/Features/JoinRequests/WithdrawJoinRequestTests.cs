using System.Net;

namespace WorkspaceService.Features.JoinRequests;

[Collection("JoinRequests")]
public sealed class WithdrawJoinRequestTests(ServiceFixture service)
{
    [Fact]
    public async Task Who_asked_takes_it_back_and_may_ask_again()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "closed");
        var person = await tenant.NewMemberAsync();
        var request = (await service.Do(new RequestToJoin.Command(await person.CallerAsync(), workspace.Id))).Value.Id;

        (await person.Client.DeleteAsync($"/v1/workspaces/{workspace.Id}/join-requests/{request}")).StatusCode
            .Should().Be(HttpStatusCode.NoContent);

        var withdrawn = (await service.Do(new GetJoinRequest.Query(await tenant.OwnerAsync(), workspace.Id, request)))
            .Value;
        withdrawn.Status.Should().Be("withdrawn");
        withdrawn.DecidedBy.Should().BeNull();
        (await service.EventTypesAsync(workspace.Id))
            .Should().Equal("workspace.created", "join_request.created", "join_request.withdrawn");
        await (await person.Client.DeleteAsync($"/v1/workspaces/{workspace.Id}/join-requests/{request}"))
            .ShouldBeProblem(HttpStatusCode.Conflict, "invalid_transition");
        (await service.Do(new RequestToJoin.Command(await person.CallerAsync(), workspace.Id))).Value.Status
            .Should().Be("pending");
    }

    [Fact]
    public async Task Nobody_else_takes_it_back()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "closed");
        var person = await tenant.NewMemberAsync();
        var other = await tenant.NewMemberAsync();
        var request = (await service.Do(new RequestToJoin.Command(await person.CallerAsync(), workspace.Id))).Value.Id;

        (await service.Refused(new WithdrawJoinRequest.Command(await tenant.OwnerAsync(), workspace.Id, request))).Code
            .Should().Be("forbidden");
        (await service.Refused(new WithdrawJoinRequest.Command(ServiceFixture.RootCaller, workspace.Id, request))).Code
            .Should().Be("forbidden");
        (await service.Refused(new WithdrawJoinRequest.Command(await other.CallerAsync(), workspace.Id, request))).Code
            .Should().Be("not_found");
        (await service.Refused(new WithdrawJoinRequest.Command(
            await person.CallerAsync(), workspace.Id, "JRQ-26-000000"))).Code.Should().Be("not_found");
    }
}
