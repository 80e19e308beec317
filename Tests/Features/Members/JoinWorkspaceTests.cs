using System.Net;
using WorkspaceService.Features.Users;
using WorkspaceService.Features.Workspaces;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Members;

[Collection("Members")]
public sealed class JoinWorkspaceTests(ServiceFixture service)
{
    /// <summary>The caller was authenticated before, by a request at the same time.</summary>
    [Fact]
    public async Task Who_is_deactivated_meanwhile_becomes_no_member()
    {
        var tenant = await service.NewTenantAsync();
        var open = await tenant.NewWorkspaceAsync(type: "open");
        var caller = await (await tenant.NewMemberAsync(Roles.Admin)).CallerAsync();
        await service.Do(new UpdateUser.Command(
            ServiceFixture.RootCaller, caller.UserCode!, new() { Status = "deactivated" }));

        var outcomes = await service.Race(
        [
            ServiceFixture.Try(new JoinWorkspace.Command(caller, open.Id)),
            ServiceFixture.Try(new CreateWorkspace.Command(caller, tenant.Id, "Mine")),
        ]);

        outcomes.Should().OnlyContain(code => code == "unauthenticated");
        (await service.Do(new GetWorkspace.Query(ServiceFixture.RootCaller, open.Id))).Value.MemberCount.Should().Be(1);
    }

    [Fact]
    public async Task An_open_workspace_is_joined_by_oneself()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "open");
        var person = await tenant.NewMemberAsync();

        var response = await person.Client.PostAsync($"/v1/workspaces/{workspace.Id}/join", null);

        var member = await response.Data(HttpStatusCode.Created);
        member.GetProperty("user_id").GetString().Should().Be(person.Id);
        member.GetProperty("role").GetString().Should().Be("member");
        member.GetProperty("source").GetString().Should().Be("workspace");
        response.Headers.Location!.ToString().Should().Be($"/v1/workspaces/{workspace.Id}/members/{person.Id}");
        response.Headers.ETag.Should().NotBeNull();
        (await service.EventTypesAsync(workspace.Id)).Should().Equal("workspace.created", "member.joined");
        (await MemberCountAsync(tenant, workspace.Id)).Should().Be(2);
        (await service.Refused(new JoinWorkspace.Command(await person.CallerAsync(), workspace.Id))).Code
            .Should().Be("already_member");
    }

    [Theory]
    [InlineData("private", Roles.Admin, HttpStatusCode.Forbidden, "forbidden")]
    [InlineData("private", Roles.Member, HttpStatusCode.NotFound, "not_found")]
    [InlineData("private", Roles.Viewer, HttpStatusCode.NotFound, "not_found")]
    [InlineData("private", Roles.Billing, HttpStatusCode.NotFound, "not_found")]
    [InlineData("private", Roles.Guest, HttpStatusCode.NotFound, "not_found")]
    [InlineData("closed", Roles.Admin, HttpStatusCode.Forbidden, "forbidden")]
    [InlineData("closed", Roles.Member, HttpStatusCode.Forbidden, "forbidden")]
    [InlineData("closed", Roles.Viewer, HttpStatusCode.NotFound, "not_found")]
    [InlineData("open", Roles.Admin, HttpStatusCode.Created, null)]
    [InlineData("open", Roles.Member, HttpStatusCode.Created, null)]
    [InlineData("open", Roles.Viewer, HttpStatusCode.NotFound, "not_found")]
    [InlineData("open", Roles.Billing, HttpStatusCode.NotFound, "not_found")]
    [InlineData("open", Roles.Guest, HttpStatusCode.NotFound, "not_found")]
    [InlineData("default", Roles.Admin, HttpStatusCode.Conflict, "already_member")]
    [InlineData("default", Roles.Member, HttpStatusCode.Conflict, "already_member")]
    [InlineData("default", Roles.Viewer, HttpStatusCode.NotFound, "not_found")]
    [InlineData("default", Roles.Guest, HttpStatusCode.NotFound, "not_found")]
    public async Task The_type_and_the_organization_role_decide(
        string type, string role, HttpStatusCode status, string? code)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: type);
        var person = await tenant.NewMemberAsync(role);

        var response = await person.Client.PostAsync($"/v1/workspaces/{workspace.Id}/join", null);

        if (code is null)
        {
            response.StatusCode.Should().Be(status);
        }
        else
        {
            await response.ShouldBeProblem(status, code);
        }
    }

    [Fact]
    public async Task Someone_of_another_organization_sees_nothing_to_join()
    {
        var tenant = await service.NewTenantAsync();
        var stranger = await (await service.NewTenantAsync()).NewMemberAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "open");

        (await service.Refused(new JoinWorkspace.Command(await stranger.CallerAsync(), workspace.Id))).Code
            .Should().Be("not_found");
    }

    [Fact]
    public async Task A_key_without_a_person_joins_nothing()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "open");
        var secret = await service.CallerAsync(await tenant.ServiceKeyAsync());

        (await service.Refused(new JoinWorkspace.Command(secret, workspace.Id))).Code.Should().Be("forbidden");
        (await service.Refused(new JoinWorkspace.Command(ServiceFixture.RootCaller, workspace.Id))).Code
            .Should().Be("forbidden");
        (await MemberCountAsync(tenant, workspace.Id)).Should().Be(1);
    }

    [Fact]
    public async Task A_full_workspace_is_not_joined()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "open", seatLimit: 1);
        var person = await tenant.NewMemberAsync();

        var refused = await service.Refused(new JoinWorkspace.Command(await person.CallerAsync(), workspace.Id));

        refused.Code.Should().Be("seat_limit_reached");
        (await service.EventTypesAsync(workspace.Id)).Should().Equal("workspace.created");
    }

    [Fact]
    public async Task Parallel_joins_never_pass_the_seat_limit()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "open", seatLimit: 6);
        var people = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(async _ => await (await tenant.NewMemberAsync()).CallerAsync()));

        var outcomes = await Task.WhenAll(
            people.Select(person => Task.Run(
                () => service.Next.Send(new JoinWorkspace.Command(person, workspace.Id)))));

        outcomes.Count(o => o.Succeeded(out _, out _)).Should().Be(5);
        outcomes.Select(o => o.Match(_ => "", fault => fault.Code)).Where(code => code.Length > 0)
            .Should().OnlyContain(code => code == "seat_limit_reached");
        (await MemberCountAsync(tenant, workspace.Id)).Should().Be(6);
        (await service.EventTypesAsync(workspace.Id)).Should().HaveCount(6);
    }

    [Fact]
    public async Task One_person_who_joins_sixteen_times_at_once_is_a_member_once()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "open");
        var person = await (await tenant.NewMemberAsync()).CallerAsync();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(
            _ => Task.Run(() => service.Next.Send(new JoinWorkspace.Command(person, workspace.Id)))));

        outcomes.Count(o => o.Succeeded(out _, out _)).Should().Be(1);
        outcomes.Count(o => o.Match(_ => "", fault => fault.Code) == "already_member").Should().Be(15);
        (await MemberCountAsync(tenant, workspace.Id)).Should().Be(2);
    }

    [Fact]
    public async Task Who_was_left_out_of_a_default_workspace_joins_when_a_seat_is_free()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "default", seatLimit: 2);
        await tenant.NewMemberAsync();
        var late = await tenant.NewMemberAsync();

        (await service.Refused(new JoinWorkspace.Command(await late.CallerAsync(), workspace.Id))).Code
            .Should().Be("seat_limit_reached");
        await (await tenant.Client.PatchJson($"/v1/workspaces/{workspace.Id}", new { seat_limit = 3 })).Data();

        (await service.Do(new JoinWorkspace.Command(await late.CallerAsync(), workspace.Id))).Value.Role
            .Should().Be("member");
    }

    [Fact]
    public async Task An_archived_workspace_and_one_of_a_suspended_organization_are_not_joined()
    {
        var tenant = await service.NewTenantAsync();
        var archived = await tenant.NewWorkspaceAsync(type: "open");
        var other = await tenant.NewWorkspaceAsync(type: "open");
        var person = await tenant.NewMemberAsync();
        await (await tenant.Client.PostAsync($"/v1/workspaces/{archived.Id}/archive", null)).Data();

        (await service.Refused(new JoinWorkspace.Command(await person.CallerAsync(), archived.Id))).Code
            .Should().Be("workspace_archived");

        await (await service.Root.PatchJson($"/v1/orgs/{tenant.Id}", new { status = "suspended" })).Data();
        (await service.Refused(new JoinWorkspace.Command(await person.CallerAsync(), other.Id))).Code
            .Should().Be("organization_suspended");
    }

    [Fact]
    public async Task An_outdated_precondition_stops_a_join()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "open");
        var person = await tenant.NewMemberAsync();
        var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/workspaces/{workspace.Id}/join");
        request.Headers.TryAddWithoutValidation("If-Match", "\"9-x\"");

        await (await person.Client.SendAsync(request))
            .ShouldBeProblem(HttpStatusCode.PreconditionFailed, "precondition_failed");
    }

    private static async Task<int> MemberCountAsync(Tenant tenant, string workspace) =>
        (await (await tenant.Client.GetAsync($"/v1/workspaces/{workspace}")).Data())
            .GetProperty("member_count").GetInt32();
}
