using System.Net;

namespace WorkspaceService.Features.Webhooks;

[Collection("Webhooks")]
public sealed class TestWebhookTests(WebhookFixture service)
{
    [Fact]
    public async Task It_sends_an_event_to_that_webhook_alone_whatever_events_it_takes()
    {
        var tenant = await service.NewTenantAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        var made = await tenant.NewWebhookAsync($"{receiver.Address}/tested", null, "member.added");
        await tenant.NewWebhookAsync($"{receiver.Address}/other");

        var response = await tenant.Client.SendJson(HttpMethod.Post, $"/v1/webhooks/{made.Id}/test", null);

        var answer = await response.Data(HttpStatusCode.Accepted);
        answer.EnumerateObject().Select(m => m.Name).Should().Equal("event_id");
        var id = answer.GetProperty("event_id").GetString()!;
        var received = (await receiver.OnAsync("/tested", 1)).Single();
        (received.Id, received.Type).Should().Be((id, "webhook.test"));
        var workspace = await tenant.NewWorkspaceAsync();
        await Until.TrueAsync(() => receiver.On("/other").Any(each => each.Body.Contains(workspace.Id)));
        receiver.On("/other").Should().NotContain(each => each.Type == "webhook.test");
        var recorded = (await service.EventsOfAsync(made.Id)).Last();
        (recorded.Type, recorded.Changes, recorded.ActorId).Should().Be(("webhook.test", "{}", tenant.Owner.Id));
    }

    [Fact]
    public async Task To_one_that_is_disabled_it_is_sent_when_that_is_enabled()
    {
        var tenant = await service.NewTenantAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        var made = await tenant.NewWebhookAsync($"{receiver.Address}/", null, "member.added");
        await tenant.SetStatusAsync(made.Id, "disabled");

        (await tenant.Client.PostJson($"/v1/webhooks/{made.Id}/test", new { })).StatusCode
            .Should().Be(HttpStatusCode.Accepted);
        await tenant.SetStatusAsync(made.Id, "enabled");

        (await receiver.OnAsync("/", 1)).Single().Type.Should().Be("webhook.test");
    }

    [Fact]
    public async Task A_stale_version_is_not_tested()
    {
        var tenant = await service.NewTenantAsync();
        var url = $"/v1/webhooks/{(await tenant.NewIdleWebhookAsync()).Id}";
        var tag = (await tenant.Client.GetAsync(url)).Headers.ETag!.Tag;
        await tenant.Client.PatchJson(url, new { description = "Changed" });

        await (await tenant.Client.PostJson($"{url}/test", new { }, ("If-Match", tag)))
            .ShouldBeProblem(HttpStatusCode.PreconditionFailed, "precondition_failed");
    }

    [Fact]
    public async Task Only_administrators_and_keys_that_manage_webhooks_test_it()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var made = await tenant.NewIdleWebhookAsync();

        await tenant.AssertOnlyAdministratorsAsync(
            workspace.Id, client => client.PostJson($"/v1/webhooks/{made.Id}/test", new { }));
    }

    [Fact]
    public async Task In_an_organization_that_is_not_active_only_root_tests_it()
    {
        var tenant = await service.NewTenantAsync();
        var made = await tenant.NewIdleWebhookAsync();
        await service.ArrangeAsync("UPDATE organizations SET status = 'suspended' WHERE code = @Id", new { tenant.Id });

        await (await tenant.Client.PostJson($"/v1/webhooks/{made.Id}/test", new { }))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "organization_suspended");
        (await service.Root.PostJson($"/v1/webhooks/{made.Id}/test", new { })).StatusCode
            .Should().Be(HttpStatusCode.Accepted);
    }
}
