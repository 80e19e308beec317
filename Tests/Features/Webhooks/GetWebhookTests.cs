using System.Net;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Webhooks;

[Collection("Webhooks")]
public sealed class GetWebhookTests(WebhookFixture service)
{
    [Fact]
    public async Task It_shows_the_webhook_without_its_secret()
    {
        var tenant = await service.NewTenantAsync();
        var made = await tenant.NewIdleWebhookAsync();

        var response = await tenant.Client.GetAsync($"/v1/webhooks/{made.Id}");

        var shown = await response.Data();
        shown.EnumerateObject().Select(m => m.Name).Should().Equal(
            "id", "organization_id", "workspace_id", "url", "description", "events", "status", "created_at");
        response.Headers.ETag!.Tag.Should().StartWith("\"1-");
        response.Headers.CacheControl!.NoStore.Should().BeFalse();
        (await tenant.Client.SendJson(
            HttpMethod.Get, $"/v1/webhooks/{made.Id}", null, ("If-None-Match", response.Headers.ETag.Tag))).StatusCode
            .Should().Be(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task Only_administrators_and_keys_that_manage_webhooks_see_it()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var made = await tenant.NewIdleWebhookAsync();

        await tenant.AssertOnlyAdministratorsAsync(workspace.Id, client => client.GetAsync($"/v1/webhooks/{made.Id}"));
    }

    [Fact]
    public async Task A_key_of_a_workspace_sees_those_of_its_workspace_only()
    {
        var tenant = await service.NewTenantAsync();
        var (mine, other) = (await tenant.NewWorkspaceAsync(), await tenant.NewWorkspaceAsync());
        var key = service.Client(await tenant.ServiceKeyAsync(
            workspace: mine.Id, permissions: Permissions.WebhooksManage));

        (await key.GetAsync($"/v1/webhooks/{(await tenant.NewIdleWebhookAsync(mine.Id)).Id}")).StatusCode
            .Should().Be(HttpStatusCode.OK);
        foreach (var hidden in new[] { await tenant.NewIdleWebhookAsync(other.Id), await tenant.NewIdleWebhookAsync() })
        {
            await (await key.GetAsync($"/v1/webhooks/{hidden.Id}"))
                .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        }
    }

    [Fact]
    public async Task It_is_read_where_the_organization_is_suspended_or_the_workspace_archived()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var made = await tenant.NewIdleWebhookAsync(workspace.Id);
        var key = await tenant.ServiceKeyAsync(workspace: workspace.Id, permissions: Permissions.WebhooksManage);
        await service.Do(new Workspaces.ArchiveWorkspace.Command(await tenant.OwnerAsync(), workspace.Id));
        await service.ArrangeAsync("UPDATE organizations SET status = 'suspended' WHERE code = @Id", new { tenant.Id });

        (await tenant.Client.GetAsync($"/v1/webhooks/{made.Id}")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await service.Client(key).GetAsync($"/v1/webhooks/{made.Id}")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("WHK-26-999999")]
    [InlineData("WS-26-000001")]
    [InlineData("whk-26-000001")]
    [InlineData("x")]
    public async Task There_is_no_other(string id) =>
        await (await service.Root.GetAsync($"/v1/webhooks/{id}")).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
}
