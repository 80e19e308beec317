using System.Net;
using System.Text.Json;
using WorkspaceService.Features.ApiKeys;
using WorkspaceService.Features.Organizations;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Users;

[Collection("Users")]
public sealed class GetUserTests(ServiceFixture service)
{
    [Fact]
    public async Task A_user_reads_itself()
    {
        var tenant = await service.NewTenantAsync();
        var person = await tenant.NewMemberAsync(Roles.Guest);

        var response = await person.Client.GetAsync($"/v1/users/{person.Id}");

        var user = await response.Data();
        user.EnumerateObject().Select(m => m.Name)
            .Should().Equal("id", "name", "email", "avatar_url", "status", "managed_by", "created_at", "updated_at");
        user.GetProperty("id").GetString().Should().Be(person.Id).And.MatchRegex(@"^USR-\d\d-\d{6}$");
        user.GetProperty("email").GetString().Should().Be(person.Email);
        user.GetProperty("status").GetString().Should().Be("active");
        response.Headers.ETag.Should().NotBeNull();
    }

    [Fact]
    public async Task Others_are_seen_by_those_who_administer_an_organization_of_theirs()
    {
        var tenant = await service.NewTenantAsync();
        var other = await service.NewTenantAsync();
        var admin = await tenant.NewMemberAsync(Roles.Admin);
        var member = await tenant.NewMemberAsync();
        var person = await tenant.NewMemberAsync(Roles.Guest);
        await service.Do(new AddOrganizationMember.Command(ServiceFixture.RootCaller, other.Id, person.Id));

        foreach (var client in new[] { tenant.Client, admin.Client, other.Client, service.Root })
        {
            (await (await client.GetAsync($"/v1/users/{person.Id}")).Data()).GetProperty("email").GetString()
                .Should().Be(person.Email);
        }

        await (await member.Client.GetAsync($"/v1/users/{person.Id}"))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        await (await other.Client.GetAsync($"/v1/users/{member.Id}"))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        await (await service.Root.GetAsync("/v1/users/USR-26-999999"))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        await (await service.Root.GetAsync($"/v1/users/{tenant.Id}"))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task A_key_sees_no_more_than_it_reaches()
    {
        var tenant = await service.NewTenantAsync();
        var other = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var here = await tenant.NewMemberAsync();
        var there = await other.NewMemberAsync();
        await service.Do(new AddOrganizationMember.Command(
            ServiceFixture.RootCaller, other.Id, tenant.Owner.Id, Role: Roles.Admin));
        var all = await tenant.OwnerAsync();
        var inOther = await KeyAsync(other.Id, null);
        var narrow = await KeyAsync(tenant.Id, workspace.Id);
        var secret = await service.CallerAsync(await tenant.ServiceKeyAsync());
        var narrowSecret = await service.CallerAsync(await tenant.ServiceKeyAsync("secret", workspace.Id));

        (await SeesAsync(all, here.Id, there.Id, tenant.Owner.Id)).Should().Equal(true, true, true);
        (await SeesAsync(inOther, here.Id, there.Id, tenant.Owner.Id)).Should().Equal(false, true, true);
        (await SeesAsync(narrow, here.Id, there.Id, tenant.Owner.Id)).Should().Equal(false, false, true);
        (await SeesAsync(secret, here.Id, there.Id, tenant.Owner.Id)).Should().Equal(true, false, true);
        (await SeesAsync(narrowSecret, here.Id, there.Id, tenant.Owner.Id)).Should().Equal(false, false, false);

        async Task<Caller> KeyAsync(string organization, string? narrowing) => await service.CallerAsync(
            (await service.Do(new CreateApiKey.Command(all, "Key", "user", organization, narrowing))).Value.Key!);
    }

    [Fact]
    public async Task Service_keys_need_read_and_publishable_ones_see_no_address()
    {
        var tenant = await service.NewTenantAsync();
        var path = $"/v1/users/{tenant.Owner.Id}";

        (await (await service.Client(await tenant.ServiceKeyAsync("publishable")).GetAsync(path)).Data())
            .GetProperty("email").ValueKind.Should().Be(JsonValueKind.Null);
        await (await service.Client(await tenant.ServiceKeyAsync("secret", null, "members:manage")).GetAsync(path))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
    }

    private async Task<List<bool>> SeesAsync(Caller caller, params string[] users)
    {
        var seen = new List<bool>();
        foreach (var user in users)
        {
            seen.Add((await service.Send(new GetUser.Query(caller, user))).Match(
                _ => true, fault => fault.Code != "not_found"));
        }

        return seen;
    }
}
