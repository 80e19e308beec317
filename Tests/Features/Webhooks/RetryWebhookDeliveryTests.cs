using System.Net;

namespace WorkspaceService.Features.Webhooks;

[Collection("Webhooks")]
public sealed class RetryWebhookDeliveryTests(WebhookFixture service)
{
    [Fact]
    public async Task It_sends_the_event_again_at_once_and_keeps_the_tries_so_far()
    {
        var tenant = await service.NewTenantAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        var made = await tenant.NewWebhookAsync($"{receiver.Address}/", null, "workspace.created");
        await tenant.NewWorkspaceAsync();
        var delivery = (await tenant.EndedAsync(made.Id, 1)).Single();

        var response = await tenant.Client.SendJson(
            HttpMethod.Post, $"/v1/webhooks/{made.Id}/deliveries/{delivery.Id}/retry", null);

        var answer = await response.Data(HttpStatusCode.Accepted);
        answer.GetProperty("id").GetString().Should().Be(delivery.Id);
        answer.GetProperty("status").GetString().Should().Be("pending");
        answer.GetProperty("next_attempt_at").GetString().Should().EndWith("Z");
        answer.GetProperty("attempts").GetArrayLength().Should().Be(1);
        var received = await receiver.OnAsync("/", 2);
        received[1].Id.Should().Be(received[0].Id).And.Be(delivery.EventId);
        received[1].Body.Should().Be(received[0].Body);
        (await tenant.TriedAsync(made.Id, 2)).Status.Should().Be("delivered");
    }

    [Fact]
    public async Task One_that_waits_for_its_next_try_is_tried_now_and_its_waits_begin_anew()
    {
        var tenant = await service.NewTenantAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (_, http) => WebhookReceiver.StatusAsync(http, 500);
        var made = await tenant.NewWebhookAsync(receiver.Address, null, "workspace.created");
        await tenant.NewWorkspaceAsync();
        await tenant.TriedAsync(made.Id, 1);
        service.Clock.Advance(TimeSpan.FromSeconds(6));
        var waiting = await tenant.TriedAsync(made.Id, 2);

        (await tenant.Client.PostJson($"/v1/webhooks/{made.Id}/deliveries/{waiting.Id}/retry", new { })).StatusCode
            .Should().Be(HttpStatusCode.Accepted);

        var tried = await tenant.TriedAsync(made.Id, 3);
        (waiting.NextAttemptAt - waiting.Attempts[1].AttemptedAt)!.Value.TotalSeconds.Should().BeInRange(270, 331);
        (tried.NextAttemptAt - tried.Attempts[2].AttemptedAt)!.Value.TotalSeconds.Should().BeInRange(4.4, 6.6);
    }

    [Fact]
    public async Task That_of_a_disabled_webhook_waits_until_it_is_enabled()
    {
        var tenant = await service.NewTenantAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        var made = await tenant.NewWebhookAsync($"{receiver.Address}/", null, "workspace.created");
        await tenant.NewWorkspaceAsync();
        var delivery = (await tenant.EndedAsync(made.Id, 1)).Single();
        await tenant.SetStatusAsync(made.Id, "disabled");

        (await tenant.Client.PostJson($"/v1/webhooks/{made.Id}/deliveries/{delivery.Id}/retry", new { })).StatusCode
            .Should().Be(HttpStatusCode.Accepted);
        receiver.All.Should().ContainSingle();
        await tenant.SetStatusAsync(made.Id, "enabled");

        await receiver.OnAsync("/", 2);
    }

    [Fact]
    public async Task A_version_of_the_delivery_that_is_stale_is_not_retried()
    {
        var tenant = await service.NewTenantAsync();
        var made = await tenant.NewIdleWebhookAsync();
        var url = $"/v1/webhooks/{made.Id}/deliveries/{await tenant.NewDeliveryAsync(made.Id)}";
        var tag = (await tenant.Client.GetAsync(url)).Headers.ETag!.Tag;

        (await tenant.Client.PostJson($"{url}/retry", new { }, ("If-Match", tag))).StatusCode
            .Should().Be(HttpStatusCode.Accepted);
        await (await tenant.Client.PostJson($"{url}/retry", new { }, ("If-Match", tag)))
            .ShouldBeProblem(HttpStatusCode.PreconditionFailed, "precondition_failed");
    }

    [Fact]
    public async Task That_of_another_webhook_is_not_found()
    {
        var tenant = await service.NewTenantAsync();
        var (made, other) = (await tenant.NewIdleWebhookAsync(), await tenant.NewIdleWebhookAsync());
        var delivery = await tenant.NewDeliveryAsync(other.Id);

        await (await tenant.Client.PostJson($"/v1/webhooks/{made.Id}/deliveries/{delivery}/retry", new { }))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await tenant.DeliveriesAsync(other.Id)).Single().Status.Should().Be("failed");
    }

    [Fact]
    public async Task Only_administrators_and_keys_that_manage_webhooks_retry_it()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var made = await tenant.NewIdleWebhookAsync();
        var delivery = await tenant.NewDeliveryAsync(made.Id);

        await tenant.AssertOnlyAdministratorsAsync(
            workspace.Id, client => client.PostJson($"/v1/webhooks/{made.Id}/deliveries/{delivery}/retry", new { }));
    }

    [Fact]
    public async Task In_an_organization_that_is_not_active_only_root_retries_it()
    {
        var tenant = await service.NewTenantAsync();
        var made = await tenant.NewIdleWebhookAsync();
        var url = $"/v1/webhooks/{made.Id}/deliveries/{await tenant.NewDeliveryAsync(made.Id)}/retry";
        await service.ArrangeAsync("UPDATE organizations SET status = 'suspended' WHERE code = @Id", new { tenant.Id });

        await (await tenant.Client.PostJson(url, new { }))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "organization_suspended");
        (await service.Root.PostJson(url, new { })).StatusCode.Should().Be(HttpStatusCode.Accepted);
    }
}
