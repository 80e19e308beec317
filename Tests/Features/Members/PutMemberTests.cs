using System.Net;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Members;

[Collection("Members")]
public sealed class PutMemberTests(ServiceFixture service)
{
    [Fact]
    public async Task A_person_is_added_and_then_given_another_role_and_then_left_as_it_is()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberAsync();
        var owner = await tenant.OwnerAsync();

        foreach (var role in new[] { "member", "guest", "guest" })
        {
            (await service.Do(new PutMember.Command(owner, workspace.Id, person.Id.Number(), role))).Value.Role
                .Should().Be(role);
        }

        (await service.EventTypesAsync(workspace.Id))
            .Should().Equal("workspace.created", "member.added", "member.role_changed");
        (await service.Do(new Workspaces.GetWorkspace.Query(owner, workspace.Id))).Value.MemberCount.Should().Be(2);
    }

    [Fact]
    public async Task Only_active_members_of_the_organization_are_added()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var stranger = await (await service.NewTenantAsync()).NewMemberAsync();

        foreach (var number in new[] { stranger.Id.Number(), long.MaxValue, 0, -1 })
        {
            (await service.Refused(new PutMember.Command(await tenant.OwnerAsync(), workspace.Id, number, "member")))
                .Code
                .Should().Be("not_organization_member");
        }
    }

    [Theory]
    [InlineData(true, "role_exceeds_organization_role")]
    [InlineData(false, null)]
    public async Task The_ceiling_holds_for_new_members_and_for_old_ones(bool ceiling, string? code)
    {
        var tenant = await service.NewTenantAsync(ceiling: ceiling);
        var workspace = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberAsync(Roles.Viewer);
        var owner = await tenant.OwnerAsync();

        (await service.Send(new PutMember.Command(owner, workspace.Id, person.Id.Number(), "admin")))
            .Match(_ => (string?)null, f => f.Code).Should().Be(code);
        await service.Do(new PutMember.Command(owner, workspace.Id, person.Id.Number(), "viewer"));
        (await service.Send(new PutMember.Command(owner, workspace.Id, person.Id.Number(), "member")))
            .Match(_ => (string?)null, f => f.Code).Should().Be(code);
    }

    [Fact]
    public async Task It_takes_an_admin_and_the_last_one_stays()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberAsync();
        await service.Do(new AddMember.Command(await tenant.OwnerAsync(), workspace.Id, person.Id, "member"));

        (await service.Refused(new PutMember.Command(
            await person.CallerAsync(), workspace.Id, person.Id.Number(), "admin"))).Code.Should().Be("forbidden");
        (await service.Refused(new PutMember.Command(
            await tenant.OwnerAsync(), workspace.Id, tenant.Owner.Id.Number(), "member"))).Code
            .Should().Be("last_admin");
    }

    [Fact]
    public async Task Sixteen_at_once_for_the_last_seat_give_one_member()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(seatLimit: 2);
        var owner = await tenant.OwnerAsync();
        var people = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => tenant.NewMemberAsync()));

        var outcomes = await Task.WhenAll(people.Select(person => Task.Run(() =>
            service.Next.Send(new PutMember.Command(owner, workspace.Id, person.Id.Number(), "member")))));

        outcomes.Count(o => o.Succeeded(out _, out _)).Should().Be(1);
        outcomes.Count(o => o.Match(_ => "", f => f.Code) == "seat_limit_reached").Should().Be(15);
    }

    [Theory]
    [InlineData("viewer")]
    [InlineData("owner")]
    [InlineData("'admin")]
    [InlineData("")]
    public async Task The_wire_knows_three_roles(string role)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        var response = await tenant.Client.PostJson(
            $"/v1/workspace/{workspace.Id.Number()}/member", new { user_id = tenant.Owner.Id.Number(), role });

        (await response.ShouldBeTapeError(HttpStatusCode.BadRequest, "validation"))
            .GetProperty("error_message").GetString()
            .Should().Be("role: Must be one of: admin, member, guest.");
    }

    [Theory]
    [InlineData("""{"role": "admin"}""")]
    [InlineData("""{"user_id": null, "role": "admin"}""")]
    [InlineData("""{"user_id": "10000", "role": "admin"}""")]
    [InlineData("""{"user_id": 1.5, "role": "admin"}""")]
    [InlineData("""{"user_id": 99999999999999999999, "role": "admin"}""")]
    [InlineData("""{"user_id": 1}""")]
    public async Task A_member_without_a_number_or_a_role_is_a_bad_request(string body)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        await (await tenant.Client.PostJson($"/v1/workspace/{workspace.Id.Number()}/member", body))
            .ShouldBeTapeError(HttpStatusCode.BadRequest, "validation");
    }

    [Fact]
    public async Task Over_seats_or_ceiling_is_forbidden_and_an_archive_or_a_last_admin_a_conflict()
    {
        var tenant = await service.NewTenantAsync();
        var full = (await tenant.NewWorkspaceAsync(seatLimit: 1)).Id.Number();
        var archived = await tenant.NewWorkspaceAsync();
        await (await tenant.Client.PostAsync($"/v1/workspaces/{archived.Id}/archive", null)).Data();
        var person = await tenant.NewMemberAsync();

        async Task ShouldBeAsync(long workspace, long user, string role, HttpStatusCode status, string code) =>
            await (await tenant.Client.PostJson($"/v1/workspace/{workspace}/member", new { user_id = user, role }))
                .ShouldBeTapeError(status, code);
        await ShouldBeAsync(full, person.Id.Number(), "member", HttpStatusCode.Forbidden, "restricted_resource");
        await ShouldBeAsync(full, person.Id.Number(), "admin", HttpStatusCode.Forbidden, "restricted_resource");
        await ShouldBeAsync(full, tenant.Owner.Id.Number(), "member", HttpStatusCode.Conflict, "conflict_error");
        await ShouldBeAsync(
            archived.Id.Number(), person.Id.Number(), "member", HttpStatusCode.Conflict, "conflict_error");
    }
}
