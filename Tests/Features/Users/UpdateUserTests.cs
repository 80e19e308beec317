using System.Net;
using System.Text.Json;
using WorkspaceService.Features.ApiKeys;
using WorkspaceService.Features.Invitations;
using WorkspaceService.Features.Members;
using WorkspaceService.Features.Organizations;
using WorkspaceService.Features.Workspaces;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Users;

[Collection("Users")]
public sealed class UpdateUserTests(ServiceFixture service)
{
    [Fact]
    public async Task Only_what_is_given_changes()
    {
        var tenant = await service.NewTenantAsync();
        var person = await tenant.NewMemberAsync();
        var path = $"/v1/users/{person.Id}";

        var named = await (await tenant.Client.PatchJson(
            path, new { name = " Sam Rivera ", avatar_url = "https://example.com/sam.png" })).Data();

        named.GetProperty("name").GetString().Should().Be("Sam Rivera");
        named.GetProperty("avatar_url").GetString().Should().Be("https://example.com/sam.png");
        named.GetProperty("email").GetString().Should().Be(person.Email);
        var cleared = await (await tenant.Client.PatchJson(path, """{"avatar_url": null}""")).Data();
        cleared.GetProperty("avatar_url").ValueKind.Should().Be(JsonValueKind.Null);
        cleared.GetProperty("name").GetString().Should().Be("Sam Rivera");
        (await service.Do(new ListUsers.Query(await tenant.OwnerAsync(), Q: "sam rivera"))).Items
            .Should().ContainSingle();
        (await (await person.Client.GetAsync(path)).Data()).GetRawText().Should().Be(cleared.GetRawText());
    }

    [Fact]
    public async Task Those_who_administer_the_managing_organization_may_and_nobody_else()
    {
        var tenant = await service.NewTenantAsync();
        var other = await service.NewTenantAsync();
        var admin = await tenant.NewMemberAsync(Roles.Admin);
        var member = await tenant.NewMemberAsync();
        var person = await tenant.NewMemberAsync();
        var strong = await service.CallerAsync(await tenant.ServiceKeyAsync("secret", null, "members:manage"));
        var weak = await service.CallerAsync(await tenant.ServiceKeyAsync("secret", null, "read", "write"));
        var publishable = await service.CallerAsync(await tenant.ServiceKeyAsync("publishable"));
        Caller[] allowed = [await tenant.OwnerAsync(), await admin.CallerAsync(), strong];

        foreach (var caller in allowed)
        {
            (await service.Do(new UpdateUser.Command(caller, person.Id, new() { Name = $"By {caller.KeyId}" })))
                .Value.Name.Should().Be($"By {caller.KeyId}");
        }

        (await RefusedAsync(weak, person.Id)).Should().Be("forbidden");
        (await RefusedAsync(publishable, person.Id)).Should().Be("forbidden");
        (await RefusedAsync(await member.CallerAsync(), person.Id)).Should().Be("not_found");
        (await RefusedAsync(await other.OwnerAsync(), person.Id)).Should().Be("not_found");

        await service.Do(new AddOrganizationMember.Command(
            ServiceFixture.RootCaller, other.Id, person.Id, Role: Roles.Guest));
        foreach (var patch in EveryChange())
        {
            (await service.Refused(new UpdateUser.Command(await other.OwnerAsync(), person.Id, patch)))
                .Code.Should().Be("forbidden", "it sees the person as its member, and does not manage it");
        }

        await service.Do(new RemoveOrganizationMember.Command(await tenant.OwnerAsync(), tenant.Id, person.Id));
        await service.Do(new UpdateUser.Command(strong, person.Id, new() { Name = "By the key" }));
        var reading = await service.CallerAsync(await tenant.ServiceKeyAsync());
        foreach (var caller in allowed.Except([strong]).Append(reading))
        {
            await service.Do(new UpdateUser.Command(caller, person.Id, new() { Name = $"After {caller.KeyId}" }));
            (await service.Do(new ListUsers.Query(caller, Q: $"After {caller.KeyId}"))).Items
                .Should().ContainSingle("whom it changes it finds").Which.Id.Should().Be(person.Id);
            (await service.Do(new ListUsers.Query(caller, tenant.Id))).Items
                .Should().NotContain(u => u.Id == person.Id, "it is a member no longer");
        }

        foreach (var patch in EveryChange())
        {
            (await service.Refused(new UpdateUser.Command(await other.OwnerAsync(), person.Id, patch)))
                .Code.Should().Be("forbidden", "leaving the managing organization changes nothing of this");
        }

        (await service.Do(new UpdateUser.Command(ServiceFixture.RootCaller, person.Id, new() { Name = "Root may" })))
            .Value.Name.Should().Be("Root may");
    }

    [Fact]
    public async Task A_user_that_no_organization_manages_is_for_root_alone()
    {
        var tenant = await service.NewTenantAsync();
        var user = await service.NewUserAsync();
        await service.Do(new AddOrganizationMember.Command(ServiceFixture.RootCaller, tenant.Id, user.Id));

        foreach (var patch in EveryChange())
        {
            (await service.Refused(new UpdateUser.Command(await tenant.OwnerAsync(), user.Id, patch)))
                .Code.Should().Be("forbidden");
        }

        await service.Do(new UpdateUser.Command(ServiceFixture.RootCaller, user.Id, new() { Name = "Root may" }));
    }

    [Fact]
    public async Task Users_change_their_own_name_and_picture_and_nothing_else_of_themselves()
    {
        var tenant = await service.NewTenantAsync();
        foreach (var user in new[] { (await tenant.NewMemberAsync()).Id, (await service.NewUserAsync()).Id })
        {
            var itself = await service.CallerAsync(await service.UserKeyAsync(user));

            var changed = (await service.Do(new UpdateUser.Command(
                itself, user, new() { Name = "Myself", AvatarUrl = "https://example.com/me.png" }))).Value;

            (changed.Name, changed.AvatarUrl).Should().Be(("Myself", "https://example.com/me.png"));
            foreach (var patch in new UpdateUser.Body[]
            {
                new() { Email = "mine@example.com" },
                new() { Status = "deactivated" },
                new() { Name = "Both", Email = "mine@example.com" },
                new() { ManagedBy = (string?)null },
            })
            {
                (await service.Refused(new UpdateUser.Command(itself, user, patch))).Code.Should().Be("forbidden");
            }
        }
    }

    [Fact]
    public async Task A_narrowed_key_which_admins_issue_for_their_members_does_not_change_its_user()
    {
        var (tenant, other) = (await service.NewTenantAsync(), await service.NewTenantAsync());
        var person = await tenant.NewMemberAsync();
        await service.Do(new AddOrganizationMember.Command(ServiceFixture.RootCaller, other.Id, person.Id));
        var issued = await service.Do(new CreateApiKey.Command(
            await other.OwnerAsync(), "Issued", "user", other.Id, UserId: person.Id));

        (await RefusedAsync(await service.CallerAsync(issued.Value.Key!), person.Id)).Should().Be("forbidden");
    }

    [Fact]
    public async Task Root_alone_hands_a_user_to_another_managing_organization()
    {
        var (tenant, other) = (await service.NewTenantAsync(), await service.NewTenantAsync());
        var person = await tenant.NewMemberAsync();
        var path = $"/v1/users/{person.Id}";

        foreach (var key in new[] { tenant.OwnerKey, person.Key, await tenant.ServiceKeyAsync() })
        {
            await (await service.Client(key).PatchJson(path, new { managed_by = other.Id }))
                .ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        }

        await (await service.Root.PatchJson(path, new { managed_by = "ORG-26-999999" }))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await (await service.Root.PatchJson(path, new { managed_by = other.Id })).Data())
            .GetProperty("managed_by").GetString().Should().Be(other.Id);
        (await RefusedAsync(await tenant.OwnerAsync(), person.Id)).Should().Be("forbidden");
        await service.Do(new UpdateUser.Command(await other.OwnerAsync(), person.Id, new() { Name = "Theirs now" }));
        (await service.EventsAsync(organization: tenant.Id, type: "user.updated"))[^1].Changes.Text
            .Should().Be($$"""{"managed_by":["{{tenant.Id}}","{{other.Id}}"]}""");
        (await (await service.Root.PatchJson(path, """{"managed_by": null}""")).Data())
            .GetProperty("managed_by").ValueKind.Should().Be(JsonValueKind.Null);
        (await RefusedAsync(await other.OwnerAsync(), person.Id)).Should().Be("not_found");
    }

    [Fact]
    public async Task The_managing_organization_deactivates_its_users_wherever_they_belong_but_no_owner()
    {
        var (tenant, other) = (await service.NewTenantAsync(), await service.NewTenantAsync());
        var person = await tenant.NewMemberAsync();
        await service.Do(new AddOrganizationMember.Command(ServiceFixture.RootCaller, other.Id, person.Id));
        var made = await tenant.NewMemberAsync();
        await service.Do(new CreateOrganization.Command(
            ServiceFixture.RootCaller, $"Of {made.Id}", OwnerId: made.Id));

        await service.Do(new UpdateUser.Command(
            await tenant.OwnerAsync(), person.Id, new() { Status = "deactivated" }));
        (await service.Refused(new UpdateUser.Command(
            await tenant.OwnerAsync(), made.Id, new() { Status = "deactivated" }))).Code.Should().Be("owner_protected");
    }

    [Fact]
    public async Task Deactivating_revokes_the_persons_pending_invitations_everywhere_with_an_event_each()
    {
        var (tenant, other) = (await service.NewTenantAsync(), await service.NewTenantAsync());
        var (here, there) = (await tenant.NewWorkspaceAsync(), await other.NewWorkspaceAsync(seatLimit: 2));
        var person = await tenant.NewMemberAsync();
        var bystander = await tenant.InviteAsync(here.Id, $"by.{person.Id}@example.com");
        var first = await tenant.InviteAsync(here.Id, person.Email.ToUpperInvariant());
        var second = await other.InviteAsync(there.Id, person.Email);

        await service.Do(new UpdateUser.Command(
            await tenant.OwnerAsync(), person.Id, new() { Status = "deactivated" }));

        (await service.ReadAsync<string>(
            "SELECT status FROM invitations WHERE code IN (@a, @b, @c) ORDER BY id",
            new { a = bystander.Id, b = first.Id, c = second.Id })).Should().Equal("pending", "revoked", "revoked");
        (await service.EventsAsync(workspace: here.Id, type: "invitation.revoked"))
            .Should().ContainSingle(e => e.Subject.Id == first.Id && e.OrganizationId == tenant.Id);
        (await service.EventsAsync(workspace: there.Id, type: "invitation.revoked"))
            .Should().ContainSingle(e => e.Subject.Id == second.Id && e.OrganizationId == other.Id);
        await other.InviteAsync(there.Id, $"seat.{person.Id}@example.com");
        await service.Do(new UpdateUser.Command(await tenant.OwnerAsync(), person.Id, new() { Status = "active" }));
        await (await person.Client.PostJson($"/v1/invitations/{first.Token}/accept", new { }))
            .ShouldBeProblem(HttpStatusCode.Gone, "invitation_revoked");
    }

    [Fact]
    public async Task Inviting_while_the_person_is_deactivated_leaves_no_pending_invitation()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        for (var round = 0; round < 8; round++)
        {
            var workspace = await tenant.NewWorkspaceAsync();
            var person = await tenant.NewMemberAsync();

            var deactivation = Task.Run(() => service.Next.Do(new UpdateUser.Command(
                owner, person.Id, new() { Status = "deactivated" })));
            await Task.Run(() => service.Next.Send(new InviteMembers.Command(
                owner, workspace.Id, person.Email, Roles.Member)));
            await deactivation;

            (await service.ReadAsync<string>(
                "SELECT status FROM invitations WHERE email = @Email", new { person.Email }))
                .Should().NotContain("pending");
        }
    }

    [Fact]
    public async Task A_deactivated_workspace_owner_passes_the_ownership_on_in_every_organization()
    {
        var (tenant, other) = (await service.NewTenantAsync(), await service.NewTenantAsync());
        var person = await tenant.NewMemberAsync(Roles.Admin);
        await service.Do(new AddOrganizationMember.Command(
            ServiceFixture.RootCaller, other.Id, person.Id, Role: Roles.Admin));
        var workspaces = new List<(string Workspace, string Heir)>();
        foreach (var home in new[] { tenant, other })
        {
            var made = (await service.Do(new CreateWorkspace.Command(await person.CallerAsync(), home.Id, "Owned")))
                .Value;
            var first = await home.NewMemberOfAsync(made.Id, Roles.Admin);
            await service.DeactivateAsync((await home.NewMemberOfAsync(made.Id, Roles.Member)).Id);
            await home.NewMemberOfAsync(made.Id, Roles.Admin);
            workspaces.Add((made.Id, first.Id));
        }

        await service.Do(new UpdateUser.Command(
            await tenant.OwnerAsync(), person.Id, new() { Status = "deactivated" }));

        foreach (var (workspace, heir) in workspaces)
        {
            (await service.OwnerOfAsync(workspace)).Should().Be(heir, "the admin who joined first");
        }

        await service.Do(new UpdateUser.Command(await tenant.OwnerAsync(), person.Id, new() { Status = "active" }));
        (await service.OwnerOfAsync(workspaces[0].Workspace)).Should().Be(workspaces[0].Heir, "it does not come back");
    }

    [Fact]
    public async Task Admins_change_themselves_and_not_the_owner()
    {
        var tenant = await service.NewTenantAsync();
        var admin = await tenant.NewMemberAsync(Roles.Admin);
        var key = await service.CallerAsync(await tenant.ServiceKeyAsync());

        await service.Do(new UpdateUser.Command(await admin.CallerAsync(), admin.Id, new() { Name = "Myself" }));
        await service.Do(new UpdateUser.Command(await tenant.OwnerAsync(), tenant.Owner.Id, new() { Name = "Myself" }));
        (await RefusedAsync(await admin.CallerAsync(), tenant.Owner.Id)).Should().Be("role_exceeds_own_role");
        (await RefusedAsync(key, tenant.Owner.Id)).Should().Be("role_exceeds_own_role");
        foreach (var caller in new[]
        {
            await admin.CallerAsync(),
            key,
            await tenant.OwnerAsync(),
            ServiceFixture.RootCaller,
        })
        {
            (await service.Refused(new UpdateUser.Command(caller, tenant.Owner.Id, new() { Status = "deactivated" })))
                .Code.Should().Be("owner_protected");
        }
    }

    [Fact]
    public async Task An_address_belongs_to_one_user_without_regard_to_case()
    {
        var tenant = await service.NewTenantAsync();
        var person = await tenant.NewMemberAsync();

        (await service.Refused(new UpdateUser.Command(
            await tenant.OwnerAsync(), person.Id, new() { Email = tenant.Owner.Email!.ToUpperInvariant() })))
            .Code.Should().Be("email_taken");
        (await service.Do(new UpdateUser.Command(
            await tenant.OwnerAsync(), person.Id, new() { Email = person.Email.ToUpperInvariant() })))
            .Value.Email.Should().Be(person.Email.ToUpperInvariant());
        (await service.Do(new UpdateUser.Command(
            await tenant.OwnerAsync(), person.Id, new() { Email = "moved@example.com" })))
            .Value.Email.Should().Be("moved@example.com");
        (await service.NewUserAsync(email: person.Email)).Email
            .Should().Be(person.Email, "the old address is free again");
        (await service.Do(new ListUsers.Query(await tenant.OwnerAsync(), Q: "moved@"))).Items.Should().ContainSingle();
    }

    [Fact]
    public async Task Sixteen_racing_for_one_address_give_one_winner()
    {
        var users = new List<UserObject>();
        for (var i = 0; i < 16; i++)
        {
            users.Add(await service.NewUserAsync());
        }

        var codes = await service.Race(users.Select(
            u => new UpdateUser.Command(ServiceFixture.RootCaller, u.Id, new() { Email = "the-one@example.com" })));

        codes.Count(code => code is null).Should().Be(1);
        codes.Count(code => code == "email_taken").Should().Be(15);
    }

    [Fact]
    public async Task Deactivated_users_authenticate_nowhere_and_count_nowhere()
    {
        var tenant = await service.NewTenantAsync(new PlanLimits(null, 2, null));
        var other = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(seatLimit: 2);
        var elsewhere = await other.NewWorkspaceAsync();
        var person = await tenant.NewMemberOfAsync(workspace.Id);
        await service.Do(new AddOrganizationMember.Command(ServiceFixture.RootCaller, other.Id, person.Id));
        await service.Do(new AddMember.Command(ServiceFixture.RootCaller, elsewhere.Id, person.Id, Roles.Viewer));

        var gone = await (await service.Root.PatchJson($"/v1/users/{person.Id}", new { status = "deactivated" }))
            .Data();

        gone.GetProperty("status").GetString().Should().Be("deactivated");
        await (await person.Client.GetAsync("/v1/me")).ShouldBeProblem(HttpStatusCode.Unauthorized, "unauthenticated");
        (await CountsAsync(tenant, workspace)).Should().Be((1, 1));
        (await CountsAsync(other, elsewhere)).Should().Be((1, 1));
        (await service.Do(new GetOrganizationMember.Query(await tenant.OwnerAsync(), tenant.Id, person.Id)))
            .Value.Status.Should().Be("deactivated");

        var back = await (await service.Root.PatchJson($"/v1/users/{person.Id}", new { status = "active" })).Data();

        back.GetProperty("status").GetString().Should().Be("active");
        await (await person.Client.GetAsync("/v1/me")).Data();
        (await CountsAsync(tenant, workspace)).Should().Be((2, 2));
        (await CountsAsync(other, elsewhere)).Should().Be((2, 2));
    }

    [Fact]
    public async Task Coming_back_takes_a_seat_like_anyone_else()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(seatLimit: 2);
        var person = await tenant.NewMemberOfAsync(workspace.Id);
        await service.Do(new UpdateUser.Command(
            await tenant.OwnerAsync(), person.Id, new() { Status = "deactivated" }));
        var successor = await tenant.NewMemberOfAsync(workspace.Id);

        var refused = await service.Refused(new UpdateUser.Command(
            ServiceFixture.RootCaller, person.Id, new() { Status = "active", Name = "Back" }));

        refused.Code.Should().Be("seat_limit_reached");
        refused.Details["seat_limit"].Should().Be(2L);
        (await service.Do(new GetUser.Query(ServiceFixture.RootCaller, person.Id))).Value.Name
            .Should().NotBe("Back", "nothing of a refused change stays");
        (await CountsAsync(tenant, workspace)).Should().Be((2, 2));
        await service.Do(new RemoveMember.Command(await tenant.OwnerAsync(), workspace.Id, successor.Id));
        await service.Do(new UpdateUser.Command(await tenant.OwnerAsync(), person.Id, new() { Status = "active" }));
        (await CountsAsync(tenant, workspace)).Should().Be((3, 2));
    }

    [Fact]
    public async Task Coming_back_takes_a_place_of_the_plan_for_everyone_but_root()
    {
        var tenant = await service.NewTenantAsync(new PlanLimits(null, 2, null));
        var person = await tenant.NewMemberAsync();
        await service.Do(new UpdateUser.Command(
            await tenant.OwnerAsync(), person.Id, new() { Status = "deactivated" }));
        await tenant.NewMemberAsync();

        (await service.Refused(new UpdateUser.Command(
            await tenant.OwnerAsync(), person.Id, new() { Status = "active" })))
            .Code.Should().Be("plan_limit_exceeded");
        await service.Do(new UpdateUser.Command(ServiceFixture.RootCaller, person.Id, new() { Status = "active" }));
        (await service.Do(new GetOrganization.Query(ServiceFixture.RootCaller, tenant.Id))).Value.MemberCount
            .Should().Be(3);
    }

    [Fact]
    public async Task Who_comes_back_belongs_to_the_default_workspaces_that_were_opened_meanwhile()
    {
        var tenant = await service.NewTenantAsync();
        var person = await tenant.NewMemberAsync();
        await service.Do(new UpdateUser.Command(
            ServiceFixture.RootCaller, person.Id, new() { Status = "deactivated" }));
        var workspace = await tenant.NewWorkspaceAsync(type: "default");
        var full = await tenant.NewWorkspaceAsync(type: "default", seatLimit: 1);
        (await CountsAsync(tenant, workspace)).Should().Be((1, 1));

        await service.Do(new UpdateUser.Command(ServiceFixture.RootCaller, person.Id, new() { Status = "active" }));

        (await CountsAsync(tenant, workspace)).Should().Be((2, 2));
        (await CountsAsync(tenant, full)).Should().Be((2, 1), "nobody is refused anything for a full one");
    }

    [Fact]
    public async Task The_last_admin_of_a_workspace_stays_active()
    {
        var tenant = await service.NewTenantAsync();
        var admin = await tenant.NewMemberAsync(Roles.Admin);
        var workspace = (await service.Do(new CreateWorkspace.Command(await admin.CallerAsync(), tenant.Id, "Alone")))
            .Value;
        var second = await tenant.NewMemberOfAsync(workspace.Id, Roles.Admin);

        await service.Do(new UpdateUser.Command(
            await tenant.OwnerAsync(), second.Id, new() { Status = "deactivated" }));

        (await service.Refused(new UpdateUser.Command(
            await tenant.OwnerAsync(), admin.Id, new() { Status = "deactivated" }))).Code.Should().Be("last_admin");
        (await service.Refused(new UpdateUser.Command(
            ServiceFixture.RootCaller, admin.Id, new() { Status = "deactivated" }))).Code.Should().Be("last_admin");
        await service.Do(new UpdateUser.Command(await tenant.OwnerAsync(), second.Id, new() { Status = "active" }));
        await service.Do(new UpdateUser.Command(await tenant.OwnerAsync(), admin.Id, new() { Status = "deactivated" }));
    }

    [Fact]
    public async Task Sixteen_admins_deactivated_at_once_leave_one()
    {
        var tenant = await service.NewTenantAsync();
        var first = await tenant.NewMemberAsync(Roles.Admin);
        var workspace = (await service.Do(new CreateWorkspace.Command(await first.CallerAsync(), tenant.Id, "Shared")))
            .Value;
        var admins = new List<Person> { first };
        for (var i = 0; i < 15; i++)
        {
            admins.Add(await tenant.NewMemberOfAsync(workspace.Id, Roles.Admin));
        }

        var codes = await service.Race(admins.Select(
            a => new UpdateUser.Command(ServiceFixture.RootCaller, a.Id, new() { Status = "deactivated" })));

        codes.Count(code => code is null).Should().Be(15);
        codes.Count(code => code == "last_admin").Should().Be(1);
        (await CountsAsync(tenant, workspace)).Should().Be((2, 1));
    }

    [Fact]
    public async Task Sixteen_reactivations_for_the_last_seats_give_as_many_winners()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var people = new List<Person>();
        for (var i = 0; i < 16; i++)
        {
            var person = await tenant.NewMemberOfAsync(workspace.Id);
            await service.Do(new UpdateUser.Command(
                ServiceFixture.RootCaller, person.Id, new() { Status = "deactivated" }));
            people.Add(person);
        }

        await service.ArrangeAsync("UPDATE workspaces SET seat_limit = 4 WHERE code = @Id", new { workspace.Id });
        var owner = await tenant.OwnerAsync();
        var codes = await service.Race(
            people.Select(p => new UpdateUser.Command(owner, p.Id, new() { Status = "active" })));

        codes.Count(code => code is null).Should().Be(3);
        codes.Count(code => code == "seat_limit_reached").Should().Be(13);
        (await CountsAsync(tenant, workspace)).Should().Be((4, 4));
    }

    [Fact]
    public async Task A_change_is_one_event_and_no_change_is_none()
    {
        var tenant = await service.NewTenantAsync();
        var person = await tenant.NewMemberAsync();
        var owner = await tenant.OwnerAsync();
        var before = await service.Do(new GetUser.Query(owner, person.Id));

        var renamed = await service.Do(new UpdateUser.Command(
            owner, person.Id, new() { Name = "Renamed", Email = person.Email }));
        var same = await service.Do(new UpdateUser.Command(
            owner, person.Id, new() { Name = " Renamed", Status = "active" }));
        await service.Do(new UpdateUser.Command(owner, person.Id, new() { Status = "deactivated", Name = "Gone" }));
        await service.Do(new UpdateUser.Command(owner, person.Id, new() { Status = "deactivated" }));
        await service.Do(new UpdateUser.Command(owner, person.Id, new() { Status = "active" }));

        renamed.Version.Should().Be(before.Version + 1);
        same.Should().Be(renamed);
        (await service.EventsAsync(organization: tenant.Id))
            .Where(e => e.Subject.Id == person.Id && e.Type.StartsWith("user.", StringComparison.Ordinal))
            .Select(e => (e.Type, e.Changes.Text)).Should().Equal(
                ("user.updated", $$"""{"name":["{{before.Value.Name}}","Renamed"]}"""),
                ("user.deactivated", """{"name":["Renamed","Gone"],"status":["active","deactivated"]}"""),
                ("user.updated", """{"status":["deactivated","active"]}"""));
    }

    [Fact]
    public async Task A_stale_edit_is_refused()
    {
        var tenant = await service.NewTenantAsync();
        var person = await tenant.NewMemberAsync();
        var path = $"/v1/users/{person.Id}";
        var tag = (await tenant.Client.GetAsync(path)).Headers.ETag!.ToString();
        await (await tenant.Client.PatchJson(path, new { name = "One" }, ("If-Match", tag))).Data();

        await (await tenant.Client.PatchJson(path, new { name = "Two" }, ("If-Match", tag)))
            .ShouldBeProblem(HttpStatusCode.PreconditionFailed, "precondition_failed");
    }

    [Fact]
    public async Task In_a_suspended_organization_only_root_changes_people()
    {
        var tenant = await service.NewTenantAsync();
        var person = await tenant.NewMemberAsync();
        await service.Do(new UpdateOrganization.Command(
            ServiceFixture.RootCaller, tenant.Id, new() { Status = "suspended" }));

        (await RefusedAsync(await tenant.OwnerAsync(), person.Id)).Should().Be("organization_suspended");
        await service.Do(new UpdateUser.Command(ServiceFixture.RootCaller, person.Id, new() { Name = "Root may" }));
    }

    [Fact]
    public async Task What_is_wrong_is_said_with_a_pointer_each()
    {
        var tenant = await service.NewTenantAsync();

        var problem = await (await tenant.Client.PatchJson(
            $"/v1/users/{tenant.Owner.Id}",
            """{"name": " ", "email": null, "avatar_url": "javascript:alert(1)", "status": null}"""))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");

        problem.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("pointer").GetString())
            .Should().BeEquivalentTo("/name", "/email", "/avatar_url", "/status");
    }

    [Fact]
    public async Task To_those_who_may_not_see_it_it_is_not_there_whatever_the_body()
    {
        var tenant = await service.NewTenantAsync();
        var member = await tenant.NewMemberAsync();
        var person = await tenant.NewMemberAsync();

        foreach (var body in new[] { """{"name": "x"}""", """{"name": null}""", """{"id": "x"}""", "[" })
        {
            await (await member.Client.PatchJson($"/v1/users/{person.Id}", body))
                .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
            await (await service.Root.PatchJson("/v1/users/USR-26-999999", body))
                .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        }
    }

    private static UpdateUser.Body[] EveryChange() =>
    [
        new() { Name = "Refused" },
        new() { Email = "refused@example.com" },
        new() { Status = "deactivated" },
        new() { AvatarUrl = "https://example.com/refused.png" },
    ];

    private async Task<string> RefusedAsync(Caller caller, string user) =>
        (await service.Refused(new UpdateUser.Command(caller, user, new() { Name = "Refused" }))).Code;

    private async Task<(long OfOrganization, long OfWorkspace)> CountsAsync(Tenant tenant, WorkspaceObject workspace) =>
        (
            (await service.Do(new GetOrganization.Query(ServiceFixture.RootCaller, tenant.Id))).Value.MemberCount,
            (await service.Do(new GetWorkspace.Query(ServiceFixture.RootCaller, workspace.Id))).Value.MemberCount);
}
