using WorkspaceService.Features.Webhooks;
using WorkspaceService.Infrastructure.Contracts;

namespace WorkspaceService.Infrastructure.Dispatch;

/// <summary>
/// Several instances on one database: one at a time works for a webhook, and another goes on when it ends.
/// </summary>
[Collection("Webhooks")]
public sealed class WebhookInstancesTests(WebhookFixture service)
{
    [PostgresFact]
    public async Task Each_event_is_sent_once_to_each_webhook_whoever_appended_it()
    {
        const int events = 300;
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        var webhooks = new List<WebhookObject>();
        for (var n = 0; n < 5; n++)
        {
            webhooks.Add(await (tenant with { Service = service.Next })
                .NewWebhookAsync($"{receiver.Address}/{n}", null, "workspace.updated"));
        }

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            for (var n = 0; n < events / 6; n++)
            {
                await (tenant with { Service = service.Next }).TouchAsync(workspace.Id);
            }
        })));

        for (var n = 0; n < webhooks.Count; n++)
        {
            await receiver.OnAsync($"/{n}", events);
            (await tenant.EndedAsync(webhooks[n].Id, events)).Should().HaveCount(events);
            receiver.On($"/{n}").Select(each => each.Id).Should().OnlyHaveUniqueItems().And.HaveCount(events);
        }
    }

    [PostgresFact]
    public async Task When_one_stops_the_others_go_on_and_nothing_is_sent_twice()
    {
        const int events = 120;
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var third = service.NewInstance();
        var there = tenant with { Service = third };
        var webhooks = new List<WebhookObject>();
        for (var n = 0; n < 5; n++)
        {
            webhooks.Add(await there.NewWebhookAsync($"{receiver.Address}/{n}", null, "workspace.updated"));
        }

        for (var n = 0; n < events; n++)
        {
            await (n < events / 2 ? there : tenant).TouchAsync(workspace.Id);
            if (n == events / 2)
            {
                await third.DisposeAsync();
            }
        }

        for (var n = 0; n < webhooks.Count; n++)
        {
            await receiver.OnAsync($"/{n}", events);
            await tenant.EndedAsync(webhooks[n].Id, events);
            receiver.On($"/{n}").Select(each => each.Id).Should().OnlyHaveUniqueItems().And.HaveCount(events);
        }
    }

    [PostgresFact]
    public async Task The_lease_of_one_that_has_died_ends_and_another_goes_on()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        var made = await tenant.NewIdleWebhookAsync();
        await service.ArrangeAsync(
            """
            INSERT INTO leases (name, holder, expires_at)
            SELECT 'webhook ' || id, 'dead', CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) + 5000
            FROM webhooks WHERE code = @Id
            """,
            new { made.Id });
        await service.Do(new UpdateWebhook.Command(await tenant.OwnerAsync(), made.Id, new UpdateWebhook.Body
        {
            Url = $"{receiver.Address}/",
            Events = new[] { "workspace.updated" },
            Status = WebhookObject.Enabled,
        }));

        var sent = new List<string>();
        for (var n = 0; n < 10; n++)
        {
            sent.Add(await tenant.TouchAsync(workspace.Id));
        }

        await receiver.OnAsync("/", 10);
        (await tenant.EndedAsync(made.Id, 10)).Select(each => each.EventId).Should().Equal(sent);
        (await service.ReadAsync<string>(
            "SELECT l.holder FROM leases l JOIN webhooks h ON l.name = 'webhook ' || h.id WHERE h.code = @Id",
            new { made.Id })).Single().Should().NotBe("dead");
    }

    [PostgresFact]
    public async Task What_one_is_told_is_done_whoever_holds_the_lease()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        var made = await tenant.NewWebhookAsync($"{receiver.Address}/", null, "workspace.updated");
        var expected = 0;
        foreach (var instance in new[] { service, service.Second, service, service.Second })
        {
            var here = tenant with { Service = instance };
            var owner = await here.OwnerAsync();
            await here.SetStatusAsync(made.Id, WebhookObject.Disabled);
            await here.TouchAsync(workspace.Id);
            await here.SetStatusAsync(made.Id, WebhookObject.Enabled);
            await receiver.OnAsync("/", expected += 1);
            var delivery = (await tenant.EndedAsync(made.Id, 1))[^1];

            await instance.Do(new RetryWebhookDelivery.Command(owner, made.Id, delivery.Id));
            await receiver.OnAsync("/", expected += 1);
            await instance.Do(new TestWebhook.Command(owner, made.Id));
            await receiver.OnAsync("/", expected += 1);
            await tenant.EndedAsync(made.Id, 1);
            var sequence = (await tenant.ShownEventsAsync("&type=workspace.updated"))[^1]
                .GetProperty("sequence").GetInt64();
            await instance.Do(new ReplayWebhook.Command(owner, made.Id, sequence - 1, sequence + 1));
            await receiver.OnAsync("/", expected += 1);
            await tenant.EndedAsync(made.Id, 1);
        }

        receiver.On("/").Should().HaveCount(expected);
    }
}
