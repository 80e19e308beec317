using System.Net;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Integrations;

[Collection("Integrations")]
public sealed class GetIntegrationTests(ServiceFixture service)
{
    [Fact]
    public async Task Admins_of_the_workspace_see_it()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "open");
        var made = await service.Do(new ConnectIntegration.Command(await tenant.OwnerAsync(), workspace.Id, "github"));
        var member = await tenant.NewMemberAsync();
        await tenant.AddToAsync(workspace.Id, member.Id, Roles.Member);
        var outsider = await tenant.NewMemberAsync();
        var admin = await tenant.NewMemberAsync(Roles.Admin);
        var url = $"/v1/integrations/{made.Value.Id}";

        foreach (var key in new[]
        {
            admin.Key,
            tenant.OwnerKey,
            ServiceFixture.RootKey,
            await tenant.ServiceKeyAsync(),
            await tenant.ServiceKeyAsync("publishable", workspace.Id),
        })
        {
            (await (await service.Client(key).GetAsync(url)).Data()).GetProperty("id").GetString()
                .Should().Be(made.Value.Id);
        }

        await (await member.Client.GetAsync(url)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        await (await service.Client(await tenant.ServiceKeyAsync("secret", null, Permissions.Write)).GetAsync(url))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        await (await outsider.Client.GetAsync(url)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        await (await (await service.NewTenantAsync()).Client.GetAsync(url))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Theory]
    [InlineData("INT-26-999999")]
    [InlineData("LIN-26-000001")]
    [InlineData("github")]
    public async Task What_is_no_code_of_an_integration_is_not_found(string code) =>
        await (await service.Root.GetAsync($"/v1/integrations/{code}"))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
}
