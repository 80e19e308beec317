using System.Net;
using WorkspaceService.Features.ApiKeys;
using WorkspaceService.Features.Members;
using WorkspaceService.Features.Users;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Organizations;

[Collection("Organizations")]
public sealed class AddOrganizationMemberTests(ServiceFixture service)
{
    [Fact]
    public async Task A_known_user_is_added_by_id_or_by_address_in_any_case()
    {
        var tenant = await service.NewTenantAsync();
        var byId = await tenant.NewUserAsync();
        var byAddress = await tenant.NewUserAsync(email: $"Mixed.Case.{tenant.Id}@Example.com");

        var response = await tenant.Client.PostJson(
            $"/v1/orgs/{tenant.Id}/members", new { user_id = byId.Id, role = "viewer" });
        var second = await tenant.Client.PostJson(
            $"/v1/orgs/{tenant.Id}/members", new { email = $"mixed.case.{tenant.Id.ToLowerInvariant()}@example.COM" });

        var row = await response.Data(HttpStatusCode.Created);
        response.Headers.Location!.ToString().Should().Be($"/v1/orgs/{tenant.Id}/members/{byId.Id}");
        row.GetProperty("role").GetString().Should().Be("viewer");
        row.GetProperty("source").GetString().Should().Be("organization");
        (await second.Data(HttpStatusCode.Created)).GetProperty("user_id").GetString().Should().Be(byAddress.Id);
        (await second.Data(HttpStatusCode.Created)).GetProperty("role").GetString().Should().Be("member");
        (await service.EventsAsync(organization: tenant.Id, type: "organization.member_added"))
            .Select(e => e.Subject.Id)
            .Should().Equal(byId.Id, byAddress.Id);
    }

    [Fact]
    public async Task Somebody_new_is_made_a_user_with_both_events()
    {
        var tenant = await service.NewTenantAsync();
        var address = $"new.{tenant.Id}@example.com";

        var nameless = await tenant.Client.PostJson($"/v1/orgs/{tenant.Id}/members", new { email = address });
        var added = await (await tenant.Client.PostJson(
            $"/v1/orgs/{tenant.Id}/members", new { email = address, name = "Ada" })).Data(HttpStatusCode.Created);

        (await nameless.ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed"))
            .GetProperty("errors")[0].GetProperty("pointer").GetString().Should().Be("/name");
        added.GetProperty("email").GetString().Should().Be(address);
        (await service.EventsAsync(organization: tenant.Id)).Select(e => e.Type).Should().Equal(
            "organization.created", "user.created", "organization.member_added");
    }

    [Fact]
    public async Task Who_is_there_already_stays_as_it_is()
    {
        var tenant = await service.NewTenantAsync();
        var member = await tenant.NewMemberAsync(Roles.Guest);

        var again = new AddOrganizationMember.Command(
            await tenant.OwnerAsync(), tenant.Id, UserId: member.Id, Role: Roles.Admin);

        (await service.Refused(again)).Code.Should().Be("already_member");
        (await service.Do(new GetOrganizationMember.Query(await tenant.OwnerAsync(), tenant.Id, member.Id))).Value.Role
            .Should().Be(Roles.Guest);
    }

    [Fact]
    public async Task Sixteen_adding_the_same_person_add_it_once()
    {
        var tenant = await service.NewTenantAsync();
        var user = await tenant.NewUserAsync();
        var owner = await tenant.OwnerAsync();

        var codes = await service.Race(
            Enumerable.Range(0, 16).Select(_ => new AddOrganizationMember.Command(owner, tenant.Id, UserId: user.Id)));

        codes.Count(code => code is null).Should().Be(1);
        codes.Where(code => code is not null).Should().HaveCount(15).And.OnlyContain(code => code == "already_member");
        (await service.EventsAsync(organization: tenant.Id, type: "organization.member_added"))
            .Should().ContainSingle();
    }

    [Fact]
    public async Task Sixteen_organizations_adding_one_new_address_make_one_user_and_the_others_have_to_invite()
    {
        var address = $"{Guid.NewGuid():N}@example.com";
        var adds = new List<AddOrganizationMember.Command>();
        for (var i = 0; i < 16; i++)
        {
            var tenant = await service.NewTenantAsync();
            adds.Add(new(await tenant.OwnerAsync(), tenant.Id, Email: address, Name: "Ada"));
        }

        var codes = await service.Race(adds);

        codes.Count(code => code is null).Should().Be(1);
        codes.Where(code => code is not null).Should().OnlyContain(code => code == "invitation_required");
    }

    [Fact]
    public async Task The_plan_binds_everyone_but_root_however_many_try()
    {
        var tenant = await service.NewTenantAsync(new(Workspaces: null, Members: 4, ActiveServiceLines: null));
        var owner = await tenant.OwnerAsync();
        var users = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => tenant.NewUserAsync()));

        var codes = await service.Race(
            users.Select(user => new AddOrganizationMember.Command(owner, tenant.Id, UserId: user.Id)));

        codes.Count(code => code is null).Should().Be(3, "the owner takes the first place");
        codes.Where(code => code is not null).Should().OnlyContain(code => code == "plan_limit_exceeded");
        var late = await tenant.Client.PostJson(
            $"/v1/orgs/{tenant.Id}/members", new { user_id = (await tenant.NewUserAsync()).Id });
        (await late.ShouldBeProblem(HttpStatusCode.Forbidden, "plan_limit_exceeded")).GetProperty("limit").GetString()
            .Should().Be("members");
        await service.Do(new AddOrganizationMember.Command(
            ServiceFixture.RootCaller, tenant.Id, UserId: (await tenant.NewUserAsync()).Id));
    }

    [Fact]
    public async Task Only_owner_admins_root_and_keys_that_manage_members_add_people()
    {
        var tenant = await service.NewTenantAsync();
        foreach (var role in Roles.OfOrganization.Except([Roles.Admin]))
        {
            var member = await tenant.NewMemberAsync(role);
            await (await AddAsync(member.Client)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        }

        var workspace = await tenant.NewWorkspaceAsync();
        await (await AddAsync(service.Client(await tenant.ServiceKeyAsync(permissions: ["read", "write"]))))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        await (await AddAsync(service.Client(await tenant.ServiceKeyAsync(workspace: workspace.Id))))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        await (await AddAsync((await service.NewTenantAsync()).Client))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        foreach (var client in new[]
        {
            (await tenant.NewMemberAsync(Roles.Admin)).Client,
            service.Root,
            service.Client(await tenant.ServiceKeyAsync(permissions: "members:manage")),
        })
        {
            (await AddAsync(client)).StatusCode.Should().Be(HttpStatusCode.Created);
        }

        async Task<HttpResponseMessage> AddAsync(HttpClient client) =>
            await client.PostJson($"/v1/orgs/{tenant.Id}/members", new { user_id = (await tenant.NewUserAsync()).Id });
    }

    [Theory]
    [InlineData("{}", "/user_id")]
    [InlineData("""{"user_id": "USR-26-000001", "email": "a@example.com"}""", "/email")]
    [InlineData("""{"email": "nobody"}""", "/email")]
    [InlineData("""{"email": "a@example.com", "name": ""}""", "/name")]
    [InlineData("""{"user_id": "USR-26-000001", "role": "owner"}""", "/role")]
    [InlineData("""{"user_id": "USR-26-000001", "role": "chief"}""", "/role")]
    public async Task What_is_wrong_is_pointed_at(string body, string pointer)
    {
        var tenant = await service.NewTenantAsync();

        var problem = await (await tenant.Client.SendJson(HttpMethod.Post, $"/v1/orgs/{tenant.Id}/members", body))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");

        problem.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("pointer").GetString())
            .Should().Contain(pointer);
    }

    [Fact]
    public async Task A_user_whom_the_caller_does_not_see_is_unknown_by_id_and_has_to_be_invited_by_address()
    {
        var tenant = await service.NewTenantAsync();
        var other = await service.NewTenantAsync();
        var theirs = await other.NewMemberAsync();
        var alone = await service.NewUserAsync();
        var gone = await other.NewMemberAsync();
        await service.DeactivateAsync(gone.Id);
        var admin = await tenant.NewMemberAsync(Roles.Admin);
        var keys = new[] { tenant.OwnerKey, admin.Key, await tenant.ServiceKeyAsync() };
        var path = $"/v1/orgs/{tenant.Id}/members";

        foreach (var client in keys.Select(service.Client))
        {
            foreach (var user in new[] { theirs.Id, alone.Id, gone.Id, other.Owner.Id, "USR-26-999999", "nobody" })
            {
                var unknown = await (await client.PostJson(path, new { user_id = user }))
                    .ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "unknown_user");
                unknown.GetProperty("errors")[0].GetProperty("pointer").GetString().Should().Be("/user_id");
                unknown.GetProperty("errors").GetArrayLength().Should().Be(1);
            }

            foreach (var email in new[] { theirs.Email, alone.Email!, gone.Email, other.Owner.Email! })
            {
                foreach (var name in new[] { null, "Somebody" })
                {
                    var refused = await (await client.PostJson(path, new { email, name }))
                        .ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "invitation_required");
                    refused.GetRawText().Should().NotContain("USR-", "it says nothing more");
                }
            }
        }

        (await service.EventsAsync(organization: tenant.Id, type: "organization.member_added"))
            .Should().ContainSingle(e => e.Subject.Id == admin.Id);
        await (await service.Root.PostJson(path, new { user_id = "USR-26-999999" }))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "unknown_user");
        await (await service.Root.PostJson(path, new { user_id = theirs.Id })).Data(HttpStatusCode.Created);
        await (await service.Root.PostJson(path, new { email = alone.Email })).Data(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Who_administers_two_organizations_takes_people_from_one_to_the_other_but_not_with_a_narrowed_key()
    {
        var (tenant, other) = (await service.NewTenantAsync(), await service.NewTenantAsync());
        await service.Do(new AddOrganizationMember.Command(
            ServiceFixture.RootCaller, other.Id, tenant.Owner.Id, Role: Roles.Admin));
        var (byId, byAddress) = (await other.NewMemberAsync(), await other.NewMemberAsync());
        var narrowed = (await service.Do(new CreateApiKey.Command(
            await tenant.OwnerAsync(), "Narrowed", "user", tenant.Id))).Value.Key!;

        (await service.Refused(new AddOrganizationMember.Command(
            await service.CallerAsync(narrowed), tenant.Id, byId.Id))).Code.Should().Be("unknown_user");
        (await service.Refused(new AddOrganizationMember.Command(
            await service.CallerAsync(narrowed), tenant.Id, Email: byAddress.Email)))
            .Code.Should().Be("invitation_required");
        await service.Do(new AddOrganizationMember.Command(await tenant.OwnerAsync(), tenant.Id, byId.Id));
        await service.Do(new AddOrganizationMember.Command(
            await tenant.OwnerAsync(), tenant.Id, Email: byAddress.Email));
        (await service.Do(new GetUser.Query(ServiceFixture.RootCaller, byId.Id))).Value.ManagedBy
            .Should().Be(other.Id, "who adds a person does not manage it");
    }

    [Fact]
    public async Task Somebody_new_is_managed_by_the_organization_that_made_it_and_by_none_where_root_did()
    {
        var tenant = await service.NewTenantAsync();

        (await MadeByAsync(tenant.Client)).Should().Be(tenant.Id);
        (await MadeByAsync(service.Client(await tenant.ServiceKeyAsync()))).Should().Be(tenant.Id);
        (await MadeByAsync(service.Root)).Should().BeNull();
        (await service.EventsAsync(organization: tenant.Id, type: "user.created"))[0].Changes.Text
            .Should().Contain(tenant.Id).And.Contain("managed_by");

        async Task<string?> MadeByAsync(HttpClient client)
        {
            var added = await (await client.PostJson(
                $"/v1/orgs/{tenant.Id}/members", new { email = $"{Guid.NewGuid():N}@example.com", name = "Ada" }))
                .Data(HttpStatusCode.Created);
            var user = await (await service.Root.GetAsync($"/v1/users/{added.GetProperty("user_id").GetString()}"))
                .Data();
            return user.GetProperty("managed_by").GetString();
        }
    }

    [Fact]
    public async Task A_deactivated_user_whom_the_caller_sees_is_a_conflict()
    {
        var tenant = await service.NewTenantAsync();
        var gone = await tenant.NewUserAsync();
        await service.DeactivateAsync(gone.Id);

        foreach (var caller in new[] { await tenant.OwnerAsync(), ServiceFixture.RootCaller })
        {
            (await service.Refused(new AddOrganizationMember.Command(caller, tenant.Id, gone.Id)))
                .Code.Should().Be("user_deactivated");
            (await service.Refused(new AddOrganizationMember.Command(caller, tenant.Id, Email: gone.Email)))
                .Code.Should().Be("user_deactivated");
        }
    }

    [Fact]
    public async Task Nothing_is_written_while_suspended()
    {
        var tenant = await service.NewTenantAsync();
        await service.Do(new UpdateOrganization.Command(
            ServiceFixture.RootCaller, tenant.Id, new() { Status = "suspended" }));
        var user = await tenant.NewUserAsync();
        (await service.Refused(new AddOrganizationMember.Command(
            await tenant.OwnerAsync(), tenant.Id, UserId: user.Id))).Code.Should().Be("organization_suspended");
        await service.Do(new AddOrganizationMember.Command(ServiceFixture.RootCaller, tenant.Id, UserId: user.Id));
    }

    [Fact]
    public async Task Who_joins_the_organization_joins_its_default_workspaces()
    {
        var tenant = await service.NewTenantAsync();
        var everyone = await tenant.NewWorkspaceAsync(type: "default");
        var user = await tenant.NewUserAsync();
        var guest = await tenant.NewUserAsync();

        await service.Do(new AddOrganizationMember.Command(await tenant.OwnerAsync(), tenant.Id, UserId: user.Id));
        await service.Do(new AddOrganizationMember.Command(
            await tenant.OwnerAsync(), tenant.Id, UserId: guest.Id, Role: Roles.Guest));

        var members = (await service.Do(new ListMembers.Query(await tenant.OwnerAsync(), everyone.Id))).Items
            .Select(m => (m.UserId, m.Role)).ToList();
        members.Should().Contain((user.Id, Roles.Member)).And.NotContain(m => m.UserId == guest.Id);
    }
}
