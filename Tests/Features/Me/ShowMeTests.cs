using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using WorkspaceService.Features.ApiKeys;
using WorkspaceService.Features.Organizations;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Me;

[Collection("Access")]
public sealed class ShowMeTests(ServiceFixture service)
{
    [Fact]
    public async Task A_user_of_one_organization_sees_it_and_its_role_there()
    {
        var tenant = await service.NewTenantAsync();
        var person = await tenant.NewMemberAsync(Roles.Viewer);

        var me = await (await person.Client.GetAsync("/v1/me")).Data();

        me.EnumerateObject().Select(m => m.Name).Should().Equal("kind", "user", "organization", "scope", "permissions");
        me.GetProperty("kind").GetString().Should().Be("user");
        me.GetProperty("user").GetProperty("id").GetString().Should().Be(person.Id);
        me.GetProperty("user").GetProperty("email").GetString().Should().Be(person.Email);
        me.GetProperty("user").EnumerateObject().Select(m => m.Name).Should().Equal("id", "name", "email");
        me.GetProperty("organization").GetProperty("id").GetString().Should().Be(tenant.Id);
        me.GetProperty("organization").GetProperty("role").GetString().Should().Be("viewer");
        me.GetProperty("organization").EnumerateObject().Select(m => m.Name)
            .Should().Equal("id", "name", "slug", "role");
        me.GetProperty("scope").GetRawText().Should().Be("""{"organization_id":null,"workspace_id":null}""");
        me.GetProperty("permissions").ValueKind.Should().Be(JsonValueKind.Null);
    }

    [Fact]
    public async Task A_user_of_none_or_several_organizations_sees_one_only_where_the_key_names_it()
    {
        var (one, two) = (await service.NewTenantAsync(), await service.NewTenantAsync());
        var person = await one.NewMemberAsync();
        await service.Do(new AddOrganizationMember.Command(
            ServiceFixture.RootCaller, two.Id, person.Id, Role: Roles.Guest));
        var narrowed = await service.Do(new CreateApiKey.Command(
            await person.CallerAsync(), "Narrowed", "user", two.Id));
        var stranger = await service.NewUserAsync();

        (await MeAsync(person.Key)).GetProperty("organization").ValueKind.Should().Be(JsonValueKind.Null);
        (await MeAsync(await service.UserKeyAsync(stranger.Id))).GetProperty("organization").ValueKind
            .Should().Be(JsonValueKind.Null);
        var me = await MeAsync(narrowed.Value.Key!);
        me.GetProperty("organization").GetProperty("role").GetString().Should().Be("guest");
        me.GetProperty("scope").GetProperty("organization_id").GetString().Should().Be(two.Id);
    }

    [Fact]
    public async Task A_key_that_names_an_organization_its_user_has_left_shows_none()
    {
        var (one, two) = (await service.NewTenantAsync(), await service.NewTenantAsync());
        var person = await one.NewMemberAsync();
        var narrowed = (await service.Do(new CreateApiKey.Command(
            await person.CallerAsync(), "Narrowed", "user", one.Id))).Value.Key!;
        await service.Do(new AddOrganizationMember.Command(ServiceFixture.RootCaller, two.Id, person.Id));
        await service.ArrangeAsync(
            "DELETE FROM organization_members WHERE user_id = (SELECT id FROM users WHERE code = @Id) "
            + "AND role = 'member' AND organization_id = (SELECT id FROM organizations WHERE code = @Left)",
            new { person.Id, Left = one.Id });

        (await MeAsync(narrowed)).GetProperty("organization").ValueKind.Should().Be(JsonValueKind.Null);
    }

    [Theory]
    [InlineData("secret", new[] { "write", "audit:read" })]
    [InlineData("secret", new[] { "read" })]
    [InlineData("publishable", new[] { "read" })]
    public async Task A_service_key_sees_its_organization_scope_and_permissions_even_without_read(
        string type, string[] permissions)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        var me = await MeAsync(await tenant.ServiceKeyAsync(type, workspace.Id, permissions));

        me.GetProperty("kind").GetString().Should().Be(type);
        me.GetProperty("user").ValueKind.Should().Be(JsonValueKind.Null);
        me.GetProperty("organization").GetProperty("id").GetString().Should().Be(tenant.Id);
        me.GetProperty("organization").GetProperty("role").ValueKind.Should().Be(JsonValueKind.Null);
        me.GetProperty("scope").GetRawText()
            .Should().Be($$"""{"organization_id":"{{tenant.Id}}","workspace_id":"{{workspace.Id}}"}""");
        me.GetProperty("permissions").EnumerateArray().Select(p => p.GetString()).Should().BeEquivalentTo(permissions);
    }

    [Fact]
    public async Task Root_is_nobody_and_everywhere()
    {
        (await (await service.Root.GetAsync("/v1/me")).Data()).GetRawText().Should().Be(
            """{"kind":"root","user":null,"organization":null,"scope":{"organization_id":null,"workspace_id":"""
            + """null},"permissions":null}""");
    }

    [Fact]
    public async Task A_key_is_taken_in_three_header_forms()
    {
        var tenant = await service.NewTenantAsync();
        var basic = Convert.ToBase64String(Encoding.ASCII.GetBytes($"{tenant.OwnerKey}:"));

        foreach (var (name, value) in ((string, string)[])
            [
                ("Authorization", $"Bearer {tenant.OwnerKey}"),
                ("Authorization", $"bearer {tenant.OwnerKey}"),
                ("Authorization", $"Basic {basic}"),
                ("Authentication", $"Bearer {tenant.OwnerKey}"),
            ])
        {
            var response = await service.Client(null).SendJson(HttpMethod.Get, "/v1/me", null, (name, value));

            (await response.Data()).GetProperty("user").GetProperty("id").GetString()
                .Should().Be(tenant.Owner.Id, name);
        }
    }

    [Fact]
    public async Task What_is_no_key_is_refused_and_told_how_to_authenticate()
    {
        var tenant = await service.NewTenantAsync();
        var key = tenant.OwnerKey;
        var mistyped = key[..^1] + (key[^1] == 'a' ? 'b' : 'a');
        string Basic(string text) => $"Basic {Convert.ToBase64String(Encoding.ASCII.GetBytes(text))}";

        foreach (var value in (string?[])
            [
                null, "", "Bearer", "Bearer ", $"Bearer {mistyped}", $"Bearer {key}x",
                $"Bearer {ApiKeyFormat.Create("user")}", key, $"Digest {key}",
                "Basic", "Basic ????", Basic($"{key}:secret"), Basic($":{key}"), Basic($"{key}x"),
                Basic($"{key}:").Replace("Basic", "Digest"), $"Bearer {ServiceFixture.RootKey}x",
                "Bearer root_key_", $"Bearer {key.ToUpperInvariant()}",
            ])
        {
            var response = await service.Client(null)
                .SendJson(HttpMethod.Get, "/v1/me", null, value is null ? [] : [("Authorization", value)]);

            await response.ShouldBeProblem(HttpStatusCode.Unauthorized, "unauthenticated");
            response.Headers.WwwAuthenticate.Should().ContainSingle().Which
                .Should().Be(new AuthenticationHeaderValue("Bearer"), value);
        }
    }

    [Fact]
    public async Task A_deactivated_users_keys_open_nothing()
    {
        var tenant = await service.NewTenantAsync();
        var person = await tenant.NewMemberAsync();
        (await person.Client.GetAsync("/v1/me")).StatusCode.Should().Be(HttpStatusCode.OK);

        await service.DeactivateAsync(person.Id);

        await (await person.Client.GetAsync("/v1/me")).ShouldBeProblem(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    private async Task<JsonElement> MeAsync(string key) => await (await service.Client(key).GetAsync("/v1/me")).Data();
}
