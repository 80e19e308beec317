using System.Net;
using WorkspaceService.Features.Organizations;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Users;

[Collection("Users")]
public sealed class CreateUserTests(ServiceFixture service)
{
    [Fact]
    public async Task Root_makes_one_who_belongs_nowhere_yet()
    {
        var response = await service.Root.PostJson(
            "/v1/users",
            new { name = " Ada ", email = "Ada.Alone@example.com", avatar_url = "https://example.com/ada.png" });

        var made = await response.Data(HttpStatusCode.Created);
        var id = made.GetProperty("id").GetString()!;
        id.Should().MatchRegex(@"^USR-\d\d-\d{6,}$");
        response.Headers.Location!.ToString().Should().Be($"/v1/users/{id}");
        response.Headers.ETag.Should().NotBeNull();
        made.GetProperty("name").GetString().Should().Be("Ada");
        made.GetProperty("email").GetString().Should().Be("Ada.Alone@example.com");
        made.GetProperty("avatar_url").GetString().Should().Be("https://example.com/ada.png");
        made.GetProperty("status").GetString().Should().Be("active");
        (await service.EventsOfAsync(id))
            .Should().ContainSingle(e => e.Type == "user.created" && e.OrganizationCode == null);
    }

    [Fact]
    public async Task An_admin_makes_one_within_its_organization()
    {
        var tenant = await service.NewTenantAsync();
        var admin = await tenant.NewMemberAsync(Roles.Admin);
        var address = $"within.{tenant.Id}@example.com";

        var made = await (await admin.Client.PostJson(
            "/v1/users", new { name = "Ada", email = address, organization_id = tenant.Id, role = "viewer" }))
            .Data(HttpStatusCode.Created);

        var member = await service.Do(new GetOrganizationMember.Query(
            await tenant.OwnerAsync(), tenant.Id, made.GetProperty("id").GetString()!));
        member.Value.Role.Should().Be(Roles.Viewer);
        (await service.EventsAsync(organization: tenant.Id)).Select(e => e.Type)
            .Should().EndWith(["user.created", "organization.member_added"]);
    }

    [Fact]
    public async Task Everyone_else_is_refused_and_a_foreign_organization_is_not_there()
    {
        var tenant = await service.NewTenantAsync();
        var member = await tenant.NewMemberAsync();
        var foreign = (await service.NewTenantAsync()).Id;
        object Body(string? organization) =>
            new { name = "Ada", email = $"refused.{tenant.Id}@example.com", organization_id = organization };

        await (await member.Client.PostJson("/v1/users", Body(tenant.Id)))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        await (await member.Client.PostJson("/v1/users", Body(null)))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        await (await tenant.Client.PostJson("/v1/users", Body(foreign)))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        var nowhere = await (await tenant.Client.PostJson("/v1/users", Body(null)))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");
        nowhere.GetProperty("errors")[0].GetProperty("pointer").GetString().Should().Be("/organization_id");
        (await service.Do(new ListUsers.Query(ServiceFixture.RootCaller, Q: $"refused.{tenant.Id}"))).Items
            .Should().BeEmpty();
    }

    [Fact]
    public async Task An_address_has_one_user_whatever_its_case_and_however_many_try()
    {
        var address = $"{Guid.NewGuid():N}@example.com";

        var codes = await service.Race(Enumerable.Range(0, 16).Select(n =>
            new CreateUser.Command(
                ServiceFixture.RootCaller, "Ada", n % 2 == 0 ? address : address.ToUpperInvariant())));

        codes.Count(code => code is null).Should().Be(1);
        codes.Where(code => code is not null).Should().HaveCount(15).And.OnlyContain(code => code == "email_taken");
        await (await service.Root.PostJson("/v1/users", new { name = "Ada", email = address }))
            .ShouldBeProblem(HttpStatusCode.Conflict, "email_taken");
    }

    [Fact]
    public async Task A_domain_of_other_letters_is_kept_as_a_labels_and_found_in_either_spelling()
    {
        var name = $"{Guid.NewGuid():N}";

        var user = await (await service.Root.PostJson(
            "/v1/users", new { name = "Ada", email = $"{name}@Bücher.example.com" })).Data(HttpStatusCode.Created);

        user.GetProperty("email").GetString().Should().Be($"{name}@xn--bcher-kva.example.com");
        foreach (var spelling in new[] { "bücher", "BÜCHER", "xn--bcher-kva" })
        {
            var address = $"{name}@{spelling}.example.com";
            (await (await service.Root.GetAsync($"/v1/users?email={Uri.EscapeDataString(address)}")).Data())
                .EnumerateArray().Select(found => found.GetProperty("id").GetString())
                .Should().Equal(user.GetProperty("id").GetString());
            await (await service.Root.PostJson("/v1/users", new { name = "Ada", email = address }))
                .ShouldBeProblem(HttpStatusCode.Conflict, "email_taken");
        }
    }

    [Fact]
    public async Task The_organization_manages_whom_it_makes_and_nobody_whom_root_makes()
    {
        var tenant = await service.NewTenantAsync();
        object Body() => new { name = "Ada", email = $"{Guid.NewGuid():N}@example.com", organization_id = tenant.Id };

        var made = await (await tenant.Client.PostJson("/v1/users", Body())).Data(HttpStatusCode.Created);
        var byKey = await (await service.Client(await tenant.ServiceKeyAsync()).PostJson("/v1/users", Body()))
            .Data(HttpStatusCode.Created);
        var byRoot = await (await service.Root.PostJson("/v1/users", Body())).Data(HttpStatusCode.Created);

        made.GetProperty("managed_by").GetString().Should().Be(tenant.Id);
        byKey.GetProperty("managed_by").GetString().Should().Be(tenant.Id);
        byRoot.GetProperty("managed_by").GetString().Should().BeNull();
    }

    [Fact]
    public async Task The_address_of_a_stranger_has_to_be_invited_and_that_of_a_known_user_is_taken()
    {
        var tenant = await service.NewTenantAsync();
        var stranger = await (await service.NewTenantAsync()).NewMemberAsync();
        var known = await tenant.NewMemberAsync();
        var before = await service.EventsAsync(organization: tenant.Id);

        var refused = await (await tenant.Client.PostJson(
            "/v1/users", new { name = "Ada", email = stranger.Email, organization_id = tenant.Id }))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "invitation_required");
        await (await tenant.Client.PostJson(
            "/v1/users", new { name = "Ada", email = known.Email, organization_id = tenant.Id }))
            .ShouldBeProblem(HttpStatusCode.Conflict, "email_taken");

        refused.GetProperty("errors")[0].GetProperty("pointer").GetString().Should().Be("/email");
        (await service.EventsAsync(organization: tenant.Id)).Should().HaveCount(before.Count);
    }

    [Fact]
    public async Task A_plan_without_a_place_leaves_no_user_behind()
    {
        var tenant = await service.NewTenantAsync(new(Workspaces: null, Members: 1, ActiveServiceLines: null));
        var address = $"left.{tenant.Id}@example.com";

        (await service.Refused(new CreateUser.Command(
            await tenant.OwnerAsync(), "Ada", address, OrganizationId: tenant.Id)))
            .Code.Should().Be("plan_limit_exceeded");

        (await service.Do(new ListUsers.Query(ServiceFixture.RootCaller, Q: address))).Items.Should().BeEmpty();
        (await service.EventsAsync(organization: tenant.Id)).Select(e => e.Type).Should().Equal("organization.created");
    }

    [Theory]
    [InlineData("{}", "/name", "/email")]
    [InlineData("""{"name": "", "email": "a@example.com"}""", "/name")]
    [InlineData("""{"name": "A", "email": "a@"}""", "/email")]
    [InlineData("""{"name": "A", "email": "a b@example.com"}""", "/email")]
    [InlineData("""{"name": "A", "email": "a@example.com", "avatar_url": "javascript:alert(1)"}""", "/avatar_url")]
    [InlineData("""{"name": "A", "email": "a@example.com", "role": "owner"}""", "/role")]
    [InlineData("""{"name": "A", "email": "a@example.com", "status": "deactivated"}""", "/status")]
    [InlineData("""{"name": 7, "email": "a@example.com"}""", "/name")]
    public async Task What_is_wrong_is_pointed_at(string body, params string[] pointers)
    {
        var problem = await (await service.Root.SendJson(HttpMethod.Post, "/v1/users", body))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");

        problem.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("pointer").GetString())
            .Should().BeEquivalentTo(pointers);
    }
}
