using System.Net;
using WorkspaceService.Features.Members;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.JoinRequests;

[Collection("JoinRequests")]
public sealed class ApproveJoinRequestTests(ServiceFixture service)
{
    [Fact]
    public async Task Approval_makes_the_person_a_member()
    {
        var (tenant, workspace, person, request) = await AskedAsync();

        var response = await tenant.Client.PostAsync(
            $"/v1/workspaces/{workspace}/join-requests/{request}/approve", null);

        var approved = await response.Data();
        approved.GetProperty("status").GetString().Should().Be("approved");
        approved.GetProperty("decided_by").GetString().Should().Be(tenant.Owner.Id);
        response.Headers.ETag.Should().NotBeNull();
        var read = await (await person.Client.GetAsync($"/v1/workspaces/{workspace}")).Data();
        read.GetProperty("member_count").GetInt32().Should().Be(2);
        (await service.Refused(new JoinWorkspace.Command(await person.CallerAsync(), workspace))).Code
            .Should().Be("already_member");
        (await service.EventTypesAsync(workspace))
            .Should().Equal("workspace.created", "join_request.created", "join_request.approved", "member.added");
    }

    [Fact]
    public async Task A_service_key_with_its_permission_decides_and_is_no_person()
    {
        var (tenant, workspace, _, request) = await AskedAsync();
        var reader = await service.CallerAsync(await tenant.ServiceKeyAsync(
            "secret", null, Permissions.Read, Permissions.Write));
        var manager = await service.CallerAsync(await tenant.ServiceKeyAsync(
            "secret", workspace, Permissions.MembersManage));

        (await service.Refused(new ApproveJoinRequest.Command(reader, workspace, request))).Code
            .Should().Be("forbidden");
        (await service.Do(new ApproveJoinRequest.Command(manager, workspace, request))).Value.DecidedBy
            .Should().BeNull();
    }

    [Fact]
    public async Task It_takes_an_admin()
    {
        var (tenant, workspace, person, request) = await AskedAsync();
        var member = await tenant.NewMemberAsync();
        await service.Do(new AddMember.Command(await tenant.OwnerAsync(), workspace, member.Id, "member"));

        (await service.Refused(new ApproveJoinRequest.Command(await member.CallerAsync(), workspace, request))).Code
            .Should().Be("forbidden");
        (await service.Refused(new ApproveJoinRequest.Command(await person.CallerAsync(), workspace, request))).Code
            .Should().Be("forbidden");
    }

    [Fact]
    public async Task A_decision_is_made_once()
    {
        var (tenant, workspace, _, request) = await AskedAsync();
        var owner = await tenant.OwnerAsync();

        var approvals = Enumerable.Range(0, 8)
            .Select(_ => Task.Run(() => service.Next.Send(new ApproveJoinRequest.Command(owner, workspace, request))));
        var denials = Enumerable.Range(0, 8)
            .Select(_ => Task.Run(() => service.Next.Send(new DenyJoinRequest.Command(owner, workspace, request))));
        var outcomes = await Task.WhenAll(approvals.Concat(denials));

        outcomes.Count(o => o.Succeeded(out _, out _)).Should().Be(1);
        outcomes.Count(o => o.Match(_ => "", fault => fault.Code) == "invalid_transition").Should().Be(15);
        var approved = outcomes.Select(o => o.Match(r => r.Value.Status, _ => "")).Contains("approved");
        (await service.Do(new Features.Workspaces.GetWorkspace.Query(owner, workspace))).Value.MemberCount
            .Should().Be(approved ? 2 : 1);
    }

    [Fact]
    public async Task Approval_takes_a_free_seat_and_waits_where_there_is_none()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "closed", seatLimit: 1);
        var person = await tenant.NewMemberAsync();
        var request = (await service.Do(new RequestToJoin.Command(await person.CallerAsync(), workspace.Id))).Value.Id;

        (await service.Refused(new ApproveJoinRequest.Command(await tenant.OwnerAsync(), workspace.Id, request))).Code
            .Should().Be("seat_limit_reached");

        (await service.Do(new GetJoinRequest.Query(await tenant.OwnerAsync(), workspace.Id, request))).Value.Status
            .Should().Be("pending");
    }

    [Fact]
    public async Task Who_has_left_the_organization_is_not_taken_in()
    {
        var (tenant, workspace, person, request) = await AskedAsync();
        (await tenant.Client.DeleteAsync($"/v1/orgs/{tenant.Id}/members/{person.Id}")).StatusCode
            .Should().Be(HttpStatusCode.NoContent);

        (await service.Refused(new ApproveJoinRequest.Command(await tenant.OwnerAsync(), workspace, request))).Code
            .Should().Be("invalid_transition", "leaving withdraws the request");
    }

    [Fact]
    public async Task Who_has_been_deactivated_is_not_taken_in()
    {
        var (tenant, workspace, person, request) = await AskedAsync();
        await (await service.Root.PatchJson($"/v1/users/{person.Id}", new { status = "deactivated" })).Data();

        (await service.Refused(new ApproveJoinRequest.Command(await tenant.OwnerAsync(), workspace, request))).Code
            .Should().Be("not_organization_member");
    }

    [Fact]
    public async Task Who_fell_below_the_rank_of_member_is_not_taken_in_under_the_ceiling()
    {
        var (tenant, workspace, person, request) = await AskedAsync();
        await (await tenant.Client.PatchJson($"/v1/orgs/{tenant.Id}/members/{person.Id}", new { role = "guest" }))
            .Data();

        (await service.Refused(new ApproveJoinRequest.Command(await tenant.OwnerAsync(), workspace, request))).Code
            .Should().Be("role_exceeds_organization_role");
    }

    [Fact]
    public async Task Who_became_a_member_otherwise_is_one_already()
    {
        var (tenant, workspace, person, request) = await AskedAsync();
        await service.Do(new AddMember.Command(await tenant.OwnerAsync(), workspace, person.Id, "viewer"));

        (await service.Refused(new ApproveJoinRequest.Command(await tenant.OwnerAsync(), workspace, request))).Code
            .Should().Be("already_member");
    }

    [Fact]
    public async Task Who_joins_once_the_workspace_is_open_has_nothing_pending()
    {
        var (tenant, workspace, person, request) = await AskedAsync();
        await (await tenant.Client.PatchJson($"/v1/workspaces/{workspace}", new { type = "open" })).Data();

        await service.Do(new JoinWorkspace.Command(await person.CallerAsync(), workspace));

        (await service.Do(new GetJoinRequest.Query(await tenant.OwnerAsync(), workspace, request))).Value.Status
            .Should().Be("withdrawn");
        (await service.Refused(new ApproveJoinRequest.Command(await tenant.OwnerAsync(), workspace, request))).Code
            .Should().Be("invalid_transition");
    }

    [Fact]
    public async Task Another_workspace_does_not_know_the_request_and_an_old_version_is_refused()
    {
        var (tenant, workspace, _, id) = await AskedAsync();
        var another = await tenant.NewWorkspaceAsync(type: "closed");

        await (await tenant.Client.PostAsync($"/v1/workspaces/{another.Id}/join-requests/{id}/approve", null))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");

        var stale = new HttpRequestMessage(HttpMethod.Post, $"/v1/workspaces/{workspace}/join-requests/{id}/approve");
        stale.Headers.TryAddWithoutValidation("If-Match", "\"7-x\"");
        await (await tenant.Client.SendAsync(stale))
            .ShouldBeProblem(HttpStatusCode.PreconditionFailed, "precondition_failed");
    }

    private async Task<(Tenant Tenant, string Workspace, Person Person, string Request)> AskedAsync()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "closed");
        var person = await tenant.NewMemberAsync();
        var request = await service.Do(new RequestToJoin.Command(await person.CallerAsync(), workspace.Id));
        return (tenant, workspace.Id, person, request.Value.Id);
    }
}
