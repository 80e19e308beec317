using System.Net;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Organizations;

[Collection("Organizations")]
public sealed class CreateOrganizationTests(ServiceFixture service)
{
    [Fact]
    public async Task Root_opens_one_under_an_owner_and_it_has_the_defaults()
    {
        var owner = await service.NewUserAsync();

        var response = await service.Root.PostJson("/v1/orgs", new { name = "  Café Zürich  ", owner_id = owner.Id });

        var made = await response.Data(HttpStatusCode.Created);
        var id = made.GetProperty("id").GetString()!;
        response.Headers.Location!.ToString().Should().Be($"/v1/orgs/{id}");
        response.Headers.ETag.Should().NotBeNull();
        made.GetProperty("name").GetString().Should().Be("Café Zürich");
        made.GetProperty("slug").GetString().Should().Be("cafe-zurich");
        made.GetProperty("status").GetString().Should().Be("active");
        made.GetProperty("subscription_status").GetString().Should().Be("active");
        made.GetProperty("limits").GetRawText()
            .Should().Be("""{"workspaces":null,"members":null,"active_service_lines":null}""");
        made.GetProperty("settings").GetRawText().Should().Be("""{"workspace_role_ceiling":true}""");
        made.GetProperty("member_count").GetInt32().Should().Be(1);
        var members = (await service.Do(new ListOrganizationMembers.Query(ServiceFixture.RootCaller, id))).Items;
        members.Select(m => (m.UserId, m.Role)).Should().Equal((owner.Id, Roles.Owner));
        var created = (await service.EventsAsync(organization: id)).Should().ContainSingle().Subject;
        created.Type.Should().Be("organization.created");
        created.Subject.Id.Should().Be(id);
    }

    [Fact]
    public async Task Nobody_but_root_opens_one()
    {
        var tenant = await service.NewTenantAsync();
        var body = new { name = "Another", owner_id = tenant.Owner.Id };

        await (await tenant.Client.PostJson("/v1/orgs", body)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        await (await service.Client(await tenant.ServiceKeyAsync()).PostJson("/v1/orgs", body))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        await (await service.Client(null).PostJson("/v1/orgs", body))
            .ShouldBeProblem(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task Its_slug_is_its_own_in_the_whole_service()
    {
        var owner = await service.NewUserAsync();
        var first = await service.Do(new CreateOrganization.Command(
            ServiceFixture.RootCaller, "Slugged", OwnerId: owner.Id));
        var second = await service.Do(new CreateOrganization.Command(
            ServiceFixture.RootCaller, "Slugged!", OwnerId: owner.Id));
        var nameless = await service.Do(new CreateOrganization.Command(
            ServiceFixture.RootCaller, "日本", OwnerId: owner.Id));

        first.Value.Slug.Should().Be("slugged");
        second.Value.Slug.Should().Be("slugged-2");
        nameless.Value.Slug.Should().MatchRegex("^workspace(-[0-9]+)?$");
        (await service.Refused(new CreateOrganization.Command(
            ServiceFixture.RootCaller, "Other", "slugged", OwnerId: owner.Id))).Code.Should().Be("slug_taken");
    }

    [Fact]
    public async Task Sixteen_at_once_share_no_slug()
    {
        var owner = await service.NewUserAsync();
        CreateOrganization.Command Named(string? slug) =>
            new(ServiceFixture.RootCaller, "Raced Together", slug, OwnerId: owner.Id);

        var given = await service.Race(Enumerable.Range(0, 16).Select(_ => Named("raced-by-sixteen")));
        var derived = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(_ => Task.Run(() => service.Next.Do(Named(null)))));

        given.Should().ContainSingle(code => code == null).And.Subject.Where(code => code is not null)
            .Should().OnlyContain(code => code == "slug_taken");
        derived.Select(made => made.Value.Slug).Should().BeEquivalentTo(
            Enumerable.Range(1, 16).Select(n => n == 1 ? "raced-together" : $"raced-together-{n}"));
    }

    [Theory]
    [InlineData("{}", "/name", "/owner_id")]
    [InlineData("""{"name": "A", "owner_id": "USR-26-999999"}""", "/owner_id")]
    [InlineData("""{"name": "A", "owner_id": "me"}""", "/owner_id")]
    [InlineData("""{"name": " ", "owner_id": "USR-26-000001"}""", "/name")]
    [InlineData("""{"name": "A", "owner_id": "USR-26-000001", "slug": "-a"}""", "/slug")]
    [InlineData("""{"name": "A", "owner_id": "USR-26-000001", "billing_email": "nobody"}""", "/billing_email")]
    [InlineData("""{"name": "A", "owner_id": "USR-26-000001", "status": "gone"}""", "/status")]
    [InlineData(
        """{"name": "A", "owner_id": "USR-26-000001", "subscription_status": "free"}""", "/subscription_status")]
    [InlineData(
        """{"name": "A", "owner_id": "USR-26-000001", "limits": {"workspaces": -1, "members": -1}}""",
        "/limits/workspaces",
        "/limits/members")]
    [InlineData(
        """{"name": "A", "owner_id": "USR-26-000001", "limits": {"active_service_lines": -1}}""",
        "/limits/active_service_lines")]
    [InlineData(
        """{"name": "A", "owner_id": "USR-26-000001", "settings": {"workspace_role_ceiling": "yes"}}""",
        "/settings/workspace_role_ceiling")]
    [InlineData("""{"name": "A", "owner_id": "USR-26-000001", "owner": "x"}""", "/owner")]
    public async Task What_is_wrong_is_pointed_at(string body, params string[] pointers)
    {
        var problem = await (await service.Root.SendJson(HttpMethod.Post, "/v1/orgs", body))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");

        problem.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("pointer").GetString())
            .Should().BeEquivalentTo(pointers);
    }

    [Fact]
    public async Task A_deactivated_user_cannot_own_one()
    {
        var gone = await service.NewUserAsync();
        await service.DeactivateAsync(gone.Id);

        var fault = await service.Refused(new CreateOrganization.Command(
            ServiceFixture.RootCaller, "Ownerless", OwnerId: gone.Id));

        fault.Errors.Should().ContainSingle(error => error.Pointer == "/owner_id");
    }
}
