using System.Net;
using System.Text.Json;
using WorkspaceService.Features.Members;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Invitations;

[Collection("Invitations")]
public sealed class InviteMembersTests(ServiceFixture service)
{
    private static int _addresses;

    [Fact]
    public async Task It_answers_with_the_invitation_and_its_token()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        var response = await tenant.Client.PostJson(
            Url(workspace), new { email = "Ada.L@example.com", role = "member" });

        var invitation = await response.Data(HttpStatusCode.Created);
        var id = invitation.GetProperty("id").GetString();
        id.Should().MatchRegex(@"^INV-\d\d-\d{6}$");
        response.Headers.Location!.ToString().Should().Be($"{Url(workspace)}/{id}");
        response.Headers.ETag.Should().NotBeNull();
        invitation.GetProperty("workspace_id").GetString().Should().Be(workspace.Id);
        invitation.GetProperty("email").GetString().Should().Be("Ada.L@example.com");
        invitation.GetProperty("role").GetString().Should().Be("member");
        invitation.GetProperty("status").GetString().Should().Be("pending");
        invitation.GetProperty("invited_by").GetString().Should().Be(tenant.Owner.Id);
        invitation.GetProperty("token").GetString().Should().MatchRegex("^inv_[0-9A-Za-z]{43}$");
        var lifetime = invitation.GetProperty("expires_at").GetDateTimeOffset()
            - invitation.GetProperty("created_at").GetDateTimeOffset();
        lifetime.Should().Be(TimeSpan.FromDays(7));
    }

    [Fact]
    public async Task A_deactivated_member_of_the_organization_is_not_invited_on_any_surface()
    {
        var (tenant, other) = (await service.NewTenantAsync(), await service.NewTenantAsync());
        var workspace = await tenant.NewWorkspaceAsync(seatLimit: 3);
        var (gone, member) = (await tenant.NewMemberAsync(), await tenant.NewMemberOfAsync(workspace.Id));
        await service.DeactivateAsync(gone.Id);
        await service.DeactivateAsync(member.Id);
        var next = Address();

        foreach (var person in new[] { gone, member })
        {
            await (await tenant.Client.PostJson(
                Url(workspace), new { email = person.Email.ToUpperInvariant(), role = "member" }))
                .ShouldBeProblem(HttpStatusCode.Conflict, "user_deactivated");
        }

        var many = await (await tenant.Client.PostJson(
            Url(workspace),
            new
            {
                invitations = new[]
                {
                    new { email = gone.Email, role = "member" },
                    new { email = next, role = "member" },
                },
            })).Data();
        many.EnumerateArray().Select(r => (r.GetProperty("result").GetString(), r.GetProperty("code").GetString()))
            .Should().Equal(("refused", "user_deactivated"), ("invited", null));
        var v4 = await (await tenant.Client.PostJson("/api/v4/invites", new { user_emails = new[] { gone.Email } }))
            .Json();
        v4.GetProperty("invalid_emails").EnumerateArray().Select(e => e.GetString()).Should().Equal(gone.Email);
        v4.GetProperty("successfully_invited_users").GetArrayLength().Should().Be(0);
        await other.InviteAsync((await other.NewWorkspaceAsync()).Id, gone.Email);
    }

    [Fact]
    public async Task The_token_is_stored_nowhere_but_as_a_hash()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        var invitation = await tenant.InviteAsync(workspace.Id, Address());

        (await service.ReadAsync<string>("SELECT token_hash FROM invitations WHERE code = @Id", new { invitation.Id }))
            .Should().Equal(SecretText.Hash(invitation.Token!));
        var changes = await service.ReadAsync<string>(
            "SELECT changes FROM events WHERE subject_id = @Id", new { invitation.Id });
        changes.Should().ContainSingle().Which
            .Should().NotContain(invitation.Token).And.NotContain(SecretText.Hash(invitation.Token!));
    }

    [Fact]
    public async Task One_invitation_an_address_is_pending_in_a_workspace_without_regard_to_case()
    {
        var tenant = await service.NewTenantAsync();
        var (workspace, other) = (await tenant.NewWorkspaceAsync(), await tenant.NewWorkspaceAsync());
        var address = Address();
        await tenant.InviteAsync(workspace.Id, address);

        var again = await service.Refused(new InviteMembers.Command(
            await tenant.OwnerAsync(), workspace.Id, address.ToUpperInvariant(), Roles.Viewer));

        (again.Kind, again.Code).Should().Be((FaultKind.Conflict, "invitation_pending"));
        (await tenant.InviteAsync(other.Id, address)).Status.Should().Be("pending");
    }

    [Fact]
    public async Task An_expired_invitation_makes_way_for_a_new_one()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(seatLimit: 2);
        var first = await tenant.InviteAsync(
            workspace.Id, "gone@example.com", expiresAt: service.Clock.Now.AddMinutes(2));

        service.Clock.Advance(TimeSpan.FromMinutes(3));
        var second = await tenant.InviteAsync(workspace.Id, "gone@example.com");

        second.Id.Should().NotBe(first.Id);
        (await service.Do(new GetInvitation.Query(await tenant.OwnerAsync(), workspace.Id, first.Id))).Value.Status
            .Should().Be("expired");
    }

    [Fact]
    public async Task A_member_cannot_be_invited_and_one_by_organization_role_can()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var admin = await tenant.NewMemberAsync(Roles.Admin);

        var refused = await service.Refused(new InviteMembers.Command(
            await admin.CallerAsync(), workspace.Id, tenant.Owner.Email, Roles.Member));
        var invited = await tenant.InviteAsync(workspace.Id, admin.Email, Roles.Admin);

        refused.Code.Should().Be("already_member");
        invited.Role.Should().Be("admin");
    }

    [Theory]
    [InlineData(true, null, "admin", "role_exceeds_organization_role")]
    [InlineData(true, null, "member", null)]
    [InlineData(true, null, "viewer", null)]
    [InlineData(true, null, "guest", null)]
    [InlineData(false, null, "admin", null)]
    [InlineData(true, "admin", "admin", null)]
    [InlineData(true, "member", "admin", "role_exceeds_organization_role")]
    [InlineData(true, "member", "member", null)]
    [InlineData(true, "viewer", "member", "role_exceeds_organization_role")]
    [InlineData(true, "billing", "viewer", null)]
    [InlineData(true, "guest", "viewer", "role_exceeds_organization_role")]
    [InlineData(false, "guest", "admin", null)]
    public async Task With_the_ceiling_on_nobody_is_invited_above_its_organization_role(
        bool ceiling, string? organizationRole, string role, string? code)
    {
        var tenant = await service.NewTenantAsync(ceiling: ceiling);
        var workspace = await tenant.NewWorkspaceAsync();
        var address = organizationRole is null ? Address() : (await tenant.NewMemberAsync(organizationRole)).Email;

        var outcome = await service.Send(new InviteMembers.Command(
            await tenant.OwnerAsync(), workspace.Id, address, role));

        outcome.Match(_ => (string?)null, fault => fault.Code).Should().Be(code);
    }

    [Fact]
    public async Task
        A_user_of_another_organization_is_judged_by_the_role_it_would_get_and_not_by_the_one_it_has_there()
    {
        var (tenant, other) = (await service.NewTenantAsync(), await service.NewTenantAsync());
        var workspace = await tenant.NewWorkspaceAsync();

        var refused = await service.Refused(new InviteMembers.Command(
            await tenant.OwnerAsync(), workspace.Id, other.Owner.Email, Roles.Admin));

        refused.Code.Should().Be("role_exceeds_organization_role");
    }

    [Theory]
    [InlineData(Roles.Admin, null, null)]
    [InlineData(Roles.Member, null, "not_found")]
    [InlineData(Roles.Member, Roles.Member, "forbidden")]
    [InlineData(Roles.Member, Roles.Admin, null)]
    [InlineData(Roles.Guest, Roles.Guest, "forbidden")]
    public async Task Admins_invite(string organizationRole, string? workspaceRole, string? code)
    {
        var tenant = await service.NewTenantAsync(ceiling: false);
        var workspace = await tenant.NewWorkspaceAsync();
        var person = workspaceRole is null
            ? await tenant.NewMemberAsync(organizationRole)
            : await tenant.NewMemberOfAsync(workspace.Id, workspaceRole, organizationRole);

        var outcome = await service.Send(new InviteMembers.Command(
            await person.CallerAsync(), workspace.Id, Address(), Roles.Guest));

        outcome.Match(_ => (string?)null, fault => fault.Code).Should().Be(code);
    }

    [Fact]
    public async Task A_service_key_invites_with_members_manage_in_the_name_of_its_issuer()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var able = await service.CallerAsync(await tenant.ServiceKeyAsync("secret", null, Permissions.MembersManage));
        var unable = await service.CallerAsync(await tenant.ServiceKeyAsync(
            "secret", null, Permissions.Read, Permissions.Write));

        (await service.Do(new InviteMembers.Command(able, workspace.Id, Address(), Roles.Member))).Value.InvitedBy
            .Should().Be(tenant.Owner.Id);
        (await service.Refused(new InviteMembers.Command(unable, workspace.Id, Address(), Roles.Member))).Code
            .Should().Be("forbidden");
        (await service.Do(new InviteMembers.Command(ServiceFixture.RootCaller, workspace.Id, Address(), Roles.Member)))
            .Value.InvitedBy
            .Should().Be(tenant.Owner.Id);
    }

    [Fact]
    public async Task It_expires_1_minute_to_30_days_ahead()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var now = service.Clock.Now;

        foreach (var wrong in new[] { now.AddSeconds(50), now.AddMinutes(-1), now.AddDays(30).AddMinutes(1) })
        {
            var fault = await service.Refused(new InviteMembers.Command(
                await tenant.OwnerAsync(), workspace.Id, Address(), Roles.Member, wrong));
            fault.Code.Should().Be("validation_failed");
            fault.Errors.Should().ContainSingle().Which.Pointer.Should().Be("/expires_at");
        }

        foreach (var right in new[] { now.AddSeconds(75), now.AddDays(30) })
        {
            (await tenant.InviteAsync(workspace.Id, Address(), expiresAt: right)).ExpiresAt.Should().Be(right);
        }
    }

    [Fact]
    public async Task A_pending_invitation_holds_a_seat_until_it_expires()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(seatLimit: 2);
        var member = await tenant.NewMemberAsync();
        await tenant.InviteAsync(workspace.Id, Address(), expiresAt: service.Clock.Now.AddMinutes(5));

        var invited = await service.Refused(new InviteMembers.Command(
            await tenant.OwnerAsync(), workspace.Id, Address(), Roles.Member));
        var added = await service.Refused(new AddMember.Command(
            await tenant.OwnerAsync(), workspace.Id, member.Id, Roles.Member));

        (invited.Kind, invited.Code, added.Code)
            .Should().Be((FaultKind.Forbidden, "seat_limit_reached", "seat_limit_reached"));
        (invited.Details["seat_limit"], invited.Details["taken"], invited.Details["pending"]).Should().Be((2L, 2L, 1L));
        service.Clock.Advance(TimeSpan.FromMinutes(6));
        (await service.Do(new AddMember.Command(await tenant.OwnerAsync(), workspace.Id, member.Id, Roles.Member)))
            .Value.Role.Should().Be("member");
    }

    [Fact]
    public async Task Nobody_is_invited_to_an_archived_workspace_or_a_suspended_organization()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var owner = await tenant.OwnerAsync();

        await service.ArrangeAsync("UPDATE workspaces SET status = 'archived' WHERE code = @Id", new { workspace.Id });
        (await service.Refused(new InviteMembers.Command(owner, workspace.Id, Address(), Roles.Member))).Code
            .Should().Be("workspace_archived");

        await service.ArrangeAsync("UPDATE organizations SET status = 'suspended' WHERE code = @Id", new { tenant.Id });
        (await service.Refused(new InviteMembers.Command(owner, workspace.Id, Address(), Roles.Member))).Code
            .Should().Be("organization_suspended");
    }

    [Fact]
    public async Task Many_are_invited_at_once_with_a_result_each_in_order()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(seatLimit: 5);
        await tenant.InviteAsync(workspace.Id, "pending@example.com");

        var response = await tenant.Client.PostJson(Url(workspace), new
        {
            invitations = new object[]
            {
                new { email = "one@example.com", role = "member" },
                new { email = "Pending@Example.com", role = "member" },
                new { email = tenant.Owner.Email, role = "member" },
                new { email = "not an address", role = "member" },
                new { email = "high@example.com", role = "admin" },
                new { email = "king@example.com", role = "king" },
                new { email = "late@example.com", role = "member", expires_at = "2001-01-01T00:00:00Z" },
                new { email = "ONE@example.com", role = "viewer" },
                new { email = "two@example.com", role = "guest" },
                new { email = "three@example.com", role = "viewer" },
                new { email = "four@example.com", role = "viewer" },
                new { email = (string?)null, role = "member" },
            },
        });

        var results = (await response.Data()).EnumerateArray().ToList();
        results.Select(
            r => (r.GetProperty("email").GetString(), r.GetProperty("result").GetString(),
                r.GetProperty("code").GetString()))
            .Should().Equal(
                ("one@example.com", "invited", null),
                ("Pending@Example.com", "already_pending", "invitation_pending"),
                (tenant.Owner.Email, "already_member", "already_member"),
                ("not an address", "refused", "validation_failed"),
                ("high@example.com", "refused", "role_exceeds_organization_role"),
                ("king@example.com", "refused", "validation_failed"),
                ("late@example.com", "refused", "validation_failed"),
                ("ONE@example.com", "already_pending", "invitation_pending"),
                ("two@example.com", "invited", null),
                ("three@example.com", "invited", null),
                ("four@example.com", "refused", "seat_limit_reached"),
                (null, "refused", "validation_failed"));
        foreach (var result in results)
        {
            var invitation = result.GetProperty("invitation");
            (invitation.ValueKind == JsonValueKind.Object)
                .Should().Be(result.GetProperty("result").GetString() == "invited");
            if (invitation.ValueKind == JsonValueKind.Object)
            {
                var token = invitation.GetProperty("token").GetString();
                (await (await service.Client(null).GetAsync($"/v1/invitations/{token}")).Data())
                    .GetProperty("role").GetString()
                    .Should().Be(invitation.GetProperty("role").GetString());
            }
        }
    }

    [Fact]
    public async Task Every_invitation_of_many_has_an_event_of_its_own()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var people = Enumerable.Range(0, 500).Select(_ => new InviteMembers.Invitee(Address(), Roles.Member)).ToList();

        var results = await service.Do(new InviteMembers.BatchCommand(await tenant.OwnerAsync(), workspace.Id, people));

        results.Select(r => r.Email).Should().Equal(people.Select(p => p.Email));
        results.Should().OnlyContain(r => r.Outcome == "invited");
        (await service.ReadAsync<string>(
            "SELECT subject_id FROM events WHERE workspace_code = @Id AND type = 'invitation.created' ORDER BY id",
            new { workspace.Id }))
            .Should().Equal(results.Select(r => r.Invitation!.Id));
    }

    [Theory]
    [InlineData("""{"invitations": []}""", "/invitations")]
    [InlineData("""{"invitations": [null]}""", "/invitations/0")]
    [InlineData(
        """{"invitations": [{"email": "a@example.com", "role": "member"}], "email": "b@example.com"}""", "/email")]
    [InlineData(
        """{"invitations": [{"email": "a@example.com", "role": "member", "name": "A"}]}""", "/invitations/0/name")]
    [InlineData("""{"invitations": [{"email": 5, "role": "member"}]}""", "/invitations/0/email")]
    [InlineData("""{"invitations": "a@example.com"}""", "/invitations")]
    [InlineData("""{"role": "member"}""", "/email")]
    [InlineData("""{"email": "a@example.com"}""", "/role")]
    [InlineData("""{"email": "a@example.com", "role": "owner"}""", "/role")]
    [InlineData("""{"email": "a@example", "role": "member"}""", "/email")]
    [InlineData("""{"email": "a@example.com", "role": "member", "expires_at": "tomorrow"}""", "/expires_at")]
    public async Task What_is_wrong_with_the_request_is_pointed_at(string body, string pointer)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        var response = await tenant.Client.SendJson(HttpMethod.Post, Url(workspace), body);

        var problem = await response.ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");
        problem.GetProperty("errors")[0].GetProperty("pointer").GetString().Should().Be(pointer);
    }

    [Fact]
    public async Task More_than_500_at_once_are_refused()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var people = Enumerable.Range(0, 501).Select(_ => new InviteMembers.Invitee(Address(), Roles.Member)).ToList();

        (await service.Refused(new InviteMembers.BatchCommand(await tenant.OwnerAsync(), workspace.Id, people))).Errors
            .Should().ContainSingle().Which.Pointer.Should().Be("/invitations");
    }

    [Fact]
    public async Task A_retry_with_the_same_key_gets_the_same_token_and_invites_nobody_twice()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var one = new { email = Address(), role = "member" };
        var many = new { invitations = new[] { new { email = Address(), role = "member" } } };

        var first = await (await tenant.Client.PostJson(Url(workspace), one, ("Idempotency-Key", "one")))
            .Data(HttpStatusCode.Created);
        var second = await tenant.Client.PostJson(Url(workspace), one, ("Idempotency-Key", "one"));
        var firstMany = await (await tenant.Client.PostJson(Url(workspace), many, ("Idempotency-Key", "many"))).Data();
        var secondMany = await tenant.Client.PostJson(Url(workspace), many, ("Idempotency-Key", "many"));

        second.Headers.GetValues("Idempotency-Replayed").Should().Equal("true");
        (await second.Data(HttpStatusCode.Created)).GetRawText().Should().Be(first.GetRawText());
        (await secondMany.Data()).GetRawText().Should().Be(firstMany.GetRawText());
        (await service.ReadAsync<string>(
            "SELECT i.code FROM invitations i JOIN workspaces w ON w.id = i.workspace_id WHERE w.code = @Id",
            new { workspace.Id }))
            .Should().HaveCount(2);
    }

    [Fact]
    public async Task
        Of_32_adds_and_invitations_for_the_last_seat_one_wins_and_accepts_of_held_seats_succeed_meanwhile()
    {
        const int held = 8;
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(seatLimit: 1 + held + 1);
        var owner = await tenant.OwnerAsync();
        var invitees = new List<(Caller Caller, string Token)>();
        for (var i = 0; i < held; i++)
        {
            var user = await service.NewUserAsync();
            invitees.Add(
                (await service.CallerAsync(await service.UserKeyAsync(user.Id)),
                    (await tenant.InviteAsync(workspace.Id, user.Email!)).Token!));
        }

        var members = new List<Person>();
        for (var i = 0; i < 16; i++)
        {
            members.Add(await tenant.NewMemberAsync());
        }

        var invites = service.Race(Enumerable.Range(0, 16).Select(
            _ => new InviteMembers.Command(owner, workspace.Id, Address(), Roles.Member)));
        var adds = service.Race(
            members.Select(member => new AddMember.Command(owner, workspace.Id, member.Id, Roles.Member)));
        var accepts = service.Race(
            invitees.Select(invitee => new AcceptInvitation.Command(invitee.Caller, invitee.Token)));
        string?[] claims = [.. await invites, .. await adds];

        (await accepts).Should().OnlyContain(code => code == null);
        claims.Count(code => code == null).Should().Be(1);
        claims.Where(code => code != null).Should().OnlyContain(code => code == "seat_limit_reached");
        var seats = await service.ReadAsync<string>(
            """
            SELECT 'member' FROM members m JOIN workspaces w ON w.id = m.workspace_id WHERE w.code = @Id
            UNION ALL
            SELECT 'pending' FROM invitations i JOIN workspaces w ON w.id = i.workspace_id WHERE w.code = @Id
              AND i.status = 'pending'
            """,
            new { workspace.Id });
        seats.Should().HaveCount(1 + held + 1);
        var counted = await service.ReadAsync<long>(
            "SELECT member_count FROM workspaces WHERE code = @Id", new { workspace.Id });
        counted.Should().Equal(seats.Count(s => s == "member"));
    }

    [Fact]
    public async Task Of_16_invitations_of_one_address_at_once_one_is_made()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var owner = await tenant.OwnerAsync();

        var codes = await service.Race(Enumerable.Range(0, 16)
            .Select(_ => new InviteMembers.Command(owner, workspace.Id, "racer@example.com", Roles.Member)));

        codes.Count(code => code == null).Should().Be(1);
        codes.Where(code => code != null).Should().OnlyContain(code => code == "invitation_pending");
    }

    private static string Url(WorkspaceObject workspace) => $"/v1/workspaces/{workspace.Id}/invitations";

    private static string Address() => $"invitee{Interlocked.Increment(ref _addresses)}@example.com";
}
