using System.Net;

namespace WorkspaceService.Features.Webhooks;

[Collection("Webhooks")]
public sealed class ListWebhookDeliveriesTests(WebhookFixture service)
{
    [Fact]
    public async Task It_lists_them_by_status_and_by_event()
    {
        var tenant = await service.NewTenantAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (sent, http) =>
            WebhookReceiver.StatusAsync(http, sent.Type == "workspace.created" ? 500 : 204);
        var made = await tenant.NewWebhookAsync(receiver.Address, null, "workspace.*");
        var workspace = await tenant.NewWorkspaceAsync();
        var first = await tenant.TouchAsync(workspace.Id);
        var second = await tenant.TouchAsync(workspace.Id);
        await tenant.TriedAsync(made.Id, 1, 2);
        var created = (await tenant.DeliveriesAsync(made.Id))[0].EventId;

        (await ListAsync("")).Should().Equal($"{created} pending", $"{first} delivered", $"{second} delivered");
        (await ListAsync("?status=pending")).Should().Equal($"{created} pending");
        (await ListAsync("?status=delivered")).Should().Equal($"{first} delivered", $"{second} delivered");
        (await ListAsync("?status=failed")).Should().BeEmpty();
        (await ListAsync($"?event_id={first}")).Should().Equal($"{first} delivered");
        (await ListAsync($"?event_id={first}&status=failed")).Should().BeEmpty();
        (await ListAsync("?event_id=EVT-26-999999")).Should().BeEmpty();

        async Task<IEnumerable<string>> ListAsync(string query) =>
        [
            .. (await (await tenant.Client.GetAsync($"/v1/webhooks/{made.Id}/deliveries{query}")).Data())
                .EnumerateArray().Select(each => $"{each.GetProperty("event_id")} {each.GetProperty("status")}"),
        ];
    }

    [Fact]
    public async Task It_pages_and_a_cursor_is_of_its_filters()
    {
        var tenant = await service.NewTenantAsync();
        var made = await tenant.NewIdleWebhookAsync();
        var other = await tenant.NewIdleWebhookAsync();
        await tenant.NewDeliveryAsync(other.Id);
        var deliveries = new List<string>();
        for (var n = 0; n < 5; n++)
        {
            deliveries.Add(await tenant.NewDeliveryAsync(made.Id));
        }

        foreach (var filter in new[] { "", "&status=failed" })
        {
            var seen = new List<string?>();
            var cursor = "";
            do
            {
                var page = await (await tenant.Client.GetAsync(
                    $"/v1/webhooks/{made.Id}/deliveries?limit=2{filter}{cursor}")).Json();
                seen.AddRange(
                    page.GetProperty("data").EnumerateArray().Select(each => each.GetProperty("id").GetString()));
                var next = page.GetProperty("meta").GetProperty("cursor").GetString();
                cursor = next is null ? "" : $"&cursor={next}";
                if (next is not null)
                {
                    foreach (var foreign in new[]
                    {
                        $"/v1/webhooks/{made.Id}/deliveries?status=pending{cursor}",
                        $"/v1/webhooks/{other.Id}/deliveries?limit=2{filter}{cursor}",
                    })
                    {
                        await (await tenant.Client.GetAsync(foreign))
                            .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_cursor");
                    }
                }
            }
            while (cursor.Length > 0);

            seen.Should().Equal(deliveries);
        }
    }

    [Theory]
    [InlineData("status=lost")]
    [InlineData("limit=0")]
    [InlineData("limit=101")]
    [InlineData("type=member.added")]
    public async Task A_wrong_value_is_refused(string query)
    {
        var tenant = await service.NewTenantAsync();
        var made = await tenant.NewIdleWebhookAsync();

        await (await tenant.Client.GetAsync($"/v1/webhooks/{made.Id}/deliveries?{query}"))
            .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_parameter");
    }

    [Fact]
    public async Task Only_administrators_and_keys_that_manage_webhooks_list_them()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var made = await tenant.NewIdleWebhookAsync();

        await tenant.AssertOnlyAdministratorsAsync(
            workspace.Id, client => client.GetAsync($"/v1/webhooks/{made.Id}/deliveries"));
    }
}
