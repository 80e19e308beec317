using System.Net;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Integrations;

[Collection("Integrations")]
public sealed class DisconnectIntegrationTests(ServiceFixture service)
{
    [Fact]
    public async Task A_disconnected_integration_is_gone()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var made = await service.Do(new ConnectIntegration.Command(
            await tenant.OwnerAsync(), workspace.Id, "github", new() { ["token"] = "hush" }));
        var url = $"/v1/integrations/{made.Value.Id}";

        (await tenant.Client.DeleteAsync(url)).StatusCode.Should().Be(HttpStatusCode.NoContent);

        await (await tenant.Client.DeleteAsync(url)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        await (await tenant.Client.GetAsync(url)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await service.EventsOfAsync(made.Value.Id)).Select(e => e.Type)
            .Should().Equal("integration.connected", "integration.disconnected");
        await using var session = service.Db.Open();
        (await session.ScalarAsync<long>("SELECT COUNT(*) FROM integrations WHERE code = @Id", new { made.Value.Id }))
            .Should().Be(0);
    }

    [Fact]
    public async Task Sixteen_disconnecting_at_once_disconnect_it_once()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var made = await service.Do(new ConnectIntegration.Command(
            owner, (await tenant.NewWorkspaceAsync()).Id, "github"));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(
            _ => Task.Run(() => service.Next.Send(new DisconnectIntegration.Command(owner, made.Value.Id)))));

        outcomes.Count(o => o.Succeeded(out _, out _)).Should().Be(1);
        (await service.EventsOfAsync(made.Value.Id)).Should().HaveCount(2);
    }

    [Fact]
    public async Task It_takes_a_workspace_admin_or_a_key_that_writes()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "open");
        var made = await service.Do(new ConnectIntegration.Command(await tenant.OwnerAsync(), workspace.Id, "github"));
        var member = await tenant.NewMemberAsync();
        await tenant.AddToAsync(workspace.Id, member.Id, Roles.Member);
        var outsider = await tenant.NewMemberAsync();
        var url = $"/v1/integrations/{made.Value.Id}";
        var stale = tenant.Client;
        stale.DefaultRequestHeaders.Add("If-Match", "\"7-stale\"");

        await (await member.Client.DeleteAsync(url)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        await (await outsider.Client.DeleteAsync(url)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        await (await service.Client(await tenant.ServiceKeyAsync("publishable")).DeleteAsync(url))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        await (await stale.DeleteAsync(url)).ShouldBeProblem(HttpStatusCode.PreconditionFailed, "precondition_failed");
        (await service.Client(await tenant.ServiceKeyAsync("secret", workspace.Id, Permissions.Write)).DeleteAsync(url))
            .StatusCode.Should().Be(HttpStatusCode.NoContent);
    }
}
