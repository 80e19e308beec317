using WorkspaceService.Features.Invitations;
using WorkspaceService.Features.JoinRequests;
using WorkspaceService.Features.Members;
using WorkspaceService.Features.Organizations;
using WorkspaceService.Features.ServiceLines;
using WorkspaceService.Features.Users;
using WorkspaceService.Features.Workspaces;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Security;
using static WorkspaceService.ServiceFixture;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>
/// Rules about two things that change at the same time, sixteen callers on two instances, in many rounds. All rows of
/// the database keep them afterwards.
/// </summary>
public sealed class RuleRacesTests(ServiceFixture service) : IClassFixture<ServiceFixture>, IAsyncLifetime
{
    private const int Rounds = 12;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => (await service.FindAsync()).Should().BeEmpty();

    [Fact]
    public async Task R1_names_that_are_alike_get_slugs_one_after_the_other()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();

        (await service.Race(Repeat(16, new CreateWorkspace.Command(owner, tenant.Id, "Same"))))
            .Should().OnlyContain(code => code == null);

        var slugs = await service.ReadAsync<string>(
            """
            SELECT w.slug FROM workspaces w JOIN organizations o ON o.id = w.organization_id WHERE o.code = @Id
            """,
            new { tenant.Id });
        slugs.Should().BeEquivalentTo(
            Enumerable.Range(2, 15).Select(n => $"same-{n}").Prepend("same"));
    }

    [Fact]
    public async Task R4_who_is_removed_from_the_organization_is_no_member_of_its_workspaces()
    {
        await RoundsAsync(async (tenant, workspace, owner) =>
        {
            var people = await PeopleAsync(tenant, 8);
            await service.Race(people.SelectMany(person => new[]
            {
                Try(new AddMember.Command(owner, workspace, person.Id, Roles.Member)),
                Try(new RemoveOrganizationMember.Command(owner, tenant.Id, person.Id)),
            }));
            (await MembersAsync(workspace)).Should().Equal(Roles.Admin);
        });
    }

    [Fact]
    public async Task R5_what_the_ceiling_forbids_is_not_given_once_it_is_on()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var tenant = await service.NewTenantAsync(ceiling: false);
            var owner = await tenant.OwnerAsync();
            var workspace = (await tenant.NewWorkspaceAsync()).Id;
            var (added, promoted) = (await PeopleAsync(tenant, 8, Roles.Viewer), new List<Person>());
            for (var n = 0; n < 7; n++)
            {
                promoted.Add(await tenant.NewMemberOfAsync(workspace, Roles.Viewer));
            }

            await service.Race(
            [
                .. added.Select(p => Try(new AddMember.Command(owner, workspace, p.Id, Roles.Admin))),
                Try(new UpdateOrganization.Command(
                    owner, tenant.Id, new() { Settings = new System.Text.Json.Nodes.JsonObject
                    {
                        ["workspace_role_ceiling"] = true,
                    } })),
                .. promoted.Select(p => Try(new ChangeMemberRole.Command(owner, workspace, p.Id, Roles.Admin))),
            ]);

            // Roles that were given before stay; in the order of events none is given after.
            var types = (await service.EventsAsync(organization: tenant.Id)).Select(e => e.Type).ToList();
            types.Skip(types.IndexOf("organization.updated")).Should().Equal("organization.updated");
        }
    }

    [Fact]
    public async Task R7_a_demotion_in_the_organization_beside_a_removal_leaves_an_admin()
    {
        await RoundsAsync(async (tenant, workspace, owner) =>
        {
            var admins = new List<Person>();
            for (var n = 0; n < 8; n++)
            {
                admins.Add(await tenant.NewMemberOfAsync(workspace, Roles.Admin));
            }

            await service.Do(new RemoveMember.Command(owner, workspace, tenant.Owner.Id));
            await service.Race(admins.SelectMany((admin, n) => new[]
            {
                Try(new ChangeOrganizationMemberRole.Command(owner, tenant.Id, admin.Id, Roles.Member)),
                n % 2 == 0
                    ? Try(new RemoveMember.Command(owner, workspace, admins[(n + 1) % 8].Id))
                    : Try(new UpdateUser.Command(
                        RootCaller, admins[(n + 1) % 8].Id, new() { Status = UserObject.Deactivated })),
            }));
        });
    }

    [Fact]
    public async Task R6_of_two_admins_who_demote_each_other_one_stays()
    {
        await RoundsAsync(async (tenant, workspace, _) =>
        {
            var first = await tenant.NewMemberOfAsync(workspace, Roles.Admin);
            var second = await tenant.NewMemberOfAsync(workspace, Roles.Admin);
            var (one, other) = (await first.CallerAsync(), await second.CallerAsync());
            await service.Do(new RemoveMember.Command(one, workspace, tenant.Owner.Id));
            await service.Do(new ChangeOrganizationMemberRole.Command(RootCaller, tenant.Id, first.Id, Roles.Member));

            var outcomes = await service.Race(Enumerable.Range(0, 8).SelectMany(n => new[]
            {
                n % 2 == 0
                    ? Try(new ChangeMemberRole.Command(one, workspace, second.Id, Roles.Member))
                    : Try(new RemoveMember.Command(one, workspace, first.Id)),
                n % 2 == 0
                    ? Try(new RemoveMember.Command(other, workspace, first.Id))
                    : Try(new ChangeMemberRole.Command(other, workspace, second.Id, Roles.Member)),
            }));

            outcomes.Should().Contain((string?)null);
            (await MembersAsync(workspace)).Count(role => role == Roles.Admin).Should().Be(1);
        });
    }

    [Fact]
    public async Task R7_the_last_admin_is_not_removed_and_does_not_leave_is_not_demoted_nor_deactivated()
    {
        await RoundsAsync(async (tenant, workspace, owner) =>
        {
            var admins = new List<(Person Person, Caller Caller)>();
            for (var n = 0; n < 16; n++)
            {
                var person = await tenant.NewMemberOfAsync(workspace, Roles.Admin);
                admins.Add((person, await person.CallerAsync()));
            }

            await service.Do(new RemoveMember.Command(owner, workspace, tenant.Owner.Id));
            var outcomes = await service.Race(admins.Select((admin, n) => (n % 5) switch
            {
                0 => Try(new RemoveMember.Command(owner, workspace, admin.Person.Id)),
                1 => Try(new RemoveMember.Command(admin.Caller, workspace, admin.Person.Id)),
                2 => Try(new ChangeMemberRole.Command(owner, workspace, admin.Person.Id, Roles.Guest)),
                3 => Try(new UpdateUser.Command(
                    RootCaller, admin.Person.Id, new() { Status = UserObject.Deactivated })),
                _ => Try(new RemoveOrganizationMember.Command(owner, tenant.Id, admin.Person.Id)),
            }));

            outcomes.Should().ContainSingle(code => code == "last_admin");
            outcomes.Count(code => code is null).Should().Be(15);
        });
    }

    [Fact]
    public async Task R7_an_heir_who_is_removed_or_deactivated_does_not_become_the_owner()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var tenant = await service.NewTenantAsync();
            var owner = await tenant.OwnerAsync();
            var heirs = await PeopleAsync(tenant, 8);
            await service.Race(heirs.SelectMany((heir, n) => new[]
            {
                Try(new TransferOwnership.Command(RootCaller, tenant.Id, heir.Id)),
                n % 2 == 0
                    ? Try(new RemoveOrganizationMember.Command(RootCaller, tenant.Id, heir.Id))
                    : Try(new UpdateUser.Command(RootCaller, heir.Id, new() { Status = UserObject.Deactivated })),
            }));
        }
    }

    [Fact]
    public async Task R8_seats_are_claimed_by_adds_invitations_joins_and_resent_invitations_up_to_the_limit()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var tenant = await service.NewTenantAsync();
            var owner = await tenant.OwnerAsync();
            var workspace = (await tenant.NewWorkspaceAsync(type: "open", seatLimit: 6)).Id;
            var people = await PeopleAsync(tenant, 12);
            var resent = await tenant.InviteAsync(workspace, $"resent{round}@example.com");
            var invited = await tenant.InviteAsync(workspace, people[0].Email);
            var accepted = await tenant.InviteAsync(workspace, people[1].Email);
            await service.ArrangeAsync(
                "UPDATE invitations SET status = 'expired' WHERE code = @Id", new { resent.Id });
            var (joins, accepts) = (new List<Caller>(), await people[1].CallerAsync());
            foreach (var person in people[8..])
            {
                joins.Add(await person.CallerAsync());
            }

            var outcomes = await service.Race(
            [
                .. people[2..8].Select(p => Try(new AddMember.Command(owner, workspace, p.Id, Roles.Member))),
                Try(new AddMember.Command(owner, workspace, people[0].Id, Roles.Member)),
                Try(new AcceptInvitation.Command(accepts, accepted.Token!)),
                .. joins.Select(join => Try(new JoinWorkspace.Command(join, workspace))),
                .. Enumerable.Range(0, 3).Select(n => Try(new InviteMembers.Command(
                    owner, workspace, $"new{round}-{n}@example.com", Roles.Member))),
                Try(new ResendInvitation.Command(owner, workspace, resent.Id)),
            ]);

            // The creator and the two that were invited hold three seats.
            outcomes[6].Should().BeNull("the seat of the invitation is there");
            outcomes[7].Should().BeNull("the seat of the invitation is there");
            string?[] claims = [.. outcomes[..6], .. outcomes[8..]];
            claims.Count(code => code is null).Should().Be(3);
            claims.Where(code => code is not null).Should().OnlyContain(code => code == "seat_limit_reached");
            invited.Status.Should().Be(InvitationLifecycle.Pending);
        }
    }

    [Fact]
    public async Task R9_a_plan_is_not_exceeded_by_new_workspaces_and_lines_of_several_workspaces()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var tenant = await service.NewTenantAsync(new(Workspaces: 6, Members: null, ActiveServiceLines: 3));
            var owner = await tenant.OwnerAsync();
            var lines = new List<string>();
            for (var n = 0; n < 4; n++)
            {
                var workspace = await tenant.NewWorkspaceAsync();
                lines.Add((await tenant.NewLineAsync(workspace.Id)).Id);
                lines.Add((await tenant.NewLineAsync(workspace.Id)).Id);
            }

            var outcomes = await service.Race(lines.SelectMany(line => new[]
            {
                Try(new ActivateServiceLine.Command(owner, line)),
                Try(new CreateWorkspace.Command(owner, tenant.Id, "More")),
            }));

            outcomes.Where((_, n) => n % 2 == 0).Count(code => code is null).Should().Be(3);
            outcomes.Where((_, n) => n % 2 != 0).Count(code => code is null).Should().Be(2);
            outcomes.Where(code => code is not null).Should().OnlyContain(code => code == "plan_limit_exceeded");
        }
    }

    [Fact]
    public async Task R11_an_archived_workspace_gets_no_member_and_no_active_line()
    {
        await RoundsAsync(async (tenant, workspace, owner) =>
        {
            var people = await PeopleAsync(tenant, 8);
            var lines = new List<string>();
            for (var n = 0; n < 7; n++)
            {
                lines.Add((await tenant.NewLineAsync(workspace)).Id);
            }

            await service.Race(
            [
                .. people.Select(p => Try(new AddMember.Command(owner, workspace, p.Id, Roles.Member))),
                Try(new ArchiveWorkspace.Command(owner, workspace, Force: true)),
                .. lines.Select(line => Try(new ActivateServiceLine.Command(owner, line))),
            ]);

            var types = (await service.EventsAsync(workspace)).Select(e => e.Type).ToList();
            types.Should().EndWith("workspace.archived");
        });
    }

    [Fact]
    public async Task R13_who_leaves_the_organization_keeps_no_invitation_request_or_membership_in_it()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var tenant = await service.NewTenantAsync();
            var owner = await tenant.OwnerAsync();
            var closed = (await tenant.NewWorkspaceAsync(type: "closed")).Id;
            var open = (await tenant.NewWorkspaceAsync(type: "open")).Id;
            var people = new List<(Person Person, Caller Caller, string Token)>();
            for (var n = 0; n < 6; n++)
            {
                var person = await tenant.NewMemberAsync();
                var token = n == 3 ? (await tenant.InviteAsync(closed, person.Email)).Token! : "";
                people.Add((person, await person.CallerAsync(), token));
            }

            var outcomes = await service.Race(people.SelectMany((p, n) => new[]
            {
                n switch
                {
                    0 => Try(new RequestToJoin.Command(p.Caller, closed)),
                    1 => Try(new AddMember.Command(owner, closed, p.Person.Id, Roles.Member)),
                    2 => Try(new JoinWorkspace.Command(p.Caller, open)),
                    3 => Try(new AcceptInvitation.Command(p.Caller, p.Token)),
                    _ => Try(new InviteMembers.Command(owner, closed, p.Person.Email, Roles.Member)),
                },
                Try(new RemoveOrganizationMember.Command(owner, tenant.Id, p.Person.Id)),
                Try(new GetWorkspace.Query(owner, closed)),
            }));

            outcomes.Where((_, n) => n % 3 == 1).Should().OnlyContain(code => code == null);

            // An invitation of somebody who leaves is revoked; one that is made later is for a stranger.
            var pending = await service.ReadAsync<string>(
                "SELECT code FROM invitations WHERE status = 'pending' AND email IN (@A, @B)",
                new { A = people[4].Person.Email, B = people[5].Person.Email });
            var order = (await service.EventsAsync(organization: tenant.Id)).ToList();
            foreach (var invitation in pending)
            {
                var made = order.FindIndex(e => e.Type == "invitation.created" && e.Subject.Id == invitation);
                var address = order[made].Changes.Text;
                var person = people.Single(p => address.Contains(p.Person.Email, StringComparison.Ordinal)).Person;
                order.FindIndex(e => e.Type == "organization.member_removed" && e.Subject.Id == person.Id)
                    .Should().BeLessThan(made, "it was made for somebody who had left");
            }
        }
    }

    [Fact]
    public async Task R14_who_is_deactivated_is_neither_added_nor_invited()
    {
        await RoundsAsync(async (tenant, workspace, owner) =>
        {
            var elsewhere = await service.NewTenantAsync();
            var people = await PeopleAsync(tenant, 6);
            await service.Race(people.SelectMany((person, n) => new[]
            {
                (n % 3) switch
                {
                    0 => Try(new AddMember.Command(owner, workspace, person.Id, Roles.Member)),
                    1 => Try(new AddOrganizationMember.Command(RootCaller, elsewhere.Id, person.Id)),
                    _ => Try(new InviteMembers.Command(owner, workspace, person.Email, Roles.Member)),
                },
                Try(new UpdateUser.Command(RootCaller, person.Id, new() { Status = UserObject.Deactivated })),
                Try(new GetWorkspace.Query(owner, workspace)),
            }));
        });
    }

    [Fact]
    public async Task R18_one_address_that_several_ways_lead_to_is_one_user()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var address = $"{Guid.NewGuid():N}@example.com";
            var attempts = new List<Attempt>();
            for (var n = 0; n < 4; n++)
            {
                var tenant = await service.NewTenantAsync();
                var owner = await tenant.OwnerAsync();
                var invitation = await tenant.InviteAsync((await tenant.NewWorkspaceAsync()).Id, address);
                var key = await service.CallerAsync(await tenant.ServiceKeyAsync());
                attempts.Add(Try(new AddOrganizationMember.Command(owner, tenant.Id, Email: address, Name: "Ada")));
                attempts.Add(Try(new CreateUser.Command(owner, "Ada", address, OrganizationId: tenant.Id)));
                attempts.Add(Try(new AcceptInvitation.Command(key, invitation.Token!, "Ada")));
                attempts.Add(Try(new AddOrganizationMember.Command(owner, tenant.Id, Email: address, Name: "Ada")));
            }

            await service.Race(attempts);

            (await service.ReadAsync<long>(
                "SELECT COUNT(*) FROM users WHERE email_key = @address", new { address })).Single().Should().Be(1);
        }
    }

    [Fact]
    public async Task R18_whoever_comes_second_with_an_address_is_told_what_it_would_be_told_later()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var address = $"{Guid.NewGuid():N}@example.com";
            var attempts = new List<Attempt>();
            for (var n = 0; n < 8; n++)
            {
                var tenant = await service.NewTenantAsync();
                var invitation = await tenant.InviteAsync((await tenant.NewWorkspaceAsync()).Id, address);
                var key = await service.CallerAsync(await tenant.ServiceKeyAsync());
                attempts.Add(Try(new AcceptInvitation.Command(key, invitation.Token!, "Ada")));
            }

            var outcomes = await service.Race(attempts);

            outcomes.Count(code => code is null).Should().Be(1);
            outcomes.Where(code => code is not null).Should().OnlyContain(code => code == "forbidden");
        }
    }

    private async Task RoundsAsync(Func<Tenant, string, Caller, Task> round)
    {
        for (var n = 0; n < Rounds; n++)
        {
            var tenant = await service.NewTenantAsync();
            await round(tenant, (await tenant.NewWorkspaceAsync()).Id, await tenant.OwnerAsync());
        }
    }

    private static async Task<List<Person>> PeopleAsync(Tenant tenant, int count, string role = Roles.Member)
    {
        var people = new List<Person>();
        while (people.Count < count)
        {
            people.Add(await tenant.NewMemberAsync(role));
        }

        return people;
    }

    private Task<List<string>> MembersAsync(string workspace) => service.ReadAsync<string>(
        """
        SELECT m.role FROM members m JOIN workspaces w ON w.id = m.workspace_id WHERE w.code = @workspace
        ORDER BY m.user_id
        """,
        new { workspace });

    private static IEnumerable<T> Repeat<T>(int times, T message) => Enumerable.Repeat(message, times);
}
