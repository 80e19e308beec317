using System.Net;
using System.Text.Json;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Organizations;

[Collection("Organizations")]
public sealed class ListAllOrganizationMembersTests(ServiceFixture service)
{
    [Fact]
    public async Task Admins_get_everyone_at_once_and_who_may_only_look_is_shown_as_guest()
    {
        var tenant = await service.NewTenantAsync();
        foreach (var role in Roles.OfOrganization)
        {
            await tenant.NewMemberAsync(role);
        }

        var answer = await (await tenant.Client.GetAsync("/v1/org/user")).Bare();

        answer.GetProperty("total").GetInt32().Should().Be(6);
        var users = answer.GetProperty("users").EnumerateArray().ToList();
        users.Select(u => u.GetProperty("role").GetString())
            .Should().Equal("owner", "admin", "member", "guest", "guest", "guest");
        users.Should().OnlyContain(u => u.GetProperty("org_id").GetInt64() == tenant.Id.Number());
        users[0].EnumerateObject().Select(m => m.Name)
            .Should().Equal("user_id", "name", "org_id", "status", "email", "role");
        users[0].GetProperty("user_id").GetInt64().Should().Be(tenant.Owner.Id.Number());
        users[0].GetProperty("status").GetString().Should().Be("active");
        users[0].GetProperty("email").GetString().Should().Be(tenant.Owner.Email);
    }

    [Fact]
    public async Task Members_may_not_and_a_publishable_key_sees_no_address()
    {
        var tenant = await service.NewTenantAsync();
        var member = await tenant.NewMemberAsync();

        await (await member.Client.GetAsync("/v1/org/user"))
            .ShouldBeTapeError(HttpStatusCode.Forbidden, "restricted_resource");
        var answer = await (await service.Client(await tenant.ServiceKeyAsync("publishable")).GetAsync("/v1/org/user"))
            .Bare();
        answer.GetProperty("users").EnumerateArray()
            .Should().OnlyContain(u => u.GetProperty("email").ValueKind == JsonValueKind.Null);
    }

    [Fact]
    public async Task A_user_is_made_and_a_known_address_is_a_conflict()
    {
        var tenant = await service.NewTenantAsync();

        var user = await (await tenant.Client.PostJson(
            "/v1/org/user",
            new { name = "New Person", email = "new-on-tape@example.com", role = "guest", skip_invitation = true }))
            .Bare();

        user.GetProperty("role").GetString().Should().Be("guest");
        user.GetProperty("org_id").GetInt64().Should().Be(tenant.Id.Number());
        user.GetProperty("email").GetString().Should().Be("new-on-tape@example.com");
        (await (await tenant.Client.GetAsync("/v1/org/user")).Bare())
            .GetProperty("users").EnumerateArray().Last().GetRawText().Should().Be(user.GetRawText());
        await (await tenant.Client.PostJson("/v1/org/user", new { name = "Again", email = "NEW-on-tape@example.com" }))
            .ShouldBeTapeError(HttpStatusCode.Conflict, "conflict_error");
        (await service.ReadAsync<string>(
            "SELECT o.code FROM users u JOIN organizations o ON o.id = u.managed_by WHERE u.email = @email",
            new { email = "new-on-tape@example.com" })).Should().Equal(tenant.Id);
        var stranger = await (await service.NewTenantAsync()).NewMemberAsync();
        await (await tenant.Client.PostJson("/v1/org/user", new { name = "Stranger", email = stranger.Email }))
            .ShouldBeTapeError(HttpStatusCode.Conflict, "conflict_error");
        (await (await tenant.Client.GetAsync("/v1/org/user")).Bare()).GetProperty("total").GetInt32().Should().Be(2);
        await (await tenant.Client.PostJson(
            "/v1/org/user", new { name = "Owner", email = "other-on-tape@example.com", role = "owner" }))
            .ShouldBeTapeError(HttpStatusCode.BadRequest, "validation");
    }
}
