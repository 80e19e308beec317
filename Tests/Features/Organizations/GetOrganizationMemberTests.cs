using System.Net;
using System.Text.Json;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Organizations;

[Collection("Organizations")]
public sealed class GetOrganizationMemberTests(ServiceFixture service)
{
    [Fact]
    public async Task Admins_read_everyone_and_others_themselves()
    {
        var tenant = await service.NewTenantAsync();
        var admin = await tenant.NewMemberAsync(Roles.Admin);
        var guest = await tenant.NewMemberAsync(Roles.Guest);

        var response = await admin.Client.GetAsync($"/v1/orgs/{tenant.Id}/members/{guest.Id}");

        var row = await response.Data();
        row.GetProperty("user_id").GetString().Should().Be(guest.Id);
        row.GetProperty("role").GetString().Should().Be("guest");
        row.GetProperty("email").GetString().Should().Be(guest.Email);
        response.Headers.ETag.Should().NotBeNull();
        await (await guest.Client.GetAsync($"/v1/orgs/{tenant.Id}/members/{guest.Id}")).Data();
        await (await guest.Client.GetAsync($"/v1/orgs/{tenant.Id}/members/{admin.Id}"))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task Someone_who_is_no_member_is_not_there()
    {
        var tenant = await service.NewTenantAsync();
        var member = await tenant.NewMemberAsync();
        var stranger = await service.NewTenantAsync();

        foreach (var client in new[] { tenant.Client, member.Client, service.Root })
        {
            foreach (var user in new[] { stranger.Owner.Id, "USR-26-999999", "nobody", tenant.Id })
            {
                await (await client.GetAsync($"/v1/orgs/{tenant.Id}/members/{user}"))
                    .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
            }
        }

        await (await stranger.Client.GetAsync($"/v1/orgs/{tenant.Id}/members/{member.Id}"))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        await (await stranger.Client.GetAsync($"/v1/orgs/{tenant.Id}/members/{stranger.Owner.Id}"))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Service_keys_read_within_their_permissions()
    {
        var tenant = await service.NewTenantAsync();
        var path = $"/v1/orgs/{tenant.Id}/members/{tenant.Owner.Id}";

        (await (await service.Client(await tenant.ServiceKeyAsync()).GetAsync(path)).Data())
            .GetProperty("email").GetString().Should().Be(tenant.Owner.Email);
        (await (await service.Client(await tenant.ServiceKeyAsync("publishable")).GetAsync(path)).Data())
            .GetProperty("email").ValueKind.Should().Be(JsonValueKind.Null);
        await (await service.Client(await tenant.ServiceKeyAsync("secret", null, "write")).GetAsync(path))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
    }
}
