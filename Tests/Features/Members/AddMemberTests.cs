using System.Net;
using WorkspaceService.Features.Access;
using WorkspaceService.Features.Organizations;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Members;

[Collection("Members")]
public sealed class AddMemberTests(ServiceFixture service)
{
    [Fact]
    public async Task It_answers_with_the_member()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberAsync();

        var response = await tenant.Client.PostJson(
            $"/v1/workspaces/{workspace.Id}/members", new { user_id = person.Id, role = "member" });

        var member = await response.Data(HttpStatusCode.Created);
        response.Headers.Location!.ToString().Should().Be($"/v1/workspaces/{workspace.Id}/members/{person.Id}");
        response.Headers.ETag!.Tag.Should().StartWith("\"1-");
        member.EnumerateObject().Select(m => m.Name)
            .Should().Equal("user_id", "name", "email", "role", "status", "source", "joined_at");
        member.GetProperty("user_id").GetString().Should().Be(person.Id);
        member.GetProperty("email").GetString().Should().Be(person.Email);
        member.GetProperty("role").GetString().Should().Be("member");
        member.GetProperty("status").GetString().Should().Be("active");
        member.GetProperty("source").GetString().Should().Be("workspace");
        (await (await tenant.Client.GetAsync(response.Headers.Location)).Data()).GetRawText()
            .Should().Be(member.GetRawText());
    }

    [Fact]
    public async Task Who_is_there_already_is_a_conflict_and_keeps_the_role()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberOfAsync(workspace.Id);

        var refused = await service.Refused(new AddMember.Command(
            await tenant.OwnerAsync(), workspace.Id, person.Id, Roles.Viewer));

        refused.Code.Should().Be("already_member");
        (await service.Do(new GetMember.Query(await tenant.OwnerAsync(), workspace.Id, person.Id))).Value.Role
            .Should().Be(Roles.Member);
        (await service.Do(new ShowSeats.Query(await tenant.OwnerAsync(), workspace.Id))).Taken.Should().Be(2);
    }

    [Fact]
    public async Task Only_active_organization_members_can_be_added()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var stranger = await (await service.NewTenantAsync()).NewMemberAsync();
        var gone = await tenant.NewMemberAsync();
        await service.ArrangeAsync("UPDATE users SET status = 'deactivated' WHERE code = @Id", new { gone.Id });

        foreach (var user in (string[])[stranger.Id, gone.Id, "USR-26-999999", "no code", tenant.Id])
        {
            (await service.Refused(new AddMember.Command(await tenant.OwnerAsync(), workspace.Id, user, Roles.Member)))
                .Code
                .Should().Be("not_organization_member", user);
        }
    }

    [Theory]
    [InlineData(Roles.Admin, Roles.Admin, null)]
    [InlineData(Roles.Member, Roles.Admin, "role_exceeds_organization_role")]
    [InlineData(Roles.Member, Roles.Member, null)]
    [InlineData(Roles.Viewer, Roles.Member, "role_exceeds_organization_role")]
    [InlineData(Roles.Viewer, Roles.Viewer, null)]
    [InlineData(Roles.Billing, Roles.Member, "role_exceeds_organization_role")]
    [InlineData(Roles.Billing, Roles.Viewer, null)]
    [InlineData(Roles.Guest, Roles.Viewer, "role_exceeds_organization_role")]
    [InlineData(Roles.Guest, Roles.Guest, null)]
    public async Task A_workspace_role_may_not_outrank_the_organization_role(
        string organizationRole, string role, string? code)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberAsync(organizationRole);

        var outcome = await service.Send(new AddMember.Command(
            await tenant.OwnerAsync(), workspace.Id, person.Id, role));

        outcome.Match(_ => (string?)null, fault => fault.Code).Should().Be(code);
    }

    [Fact]
    public async Task Roles_are_additive_where_the_ceiling_is_off()
    {
        var tenant = await service.NewTenantAsync(ceiling: false);
        var workspace = await tenant.NewWorkspaceAsync();
        var admin = await tenant.NewMemberOfAsync(workspace.Id, Roles.Admin, organizationRole: Roles.Viewer);
        var added = await tenant.NewMemberAsync(Roles.Guest);

        await service.Do(new AddMember.Command(await admin.CallerAsync(), workspace.Id, added.Id, Roles.Admin));
    }

    [Theory]
    [InlineData(Roles.Member)]
    [InlineData(Roles.Viewer)]
    [InlineData(Roles.Guest)]
    public async Task Only_admins_add(string role)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var caller = await tenant.NewMemberOfAsync(workspace.Id, role);
        var added = await tenant.NewMemberAsync(Roles.Guest);

        (await service.Refused(new AddMember.Command(await caller.CallerAsync(), workspace.Id, added.Id, Roles.Guest)))
            .Code.Should().Be("forbidden");
    }

    [Fact]
    public async Task Who_does_not_see_the_workspace_does_not_find_it()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "private");
        var outside = await tenant.NewMemberAsync();
        var other = await service.NewTenantAsync();

        foreach (var caller in new[]
        {
            await outside.CallerAsync(),
            await other.OwnerAsync(),
            await service.CallerAsync(await other.ServiceKeyAsync()),
        })
        {
            (await service.Refused(new AddMember.Command(caller, workspace.Id, outside.Id, Roles.Member))).Code
                .Should().Be("not_found");
        }
    }

    [Theory]
    [InlineData("members:manage", null)]
    [InlineData("write", "forbidden")]
    [InlineData("read", "forbidden")]
    public async Task A_service_key_needs_the_permission(string permission, string? code)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberAsync();
        var key = await service.CallerAsync(await tenant.ServiceKeyAsync("secret", null, permission));

        var outcome = await service.Send(new AddMember.Command(key, workspace.Id, person.Id, Roles.Member));

        outcome.Match(_ => (string?)null, fault => fault.Code).Should().Be(code);
    }

    [Fact]
    public async Task A_key_narrowed_to_another_workspace_does_not_find_this_one()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberAsync();
        var narrowed = await service.CallerAsync(await tenant.ServiceKeyAsync(
            "secret", (await tenant.NewWorkspaceAsync()).Id));

        (await service.Refused(new AddMember.Command(narrowed, workspace.Id, person.Id, Roles.Member))).Code
            .Should().Be("not_found");
    }

    [Fact]
    public async Task A_full_workspace_refuses_with_the_numbers()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(seatLimit: 2);
        await tenant.NewMemberOfAsync(workspace.Id);
        var late = await tenant.NewMemberAsync();

        var response = await tenant.Client.PostJson(
            $"/v1/workspaces/{workspace.Id}/members", new { user_id = late.Id, role = "member" });

        var problem = await response.ShouldBeProblem(HttpStatusCode.Forbidden, "seat_limit_reached");
        problem.GetProperty("seat_limit").GetInt32().Should().Be(2);
        problem.GetProperty("taken").GetInt32().Should().Be(2);
        problem.GetProperty("pending").GetInt32().Should().Be(0);
        await (await tenant.Client.GetAsync($"/v1/workspaces/{workspace.Id}/members/{late.Id}"))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task An_archived_workspace_takes_nobody()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberAsync();
        await service.ArrangeAsync("UPDATE workspaces SET status = 'archived' WHERE code = @Id", new { workspace.Id });

        foreach (var caller in new[] { await tenant.OwnerAsync(), ServiceFixture.RootCaller })
        {
            (await service.Refused(new AddMember.Command(caller, workspace.Id, person.Id, Roles.Member))).Code
                .Should().Be("workspace_archived");
        }
    }

    [Theory]
    [InlineData("suspended")]
    [InlineData("cancelled")]
    public async Task In_an_organization_that_is_not_active_only_root_adds(string status)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberAsync();
        await service.ArrangeAsync(
            "UPDATE organizations SET status = @status WHERE code = @Id", new { tenant.Id, status });

        (await service.Refused(new AddMember.Command(await tenant.OwnerAsync(), workspace.Id, person.Id, Roles.Member)))
            .Code
            .Should().Be("organization_suspended");
        await service.Do(new AddMember.Command(ServiceFixture.RootCaller, workspace.Id, person.Id, Roles.Member));
    }

    [Fact]
    public async Task The_plan_counts_organization_members_and_not_their_workspaces()
    {
        var tenant = await service.NewTenantAsync(new PlanLimits(null, 2, null));
        var person = await tenant.NewMemberAsync();
        var stranger = await tenant.NewUserAsync();

        for (var i = 0; i < 3; i++)
        {
            var workspace = await tenant.NewWorkspaceAsync();
            await service.Do(new AddMember.Command(await tenant.OwnerAsync(), workspace.Id, person.Id, Roles.Member));
        }

        (await service.Refused(new AddOrganizationMember.Command(await tenant.OwnerAsync(), tenant.Id, stranger.Id)))
            .Code
            .Should().Be("plan_limit_exceeded");
    }

    [Fact]
    public async Task What_is_wrong_is_said_with_a_pointer_each()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var url = $"/v1/workspaces/{workspace.Id}/members";

        var problem = await (await tenant.Client.PostJson(url, new { role = "owner" }))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");
        problem.GetProperty("errors")
            .EnumerateArray().Select(e => (e.GetProperty("pointer").GetString(), e.GetProperty("code").GetString()))
            .Should().BeEquivalentTo([("/user_id", "required"), ("/role", "not_allowed")]);
        await (await tenant.Client.PostJson(url, new { user_id = "x", role = "member", more = 1 }))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");
        await (await (await service.NewTenantAsync()).Client.PostJson(url, new { role = "owner" }))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Sixteen_racing_for_the_last_three_seats_give_three_winners()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(seatLimit: 4);
        var caller = await tenant.OwnerAsync();
        var people = new List<Person>();
        for (var i = 0; i < 16; i++)
        {
            people.Add(await tenant.NewMemberAsync());
        }

        var outcomes = await service.Race(
            people.Select(p => new AddMember.Command(caller, workspace.Id, p.Id, Roles.Member)));

        outcomes.Count(code => code is null).Should().Be(3);
        outcomes.Where(code => code is not null).Should().OnlyContain(code => code == "seat_limit_reached");
        (await service.Do(new ShowSeats.Query(caller, workspace.Id))).Should().Be(new ShowSeats.Response(4, 4, 0, 0));
        (await service.Do(new ListMembers.Query(caller, workspace.Id))).Items.Should().HaveCount(4);
    }

    [Fact]
    public async Task Sixteen_adding_the_same_person_give_one_winner_and_take_one_seat()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var caller = await tenant.OwnerAsync();
        var person = await tenant.NewMemberAsync();

        var outcomes = await service.Race(
            Enumerable.Range(0, 16).Select(_ => new AddMember.Command(caller, workspace.Id, person.Id, Roles.Member)));

        outcomes.Count(code => code is null).Should().Be(1);
        outcomes.Where(code => code is not null).Should().OnlyContain(code => code == "already_member");
        (await service.Do(new ShowSeats.Query(caller, workspace.Id))).Taken.Should().Be(2);
    }
}
