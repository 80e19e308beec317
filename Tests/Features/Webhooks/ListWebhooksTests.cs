using System.Net;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Webhooks;

[Collection("Webhooks")]
public sealed class ListWebhooksTests(WebhookFixture service)
{
    [Fact]
    public async Task It_shows_what_the_caller_administers_and_filters_it()
    {
        var tenant = await service.NewTenantAsync();
        var other = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        var one = (await tenant.NewIdleWebhookAsync()).Id;
        var two = (await tenant.NewIdleWebhookAsync(workspace.Id)).Id;
        var enabled = (await tenant.NewWebhookAsync(receiver.Address)).Id;
        var theirs = (await other.NewIdleWebhookAsync()).Id;
        var gone = (await tenant.NewIdleWebhookAsync()).Id;
        await service.Do(new DeleteWebhook.Command(await tenant.OwnerAsync(), gone));
        var admin = await tenant.NewMemberAsync("admin");
        await service.Do(new Organizations.AddOrganizationMember.Command(
            ServiceFixture.RootCaller, other.Id, UserId: admin.Id, Role: "admin"));
        var narrow = await tenant.ServiceKeyAsync(workspace: workspace.Id, permissions: Permissions.WebhooksManage);

        (await ListAsync(tenant.OwnerKey)).Should().Equal(one, two, enabled);
        (await ListAsync(tenant.OwnerKey, $"?organization_id={tenant.Id}")).Should().Equal(one, two, enabled);
        (await ListAsync(tenant.OwnerKey, $"?workspace_id={workspace.Id}")).Should().Equal(two);
        (await ListAsync(tenant.OwnerKey, "?status=enabled")).Should().Equal(enabled);
        (await ListAsync(tenant.OwnerKey, "?status=disabled")).Should().Equal(one, two);
        (await ListAsync(admin.Key)).Should().Equal(one, two, enabled, theirs);
        (await ListAsync(admin.Key, $"?organization_id={other.Id}")).Should().Equal(theirs);
        (await ListAsync(await tenant.ServiceKeyAsync(permissions: Permissions.WebhooksManage)))
            .Should().Equal(one, two, enabled);
        (await ListAsync(narrow)).Should().Equal(two);
        (await ListAsync(narrow, $"?organization_id={tenant.Id}&workspace_id={workspace.Id}")).Should().Equal(two);
        (await ListAsync(ServiceFixture.RootKey, $"?organization_id={tenant.Id}&limit=100"))
            .Should().Equal(one, two, enabled);
        (await ListAsync(ServiceFixture.RootKey, "?limit=100")).Should().NotBeEmpty();
        (await ListAsync((await tenant.NewMemberAsync()).Key)).Should().BeEmpty();
    }

    [Fact]
    public async Task Only_administrators_and_keys_that_manage_webhooks_list_those_of_an_organization()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        await tenant.AssertOnlyAdministratorsAsync(
            workspace.Id,
            client => client.GetAsync($"/v1/webhooks?organization_id={tenant.Id}&workspace_id=WS-26-999999"));
    }

    [Fact]
    public async Task It_pages_and_a_cursor_is_of_its_filters()
    {
        var tenant = await service.NewTenantAsync();
        var made = new List<string>();
        for (var n = 0; n < 5; n++)
        {
            made.Add((await tenant.NewIdleWebhookAsync()).Id);
        }

        var seen = new List<string?>();
        var (cursor, first) = ("", "");
        do
        {
            var page = await (await tenant.Client.GetAsync($"/v1/webhooks?limit=2{cursor}")).Json();
            seen.AddRange(page.GetProperty("data").EnumerateArray().Select(each => each.GetProperty("id").GetString()));
            var next = page.GetProperty("meta").GetProperty("cursor").GetString();
            page.GetProperty("meta").GetProperty("has_more").GetBoolean().Should().Be(next is not null);
            cursor = next is null ? "" : $"&cursor={next}";
            first = first.Length == 0 ? cursor : first;
        }
        while (cursor.Length > 0);

        seen.Should().Equal(made);
        foreach (var query in new[] { "limit=2&cursor=x", $"limit=2&status=enabled{first}" })
        {
            await (await tenant.Client.GetAsync($"/v1/webhooks?{query}"))
                .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_cursor");
        }
    }

    [Theory]
    [InlineData("status=paused")]
    [InlineData("status=deleted")]
    [InlineData("limit=0")]
    [InlineData("limit=101")]
    [InlineData("url=x")]
    public async Task A_wrong_value_is_refused(string query) =>
        await (await service.Root.GetAsync($"/v1/webhooks?{query}"))
            .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_parameter");

    private async Task<IEnumerable<string?>> ListAsync(string key, string query = "") =>
    [
        .. (await (await service.Client(key).GetAsync("/v1/webhooks" + query)).Data()).EnumerateArray()
            .Select(webhook => webhook.GetProperty("id").GetString()),
    ];
}
