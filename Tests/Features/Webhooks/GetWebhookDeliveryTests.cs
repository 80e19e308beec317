using System.Net;

namespace WorkspaceService.Features.Webhooks;

[Collection("Webhooks")]
public sealed class GetWebhookDeliveryTests(WebhookFixture service)
{
    [Fact]
    public async Task It_shows_every_try_with_what_came_of_it()
    {
        var tenant = await service.NewTenantAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (_, http) => receiver.All.Count == 1
            ? WebhookReceiver.StatusAsync(http, 503, "try\nlater")
            : WebhookReceiver.StatusAsync(http, 200, "thanks");
        var made = await tenant.NewWebhookAsync(receiver.Address, null, "workspace.created");
        await tenant.NewWorkspaceAsync();
        var delivery = await tenant.TriedAsync(made.Id, 1);
        var url = $"/v1/webhooks/{made.Id}/deliveries/{delivery.Id}";

        var pending = await tenant.Client.GetAsync(url);
        service.Clock.Advance(TimeSpan.FromSeconds(6));
        await tenant.EndedAsync(made.Id, 1);
        var delivered = await tenant.Client.GetAsync(url);

        var before = await pending.Data();
        delivery.Id.Should().MatchRegex(@"^DLV-\d\d-\d{6}$");
        before.EnumerateObject().Select(m => m.Name).Should().Equal(
            "id", "event_id", "event_type", "status", "next_attempt_at", "attempts");
        before.GetProperty("event_type").GetString().Should().Be("workspace.created");
        before.GetProperty("status").GetString().Should().Be("pending");
        before.GetProperty("next_attempt_at").GetDateTimeOffset().Should().BeAfter(service.Clock.Now.AddMinutes(-1));
        var attempt = before.GetProperty("attempts").EnumerateArray().Single();
        attempt.EnumerateObject().Select(m => m.Name)
            .Should().Equal("attempted_at", "status_code", "duration_ms", "error");
        attempt.GetProperty("attempted_at").GetString().Should().EndWith("Z");
        attempt.GetProperty("status_code").GetInt32().Should().Be(503);
        attempt.GetProperty("duration_ms").GetInt64().Should().BeGreaterThanOrEqualTo(0);
        attempt.GetProperty("error").GetString().Should().Be("It answered 503 Service Unavailable. try later");
        var after = await delivered.Data();
        after.GetProperty("status").GetString().Should().Be("delivered");
        after.GetProperty("next_attempt_at").GetRawText().Should().Be("null");
        after.GetProperty("attempts").GetArrayLength().Should().Be(2);
        var last = after.GetProperty("attempts")[1];
        (last.GetProperty("status_code").GetInt32(), last.GetProperty("error").GetRawText()).Should().Be((200, "null"));
        pending.Headers.ETag!.Tag.Should().NotBe(delivered.Headers.ETag!.Tag);
        (await tenant.Client.SendJson(HttpMethod.Get, url, null, ("If-None-Match", delivered.Headers.ETag.Tag)))
            .StatusCode.Should().Be(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task That_of_another_webhook_is_not_found()
    {
        var tenant = await service.NewTenantAsync();
        var (made, other) = (await tenant.NewIdleWebhookAsync(), await tenant.NewIdleWebhookAsync());
        var delivery = await tenant.NewDeliveryAsync(other.Id);

        foreach (var id in new[] { delivery, "DLV-26-999999", made.Id, "x" })
        {
            await (await tenant.Client.GetAsync($"/v1/webhooks/{made.Id}/deliveries/{id}"))
                .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        }
    }

    [Fact]
    public async Task Only_administrators_and_keys_that_manage_webhooks_see_it()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var made = await tenant.NewIdleWebhookAsync();
        var delivery = await tenant.NewDeliveryAsync(made.Id);

        await tenant.AssertOnlyAdministratorsAsync(
            workspace.Id, client => client.GetAsync($"/v1/webhooks/{made.Id}/deliveries/{delivery}"));
    }
}
