using System.Net;
using WorkspaceService.Features.Events;
using WorkspaceService.Features.Organizations;
using WorkspaceService.Features.Workspaces;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.ApiKeys;

[Collection("Clock")]
public sealed class CreateApiKeyTests(ServiceFixture service)
{
    [Fact]
    public async Task The_key_is_in_the_answer_and_nowhere_else()
    {
        var tenant = await service.NewTenantAsync();

        var response = await tenant.Client.PostJson(
            "/v1/api-keys", new { name = " Importer ", type = "secret", organization_id = tenant.Id });

        var made = await response.Data(HttpStatusCode.Created);
        var id = made.GetProperty("id").GetString()!;
        id.Should().MatchRegex(@"^key_\d\d_\d{5}$");
        response.Headers.Location!.ToString().Should().Be($"/v1/api-keys/{id}");
        made.EnumerateObject().Select(m => m.Name).Should().Equal(
            "id", "name", "type", "prefix", "organization_id", "workspace_id", "user_id", "permissions", "expires_at",
            "created_at", "last_used_at", "key");
        made.GetProperty("name").GetString().Should().Be("Importer");
        made.GetProperty("organization_id").GetString().Should().Be(tenant.Id);
        var key = made.GetProperty("key").GetString()!;
        key.Should().MatchRegex("^secret_key_[0-9A-Za-z]{49}$").And.StartWith(made.GetProperty("prefix").GetString());
        ApiKeyFormat.IsWellFormed(key).Should().BeTrue();

        var shown = await (await tenant.Client.GetAsync(response.Headers.Location)).Content.ReadAsStringAsync();
        shown.Should().Contain(id).And.NotContain("\"key\"").And.NotContain(key);
        (await StoredTextAsync()).Should().Contain(SecretText.Hash(key)).And.NotContain(key);
    }

    [Fact]
    public async Task It_opens_at_once_what_it_is_for()
    {
        var tenant = await service.NewTenantAsync();
        var key = await IssueAsync(await tenant.OwnerAsync(), "secret", tenant.Id);

        (await (await service.Client(key.Key).GetAsync("/v1/me")).Data()).GetProperty("kind").GetString()
            .Should().Be("secret");
    }

    [Theory]
    [InlineData(Roles.Admin, null)]
    [InlineData(Roles.Member, "forbidden")]
    [InlineData(Roles.Viewer, "forbidden")]
    [InlineData(Roles.Billing, "forbidden")]
    [InlineData(Roles.Guest, "forbidden")]
    public async Task Owner_and_admins_issue_service_keys(string role, string? code)
    {
        var tenant = await service.NewTenantAsync();
        var caller = await (await tenant.NewMemberAsync(role)).CallerAsync();

        foreach (var type in (string[])["secret", "publishable"])
        {
            await IssueAsync(await tenant.OwnerAsync(), type, tenant.Id);
            (await CodeAsync(new(caller, "Key", type, tenant.Id))).Should().Be(code);
        }
    }

    [Fact]
    public async Task An_admin_of_a_workspace_alone_issues_no_service_keys_for_it()
    {
        var tenant = await service.NewTenantAsync(ceiling: false);
        var workspace = await tenant.NewWorkspaceAsync();
        var admin = await tenant.NewMemberOfAsync(workspace.Id, Roles.Admin, organizationRole: Roles.Member);

        (await CodeAsync(new(await admin.CallerAsync(), "Key", "secret", WorkspaceId: workspace.Id)))
            .Should().Be("forbidden");
        (await CodeAsync(new(await tenant.OwnerAsync(), "Key", "secret", WorkspaceId: workspace.Id))).Should().BeNull();
    }

    [Fact]
    public async Task A_service_key_for_a_workspace_belongs_to_its_organization()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        var key = await IssueAsync(await tenant.OwnerAsync(), "secret", workspace: workspace.Id);

        (key.OrganizationId, key.WorkspaceId, key.UserId).Should().Be((tenant.Id, workspace.Id, null));
    }

    [Fact]
    public async Task A_service_key_has_to_name_what_it_reaches()
    {
        var tenant = await service.NewTenantAsync();

        foreach (var caller in new[] { await tenant.OwnerAsync(), ServiceFixture.RootCaller })
        {
            var refused = await service.Refused(new CreateApiKey.Command(caller, "Key", "secret"));

            refused.Errors.Single().Pointer.Should().Be("/organization_id");
        }
    }

    [Theory]
    [InlineData("secret")]
    [InlineData("publishable")]
    public async Task A_service_key_issues_no_keys(string type)
    {
        var tenant = await service.NewTenantAsync();
        var caller = await service.CallerAsync(await tenant.ServiceKeyAsync(type));

        (await CodeAsync(new(caller, "Key", "publishable", tenant.Id))).Should().Be("forbidden");
        (await CodeAsync(new(caller, "Key", "user", UserId: tenant.Owner.Id))).Should().Be("forbidden");
    }

    [Fact]
    public async Task Everybody_issues_keys_for_itself()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var guest = await tenant.NewMemberOfAsync(workspace.Id, Roles.Guest);
        var caller = await guest.CallerAsync();

        var wide = await IssueAsync(caller, "user");
        var narrow = await IssueAsync(caller, "user", tenant.Id);
        var narrower = await IssueAsync(caller, "user", workspace: workspace.Id);

        (wide.OrganizationId, wide.WorkspaceId, wide.UserId).Should().Be((null, null, guest.Id));
        (narrow.OrganizationId, narrow.WorkspaceId, narrow.UserId).Should().Be((tenant.Id, null, guest.Id));
        (narrower.OrganizationId, narrower.WorkspaceId, narrower.UserId)
            .Should().Be((tenant.Id, workspace.Id, guest.Id));
        new[] { wide, narrow, narrower }
            .Should().OnlyContain(k => k.Permissions == null && k.Key!.StartsWith("user_key_"));
        (await IssueAsync(caller, "user", user: guest.Id)).UserId.Should().Be(guest.Id);
    }

    [Fact]
    public async Task An_admin_issues_a_key_for_a_member_that_reaches_the_organization_alone()
    {
        var tenant = await service.NewTenantAsync();
        var admin = await (await tenant.NewMemberAsync(Roles.Admin)).CallerAsync();
        var member = await tenant.NewMemberAsync();
        var peer = await tenant.NewMemberAsync(Roles.Admin);

        var key = await IssueAsync(admin, "user", user: member.Id);

        (key.UserId, key.OrganizationId, key.WorkspaceId).Should().Be((member.Id, tenant.Id, null));
        (await IssueAsync(admin, "user", user: peer.Id)).UserId.Should().Be(peer.Id);
    }

    [Fact]
    public async Task A_key_for_a_member_may_be_narrowed_further()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var member = await tenant.NewMemberOfAsync(workspace.Id);

        var key = await IssueAsync(await tenant.OwnerAsync(), "user", workspace: workspace.Id, user: member.Id);

        (key.UserId, key.OrganizationId, key.WorkspaceId).Should().Be((member.Id, tenant.Id, workspace.Id));
    }

    [Fact]
    public async Task Nobody_gets_a_key_of_the_owner_but_the_owner_and_root()
    {
        var tenant = await service.NewTenantAsync();
        var admin = await (await tenant.NewMemberAsync(Roles.Admin)).CallerAsync();

        (await CodeAsync(new(admin, "Key", "user", UserId: tenant.Owner.Id))).Should().Be("role_exceeds_own_role");
        (await CodeAsync(new(admin, "Key", "user", tenant.Id, UserId: tenant.Owner.Id)))
            .Should().Be("role_exceeds_own_role");
        (await CodeAsync(new(await tenant.OwnerAsync(), "Key", "user", UserId: tenant.Owner.Id))).Should().BeNull();
        (await CodeAsync(new(ServiceFixture.RootCaller, "Key", "user", UserId: tenant.Owner.Id))).Should().BeNull();
    }

    [Fact]
    public async Task Only_admins_issue_keys_for_others()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "closed");
        var member = await (await tenant.NewMemberAsync()).CallerAsync();
        var other = await tenant.NewMemberAsync(Roles.Guest);

        (await CodeAsync(new(member, "Key", "user", UserId: other.Id))).Should().Be("forbidden");
        (await CodeAsync(new(member, "Key", "user", tenant.Id, UserId: other.Id))).Should().Be("forbidden");
        (await CodeAsync(new(member, "Key", "user", WorkspaceId: workspace.Id, UserId: other.Id)))
            .Should().Be("forbidden");
    }

    [Fact]
    public async Task Where_two_organizations_are_shared_one_has_to_be_named()
    {
        var (one, two) = (await service.NewTenantAsync(), await service.NewTenantAsync());
        await service.Do(new AddOrganizationMember.Command(
            ServiceFixture.RootCaller, two.Id, one.Owner.Id, Role: Roles.Admin));
        var member = await one.NewMemberAsync();
        await service.Do(new AddOrganizationMember.Command(ServiceFixture.RootCaller, two.Id, member.Id));

        var refused = await service.Refused(new CreateApiKey.Command(
            await one.OwnerAsync(), "Key", "user", UserId: member.Id));

        refused.Errors.Single().Pointer.Should().Be("/organization_id");
        (await IssueAsync(await one.OwnerAsync(), "user", two.Id, user: member.Id)).OrganizationId.Should().Be(two.Id);
    }

    [Fact]
    public async Task A_user_who_is_not_an_active_organization_member_gets_none_existing_elsewhere_or_not()
    {
        var tenant = await service.NewTenantAsync();
        var elsewhere = (await service.NewTenantAsync()).Owner.Id;
        var gone = await tenant.NewMemberAsync();
        await service.DeactivateAsync(gone.Id);

        foreach (var user in (string[])[elsewhere, gone.Id, "USR-26-999999", "nobody"])
        {
            (await CodeAsync(new(await tenant.OwnerAsync(), "Key", "user", UserId: user)))
                .Should().Be("not_organization_member", user);
            (await CodeAsync(new(await tenant.OwnerAsync(), "Key", "user", tenant.Id, UserId: user)))
                .Should().Be("not_organization_member", user);
            (await CodeAsync(new(ServiceFixture.RootCaller, "Key", "user", tenant.Id, UserId: user)))
                .Should().Be("not_organization_member", user);
        }
    }

    [Fact]
    public async Task Root_issues_keys_for_every_active_user()
    {
        var tenant = await service.NewTenantAsync();
        var stranger = await service.NewUserAsync();
        var gone = await service.NewUserAsync();
        await service.DeactivateAsync(gone.Id);

        (await IssueAsync(ServiceFixture.RootCaller, "user", user: stranger.Id)).OrganizationId.Should().BeNull();
        (await IssueAsync(ServiceFixture.RootCaller, "user", tenant.Id, user: tenant.Owner.Id)).OrganizationId
            .Should().Be(tenant.Id);
        (await IssueAsync(ServiceFixture.RootCaller, "secret", tenant.Id)).UserId.Should().BeNull();
        foreach (var (user, problem) in ((string?, string)[])
        [
            (null, "required"), (gone.Id, "not_found"), ("USR-26-999999", "not_found"), ("x", "not_found")
        ])
        {
            var refused = await service.Refused(new CreateApiKey.Command(
                ServiceFixture.RootCaller, "Key", "user", UserId: user));
            (refused.Errors.Single().Pointer, refused.Errors.Single().Code).Should().Be(("/user_id", problem), user);
        }
    }

    [Fact]
    public async Task What_the_caller_does_not_see_is_not_found()
    {
        var tenant = await service.NewTenantAsync();
        var hidden = await tenant.NewWorkspaceAsync(type: "private");
        var member = await (await tenant.NewMemberAsync()).CallerAsync();
        var other = await service.NewTenantAsync();
        var owner = await other.OwnerAsync();

        foreach (var type in (string[])["user", "secret"])
        {
            (await CodeAsync(new(owner, "Key", type, tenant.Id))).Should().Be("not_found");
            (await CodeAsync(new(owner, "Key", type, WorkspaceId: hidden.Id))).Should().Be("not_found");
            (await CodeAsync(new(owner, "Key", type, "ORG-26-999999"))).Should().Be("not_found");
            (await CodeAsync(new(owner, "Key", type, WorkspaceId: "no code"))).Should().Be("not_found");
            (await CodeAsync(new(member, "Key", type, WorkspaceId: hidden.Id))).Should().Be("not_found");
        }
    }

    [Fact]
    public async Task The_workspace_has_to_be_of_the_organization()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var other = await service.NewTenantAsync();

        var refused = await service.Refused(new CreateApiKey.Command(
            ServiceFixture.RootCaller, "Key", "secret", other.Id, workspace.Id));

        refused.Errors.Single().Pointer.Should().Be("/workspace_id");
    }

    [Fact]
    public async Task A_narrowed_key_issues_keys_that_are_narrowed_as_much()
    {
        var tenant = await service.NewTenantAsync();
        var (mine, other) = (await tenant.NewWorkspaceAsync(), await tenant.NewWorkspaceAsync());
        var elsewhere = await service.NewTenantAsync();
        await service.Do(new AddOrganizationMember.Command(
            ServiceFixture.RootCaller, elsewhere.Id, tenant.Owner.Id, Role: Roles.Admin));
        var inOrganization = await service.CallerAsync(
            (await IssueAsync(await tenant.OwnerAsync(), "user", tenant.Id)).Key!);
        var inWorkspace = await service.CallerAsync(
            (await IssueAsync(await tenant.OwnerAsync(), "user", workspace: mine.Id)).Key!);
        var member = await tenant.NewMemberAsync();

        (await IssueAsync(inOrganization, "user")).OrganizationId.Should().Be(tenant.Id);
        (await IssueAsync(inOrganization, "user", user: member.Id)).OrganizationId.Should().Be(tenant.Id);
        (await IssueAsync(inOrganization, "secret")).OrganizationId.Should().Be(tenant.Id);
        (await CodeAsync(new(inOrganization, "Key", "user", elsewhere.Id))).Should().Be("not_found");
        (await CodeAsync(new(inOrganization, "Key", "secret", elsewhere.Id))).Should().Be("not_found");
        (await IssueAsync(inWorkspace, "user")).WorkspaceId.Should().Be(mine.Id);
        (await IssueAsync(inWorkspace, "secret")).WorkspaceId.Should().Be(mine.Id);
        (await IssueAsync(inWorkspace, "secret", tenant.Id)).WorkspaceId.Should().Be(mine.Id);
        (await IssueAsync(inWorkspace, "user", user: member.Id)).WorkspaceId.Should().Be(mine.Id);
        (await CodeAsync(new(inWorkspace, "Key", "user", WorkspaceId: other.Id))).Should().Be("not_found");
        (await CodeAsync(new(inWorkspace, "Key", "secret", WorkspaceId: other.Id))).Should().Be("not_found");
    }

    [Fact]
    public async Task A_key_that_expires_issues_none_that_lives_longer()
    {
        var tenant = await service.NewTenantAsync();
        var end = service.Clock.Now.AddDays(2);
        var caller = await service.CallerAsync(
            (await IssueAsync(await tenant.OwnerAsync(), "user", expiresAt: end)).Key!);

        foreach (var type in (string[])["user", "secret"])
        {
            (await CodeAsync(new(caller, "Key", type, tenant.Id, ExpiresAt: end.AddSeconds(1))))
                .Should().Be("forbidden");
            (await IssueAsync(caller, type, tenant.Id, expiresAt: end.AddSeconds(-1))).ExpiresAt.Should().BeBefore(end);
            (await IssueAsync(caller, type, tenant.Id)).ExpiresAt.Should().BeCloseTo(end, TimeSpan.FromMilliseconds(1));
        }
    }

    [Fact]
    public async Task A_key_expires_to_the_moment()
    {
        var tenant = await service.NewTenantAsync();
        var key = await IssueAsync(
            await tenant.OwnerAsync(), "secret", tenant.Id, expiresAt: service.Clock.Now.AddHours(1));
        using var client = service.Client(key.Key);
        (await client.GetAsync("/v1/me")).StatusCode.Should().Be(HttpStatusCode.OK);

        service.Clock.Advance(TimeSpan.FromMinutes(59));
        (await client.GetAsync("/v1/me")).StatusCode.Should().Be(HttpStatusCode.OK);

        service.Clock.Advance(TimeSpan.FromMinutes(1));
        await (await client.GetAsync("/v1/me")).ShouldBeProblem(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task A_service_key_without_permissions_named_has_all_that_its_type_may_have()
    {
        var tenant = await service.NewTenantAsync();

        (await IssueAsync(await tenant.OwnerAsync(), "secret", tenant.Id)).Permissions.Should().Equal(Permissions.All);
        (await IssueAsync(await tenant.OwnerAsync(), "publishable", tenant.Id)).Permissions.Should().Equal("read");
        (await IssueAsync(await tenant.OwnerAsync(), "secret", tenant.Id, permissions: ["write", "read", "write"]))
            .Permissions.Should().Equal("write", "read");
    }

    [Theory]
    [InlineData("""{"name":"K","type":"root"}""", "/type")]
    [InlineData("""{"name":"K","type":"Secret"}""", "/type")]
    [InlineData("""{"name":"K"}""", "/type")]
    [InlineData("""{"type":"user"}""", "/name")]
    [InlineData("""{"name":" ","type":"user"}""", "/name")]
    [InlineData("""{"name":"K","type":"user","permissions":["read"]}""", "/permissions")]
    [InlineData("""{"name":"K","type":"user","permissions":[]}""", "/permissions")]
    [InlineData(
        """{"name":"K","type":"secret","organization_id":"$","permissions":["read","rule"]}""", "/permissions/1")]
    [InlineData("""{"name":"K","type":"secret","organization_id":"$","permissions":[null]}""", "/permissions/0")]
    [InlineData("""{"name":"K","type":"secret","organization_id":"$","permissions":[]}""", "/permissions")]
    [InlineData("""{"name":"K","type":"secret","organization_id":"$","permissions":"read"}""", "/permissions")]
    [InlineData(
        """{"name":"K","type":"publishable","organization_id":"$","permissions":["read","write"]}""", "/permissions/1")]
    [InlineData(
        """{"name":"K","type":"publishable","organization_id":"$","permissions":["audit:read"]}""", "/permissions/0")]
    [InlineData("""{"name":"K","type":"secret","organization_id":"$","user_id":"USR-26-000001"}""", "/user_id")]
    [InlineData("""{"name":"K","type":"user","expires_at":"2001-01-01T00:00:00Z"}""", "/expires_at")]
    [InlineData("""{"name":"K","type":"user","expires_at":"tomorrow"}""", "/expires_at")]
    [InlineData("""{"name":"K","type":"user","key":"user_key_mine"}""", "/key")]
    public async Task What_is_wrong_is_said_with_a_pointer(string body, string pointer)
    {
        var tenant = await service.NewTenantAsync();

        var response = await tenant.Client.PostJson(
            "/v1/api-keys", body.Replace("$", tenant.Id, StringComparison.Ordinal));

        var problem = await response.ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");
        problem.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("pointer").GetString())
            .Should().Equal(pointer);
    }

    [Fact]
    public async Task In_an_organization_that_is_not_active_only_root_issues_keys()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var member = await tenant.NewMemberAsync();
        var owner = await tenant.OwnerAsync();
        await service.ArrangeAsync("UPDATE organizations SET status = 'suspended' WHERE code = @Id", new { tenant.Id });

        (await CodeAsync(new(owner, "Key", "secret", tenant.Id))).Should().Be("organization_suspended");
        (await CodeAsync(new(owner, "Key", "secret", WorkspaceId: workspace.Id))).Should().Be("organization_suspended");
        (await CodeAsync(new(owner, "Key", "user", UserId: member.Id))).Should().Be("organization_suspended");
        (await CodeAsync(new(owner, "Key", "user", tenant.Id))).Should().Be("organization_suspended");
        (await CodeAsync(new(owner, "Key", "user")))
            .Should().BeNull("a key for itself alone is not the organization's");
        (await CodeAsync(new(ServiceFixture.RootCaller, "Key", "secret", tenant.Id))).Should().BeNull();
    }

    [Fact]
    public async Task The_event_tells_what_was_issued_and_not_the_key()
    {
        var tenant = await service.NewTenantAsync();
        var key = await IssueAsync(await tenant.OwnerAsync(), "secret", tenant.Id, permissions: ["read"]);

        var issued = (await service.Do(new ListEvents.Query(
            await tenant.OwnerAsync(), tenant.Id, Type: "api_key.created"))).Items.Single();

        (issued.Subject, issued.Actor).Should()
            .Be((new Reference("api_key", key.Id), new Reference("user", tenant.Owner.Id)));
        issued.Changes.Text.Should()
            .Be("""{"name":[null,"Key"],"type":[null,"secret"],"permissions":[null,["read"]]}""");
    }

    [Fact]
    public async Task What_a_service_key_makes_is_its_issuers_and_then_the_owners()
    {
        var tenant = await service.NewTenantAsync();
        var admin = await tenant.NewMemberAsync(Roles.Admin);
        var key = await service.CallerAsync((await IssueAsync(await admin.CallerAsync(), "secret", tenant.Id)).Key!);
        async Task<string> AdminOfNewWorkspaceAsync()
        {
            var made = await service.Do(new CreateWorkspace.Command(key, tenant.Id, "Made"));
            return (await service.Do(new Members.ListMembers.Query(key, made.Value.Id))).Items.Single().UserId;
        }

        (await AdminOfNewWorkspaceAsync()).Should().Be(admin.Id);
        await service.ArrangeAsync(
            "UPDATE organization_members SET role = 'member' WHERE user_id = (SELECT id FROM users WHERE code = @Id)",
            new { admin.Id });
        (await AdminOfNewWorkspaceAsync()).Should().Be(tenant.Owner.Id);
    }

    [Fact]
    public async Task A_mistyped_key_is_refused_without_a_look_at_the_database()
    {
        var tenant = await service.NewTenantAsync();
        var key = tenant.OwnerKey;
        var callers = (ApiKeyAuthenticator)service.Services.GetService(typeof(ApiKeyAuthenticator))!;

        for (var i = "user_key_".Length; i < key.Length; i++)
        {
            var mistyped = $"{key[..i]}{(key[i] == 'x' ? 'y' : 'x')}{key[(i + 1)..]}";
            using var count = Infrastructure.Database.StatementCounter.Begin();

            (await callers.FindAsync(mistyped)).Match(_ => "found", fault => fault.Code).Should().Be("unauthenticated");
            count.Statements.Should().Be(0, mistyped);
        }
    }

    [Fact]
    public async Task A_narrowed_key_sees_its_workspace_alone()
    {
        var tenant = await service.NewTenantAsync();
        var (mine, other) = (await tenant.NewWorkspaceAsync(), await tenant.NewWorkspaceAsync());

        foreach (var type in (string[])["user", "secret", "publishable"])
        {
            using var client = service.Client(
                (await IssueAsync(await tenant.OwnerAsync(), type, workspace: mine.Id)).Key);

            (await client.GetAsync($"/v1/workspaces/{mine.Id}")).StatusCode.Should().Be(HttpStatusCode.OK, type);
            await (await client.GetAsync($"/v1/workspaces/{other.Id}"))
                .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
            await (await client.GetAsync($"/v1/workspaces/{other.Id}/members"))
                .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
            await (await client.PostJson("/v1/workspaces", new { organization_id = tenant.Id, name = "More" }))
                .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        }
    }

    private async Task<ApiKeyObject> IssueAsync(
        Caller caller,
        string type,
        string? organization = null,
        string? workspace = null,
        string? user = null,
        string[]? permissions = null,
        DateTimeOffset? expiresAt = null) =>
        (await service.Do(new CreateApiKey.Command(
            caller, "Key", type, organization, workspace, user, permissions, expiresAt))).Value;

    private async Task<string?> CodeAsync(CreateApiKey.Command command) =>
        (await service.Send(command)).Match(_ => (string?)null, fault => fault.Code);

    private async Task<string> StoredTextAsync()
    {
        await using var session = service.Db.Open();
        var rows = await session.ListAsync<string>(
            """
            SELECT code || name || hint || COALESCE(permissions, '') FROM api_keys
            UNION ALL SELECT hash FROM api_key_secrets
            UNION ALL SELECT subject_id || changes FROM events
            UNION ALL SELECT fingerprint || answer FROM idempotency_keys
            """);
        return string.Join('\n', rows);
    }
}
