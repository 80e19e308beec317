using System.Net;
using WorkspaceService.Features.Members;
using WorkspaceService.Features.Organizations;
using WorkspaceService.Features.Users;
using WorkspaceService.Features.Workspaces;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>
/// R12: everyone of rank member or higher belongs to a default workspace, from each moment on that it says.
/// </summary>
[Collection("Domain")]
public sealed class DefaultWorkspacesTests(ServiceFixture service)
{
    [Fact]
    public async Task A_new_default_workspace_takes_in_everyone_who_should_belong()
    {
        var tenant = await service.NewTenantAsync();
        var admin = await tenant.NewMemberAsync(Roles.Admin);
        var member = await tenant.NewMemberAsync();
        await tenant.NewMemberAsync(Roles.Viewer);
        await tenant.NewMemberAsync(Roles.Billing);
        await tenant.NewMemberAsync(Roles.Guest);
        var gone = await tenant.NewMemberAsync();
        await SetStatusAsync(gone, "deactivated");

        var workspace = await tenant.NewWorkspaceAsync(type: "default");

        (await MembersAsync(workspace.Id))
            .Should().Equal((tenant.Owner.Id, "admin"), (admin.Id, "member"), (member.Id, "member"));
        workspace.MemberCount.Should().Be(3);
        (await service.EventTypesAsync(workspace.Id))
            .Should().Equal("workspace.created", "member.joined", "member.joined");
        await ShouldCountRightAsync(workspace.Id);
    }

    [Fact]
    public async Task A_workspace_that_becomes_a_default_one_takes_them_in_and_leaves_everyone_in_it_as_it_is()
    {
        var tenant = await service.NewTenantAsync();
        var guest = await tenant.NewMemberAsync(Roles.Guest);
        var viewer = await tenant.NewMemberAsync();
        var member = await tenant.NewMemberAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        await service.Do(new AddMember.Command(await tenant.OwnerAsync(), workspace.Id, guest.Id, "guest"));
        await service.Do(new AddMember.Command(await tenant.OwnerAsync(), workspace.Id, viewer.Id, "viewer"));

        var changed = await (await tenant.Client.PatchJson($"/v1/workspaces/{workspace.Id}", new { type = "default" }))
            .Data();

        changed.GetProperty("member_count").GetInt32().Should().Be(4);
        (await MembersAsync(workspace.Id)).Should().Equal(
            (tenant.Owner.Id, "admin"), (guest.Id, "guest"), (viewer.Id, "viewer"), (member.Id, "member"));
        await ShouldCountRightAsync(workspace.Id);
    }

    [Fact]
    public async Task A_workspace_that_is_a_default_one_no_more_keeps_its_members()
    {
        var tenant = await service.NewTenantAsync();
        await tenant.NewMemberAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "default");

        var changed = await (await tenant.Client.PatchJson($"/v1/workspaces/{workspace.Id}", new { type = "private" }))
            .Data();
        await tenant.NewMemberAsync();

        changed.GetProperty("member_count").GetInt32().Should().Be(2);
        (await MembersAsync(workspace.Id)).Should().HaveCount(2);
    }

    [Theory]
    [InlineData(Roles.Admin, true)]
    [InlineData(Roles.Member, true)]
    [InlineData(Roles.Viewer, false)]
    [InlineData(Roles.Billing, false)]
    [InlineData(Roles.Guest, false)]
    public async Task Who_joins_the_organization_joins_every_default_workspace_of_it_and_no_other(
        string role, bool belongs)
    {
        var tenant = await service.NewTenantAsync();
        var one = await tenant.NewWorkspaceAsync("One", "default");
        var two = await tenant.NewWorkspaceAsync("Two", "default");
        var open = await tenant.NewWorkspaceAsync("Three", "open");
        var elsewhere = await (await service.NewTenantAsync()).NewWorkspaceAsync(type: "default");

        var person = await tenant.NewMemberAsync(role);

        foreach (var workspace in new[] { one, two })
        {
            (await MembersAsync(workspace.Id)).Select(m => m.User).Contains(person.Id).Should().Be(belongs);
            await ShouldCountRightAsync(workspace.Id);
        }

        (await MembersAsync(open.Id)).Should().HaveCount(1);
        (await MembersAsync(elsewhere.Id)).Should().HaveCount(1);
    }

    [Fact]
    public async Task A_user_who_is_made_for_the_organization_joins_too_and_the_events_tell_it_in_order()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "default");

        var user = (await service.Do(new CreateUser.Command(
            await tenant.OwnerAsync(), "New", "new-default@example.com", OrganizationId: tenant.Id))).Value;

        (await MembersAsync(workspace.Id)).Should().Contain((user.Id, "member"));
        await using var session = service.Db.Open();
        (await session.ListAsync<string>("SELECT type FROM events WHERE subject_id = @Id ORDER BY id", new { user.Id }))
            .Should().Equal("user.created", "organization.member_added", "member.joined");
    }

    [Fact]
    public async Task Who_accepts_an_invitation_from_outside_joins_the_other_default_workspaces_too()
    {
        var tenant = await service.NewTenantAsync();
        var invited = await tenant.NewWorkspaceAsync("Invited", "default");
        var other = await tenant.NewWorkspaceAsync("Other", "default");
        var user = await service.NewUserAsync();
        var invitation = await (await tenant.Client.PostJson(
            $"/v1/workspaces/{invited.Id}/invitations", new { email = user.Email, role = "member" }))
            .Data(HttpStatusCode.Created);

        var accepted = await service.Client(await service.UserKeyAsync(user.Id))
            .PostAsync($"/v1/invitations/{invitation.GetProperty("token").GetString()}/accept", null);

        accepted.IsSuccessStatusCode.Should().BeTrue(await accepted.Content.ReadAsStringAsync());
        foreach (var workspace in new[] { invited, other })
        {
            (await MembersAsync(workspace.Id)).Should().Contain((user.Id, "member"));
            await ShouldCountRightAsync(workspace.Id);
        }
    }

    [Fact]
    public async Task Who_rises_to_member_in_the_organization_joins()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "default");
        var person = await tenant.NewMemberAsync(Roles.Guest);

        await SetRoleAsync(tenant, person, "viewer");
        (await MembersAsync(workspace.Id)).Should().HaveCount(1);
        await SetRoleAsync(tenant, person, "member");

        (await MembersAsync(workspace.Id)).Should().Contain((person.Id, "member"));
        await ShouldCountRightAsync(workspace.Id);
    }

    [Fact]
    public async Task Who_becomes_the_owner_from_below_joins()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "default");
        var person = await tenant.NewMemberAsync(Roles.Billing);

        await (await tenant.Client.PostJson($"/v1/orgs/{tenant.Id}/transfer-ownership", new { user_id = person.Id }))
            .Data();

        (await MembersAsync(workspace.Id)).Should().Contain((person.Id, "member"));
    }

    [Fact]
    public async Task Who_was_away_joins_what_became_a_default_workspace_meanwhile()
    {
        var tenant = await service.NewTenantAsync();
        var before = await tenant.NewWorkspaceAsync("Before", "default");
        var person = await tenant.NewMemberAsync();
        await SetStatusAsync(person, "deactivated");
        var meanwhile = await tenant.NewWorkspaceAsync("Meanwhile", "default");

        await SetStatusAsync(person, "active");

        foreach (var workspace in new[] { before, meanwhile })
        {
            (await MembersAsync(workspace.Id)).Should().Contain((person.Id, "member"));
            await ShouldCountRightAsync(workspace.Id);
        }
    }

    [Fact]
    public async Task An_archived_default_workspace_takes_nobody_in_until_it_is_restored()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "default");
        await (await tenant.Client.PostAsync($"/v1/workspaces/{workspace.Id}/archive", null)).Data();
        var person = await tenant.NewMemberAsync();
        (await MembersAsync(workspace.Id)).Should().HaveCount(1);

        var restored = await (await tenant.Client.PostAsync($"/v1/workspaces/{workspace.Id}/restore", null)).Data();

        restored.GetProperty("member_count").GetInt32().Should().Be(2);
        (await MembersAsync(workspace.Id)).Should().Contain((person.Id, "member"));
    }

    [Fact]
    public async Task Where_seats_run_out_the_rest_are_left_out_in_order_of_user_id_and_nobody_is_refused()
    {
        var tenant = await service.NewTenantAsync();
        var people = new List<Person>();
        for (var n = 0; n < 5; n++)
        {
            people.Add(await tenant.NewMemberAsync());
        }

        var workspace = await tenant.NewWorkspaceAsync(type: "default", seatLimit: 4);
        var late = await tenant.NewMemberAsync();

        (await MembersAsync(workspace.Id)).Select(m => m.User)
            .Should().Equal(tenant.Owner.Id, people[0].Id, people[1].Id, people[2].Id);
        await ShouldCountRightAsync(workspace.Id);
        await using var session = service.Db.Open();
        (await session.ScalarAsync<long>("SELECT member_count FROM organizations WHERE code = @Id", new { tenant.Id }))
            .Should().Be(7);
        (await service.Do(new GetWorkspace.Query(await late.CallerAsync(), workspace.Id))).Value.MemberCount
            .Should().Be(4);
    }

    [Fact]
    public async Task A_pending_invitation_holds_its_seat_against_the_automatic_ones()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "default", seatLimit: 3);
        await (await tenant.Client.PostJson(
            $"/v1/workspaces/{workspace.Id}/invitations", new { email = "held@example.com", role = "member" }))
            .Data(HttpStatusCode.Created);

        await tenant.NewMemberAsync();
        await tenant.NewMemberAsync();

        (await MembersAsync(workspace.Id)).Should().HaveCount(2);
    }

    [Fact]
    public async Task Who_was_removed_stays_removed_until_the_next_of_these_moments()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "default");
        var person = await tenant.NewMemberAsync();
        await service.Do(new RemoveMember.Command(await tenant.OwnerAsync(), workspace.Id, person.Id));

        await tenant.NewMemberAsync();
        await (await tenant.Client.PatchJson(
            $"/v1/workspaces/{workspace.Id}", new { name = "Renamed", type = "default" })).Data();
        (await MembersAsync(workspace.Id)).Select(m => m.User).Should().NotContain(person.Id);

        await (await tenant.Client.PatchJson($"/v1/workspaces/{workspace.Id}", new { type = "closed" })).Data();
        await (await tenant.Client.PatchJson($"/v1/workspaces/{workspace.Id}", new { type = "default" })).Data();
        (await MembersAsync(workspace.Id)).Select(m => m.User).Should().Contain(person.Id);
    }

    [Fact]
    public async Task Ten_thousand_are_taken_in_at_once_whole_and_quickly()
    {
        const int many = 10_000;
        var tenant = await service.NewTenantAsync();
        await FillOrganizationAsync(tenant, many);
        var owner = await tenant.OwnerAsync();
        var (_, few) = await service.Counted(
            new CreateWorkspace.Command(owner, (await service.NewTenantAsync()).Id, "Few", Type: "default") with
            {
                Caller = ServiceFixture.RootCaller,
            });

        var start = TimeProvider.System.GetTimestamp();
        var (workspace, statements) = await service.Counted(new CreateWorkspace.Command(
            owner, tenant.Id, "Everyone", Type: "default"));
        var took = TimeProvider.System.GetElapsedTime(start);

        workspace.Value.MemberCount.Should().Be(many + 1);
        statements.Should()
            .BeLessThanOrEqualTo(few + 5, "the number of statements does not grow with the organization");
        took.Should().BeLessThan(TimeSpan.FromSeconds(10));
        await ShouldCountRightAsync(workspace.Value.Id);
        var events = await service.EventTypesAsync(workspace.Value.Id);
        events.Count(type => type == "member.joined").Should().Be(many);
        await using var session = service.Db.Open();
        (await session.ScalarAsync<long>(
            "SELECT COUNT(DISTINCT subject_id) FROM events WHERE workspace_code = @Id AND type = 'member.joined'",
            new { workspace.Value.Id }))
            .Should().Be(many);
    }

    [Fact]
    public async Task Joining_the_organization_while_the_type_changes_leaves_nobody_out()
    {
        for (var round = 0; round < 5; round++)
        {
            var tenant = await service.NewTenantAsync();
            var workspace = await tenant.NewWorkspaceAsync(type: "closed");
            var owner = await tenant.OwnerAsync();
            var users = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => tenant.NewUserAsync()));

            var joins = users.Select(user => Task.Run(async () =>
                (await service.Next.Send(new AddOrganizationMember.Command(owner, tenant.Id, UserId: user.Id)))
                    .Succeeded(out _, out _)));
            var change = Task.Run(async () =>
                (await service.Next.Send(new UpdateWorkspace.Command(owner, workspace.Id, new() { Type = "default" })))
                    .Succeeded(out _, out _));
            var done = await Task.WhenAll(joins.Append(change));

            done.Should().OnlyContain(succeeded => succeeded);
            (await MembersAsync(workspace.Id)).Select(m => m.User)
                .Should().BeEquivalentTo(users.Select(u => u.Id).Append(tenant.Owner.Id));
            await ShouldCountRightAsync(workspace.Id);
        }
    }

    [Fact]
    public async Task Joining_the_organization_in_parallel_never_passes_the_seat_limit()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "default", seatLimit: 6);
        var owner = await tenant.OwnerAsync();
        var users = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => tenant.NewUserAsync()));

        var outcomes = await Task.WhenAll(users.Select(user => Task.Run(() =>
            service.Next.Send(new AddOrganizationMember.Command(owner, tenant.Id, UserId: user.Id)))));

        outcomes.Should()
            .OnlyContain(o => o.Match(_ => true, _ => false), "nobody is refused the organization for a seat");
        (await MembersAsync(workspace.Id)).Should().HaveCount(6);
        await ShouldCountRightAsync(workspace.Id);
    }

    private static async Task SetRoleAsync(Tenant tenant, Person person, string role) =>
        await (await tenant.Client.PatchJson($"/v1/orgs/{tenant.Id}/members/{person.Id}", new { role })).Data();

    private async Task SetStatusAsync(Person person, string status) =>
        await (await service.Root.PatchJson($"/v1/users/{person.Id}", new { status })).Data();

    private async Task<List<(string User, string Role)>> MembersAsync(string workspace)
    {
        await using var session = service.Db.Open();
        var members = await session.ListAsync<MemberObject>(
            $"""
            SELECT {MemberObject.Columns} FROM members m JOIN users u ON u.id = m.user_id
            JOIN workspaces w ON w.id = m.workspace_id
            WHERE w.code = @workspace ORDER BY m.user_id
            """,
            new { workspace });
        return members.ConvertAll(m => (m.UserId, m.Role));
    }

    // The counts beside the rows are what the rows say.
    private async Task ShouldCountRightAsync(string workspace)
    {
        await using var session = service.Db.Open();
        var wrong = await session.ListAsync<string>(
            """
            SELECT w.code FROM workspaces w
            WHERE w.code = @workspace
              AND (w.member_count <> (SELECT COUNT(*) FROM members m JOIN users u ON u.id = m.user_id
                                      WHERE m.workspace_id = w.id AND u.status = 'active')
                   OR w.admin_count <> (SELECT COUNT(*) FROM members m JOIN users u ON u.id = m.user_id
                                        WHERE m.workspace_id = w.id AND u.status = 'active' AND m.role = 'admin'))
            """,
            new { workspace });
        wrong.Should().BeEmpty();
    }

    // Straight into the tables: ten thousand calls would test nothing more and take their time.
    private async Task FillOrganizationAsync(Tenant tenant, int count)
    {
        var outcome = await service.Db.TransactAsync<Done>(ServiceFixture.RootCaller, async session =>
        {
            var now = service.Clock.Now;
            var minted = await Codes.MintManyAsync(session, Codes.User, count);
            var rows = JsonRows.Serialize(minted.Select(user => new { id = user.Number, code = user.Code }));
            await session.ExecuteAsync(
                """
                INSERT INTO users (id, code, name, email, email_key, search, status, version, created_at, updated_at)
                SELECT CAST(value ->> 'id' AS BIGINT), value ->> 'code', value ->> 'code', value ->> 'code',
                       value ->> 'code', value ->> 'code', 'active', 1, @now, @now
                FROM json_each(@rows)
                """,
                new { rows, now });
            await session.ExecuteAsync(
                """
                INSERT INTO organization_members (organization_id, user_id, role, version, joined_at)
                SELECT o.id, CAST(value ->> 'id' AS BIGINT), 'member', 1, @now
                FROM organizations o CROSS JOIN json_each(@rows)
                WHERE o.code = @Id
                """,
                new { rows, now, tenant.Id });
            await session.ExecuteAsync(
                "UPDATE organizations SET member_count = member_count + @count WHERE code = @Id",
                new { count = (long)count, tenant.Id });
            return Done.It;
        });
        outcome.Succeeded(out _, out _).Should().BeTrue();
    }
}
