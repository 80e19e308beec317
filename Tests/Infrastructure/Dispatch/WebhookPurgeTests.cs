using WorkspaceService.Features.Webhooks;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Dispatch;

/// <summary>What is deleted of webhooks in time, all rows of the database being right afterwards.</summary>
public sealed class WebhookPurgeTests(WebhookFixture service) : IClassFixture<WebhookFixture>
{
    [Fact]
    public async Task What_ended_long_ago_goes_and_what_has_not_ended_stays()
    {
        var tenant = await service.NewTenantAsync();
        var made = await tenant.NewIdleWebhookAsync();
        var (old, pending, recent) = (
            await tenant.NewDeliveryAsync(made.Id),
            await tenant.NewDeliveryAsync(made.Id),
            await tenant.NewDeliveryAsync(made.Id));
        await service.Do(new RetryWebhookDelivery.Command(await tenant.OwnerAsync(), made.Id, pending));
        service.Clock.Advance(TimeSpan.FromHours(2));
        await service.ArrangeAsync(
            "UPDATE webhook_deliveries SET ended_at = @Now WHERE code = @recent",
            new { recent, service.Clock.Now });

        await WebhookStore.PurgeAsync(service.Db, service.Clock.Now.AddHours(-1), default);

        (await tenant.DeliveriesAsync(made.Id)).Select(each => each.Id).Should().Equal(pending, recent)
            .And.NotContain(old);
    }

    [Fact]
    public async Task A_deleted_webhook_goes_with_its_many_deliveries_and_replays_and_leaves_no_finding()
    {
        var tenant = await service.NewTenantAsync();
        var (made, kept) = (await tenant.NewIdleWebhookAsync(), await tenant.NewIdleWebhookAsync());
        foreach (var webhook in new[] { made, kept })
        {
            await service.Do(new RotateWebhookSecret.Command(await tenant.OwnerAsync(), webhook.Id, 3600));
            await service.Do(new ReplayWebhook.Command(await tenant.OwnerAsync(), webhook.Id, 0));
            await tenant.NewDeliveryAsync(webhook.Id);
        }

        await FillAsync(made, 4500);
        await service.Do(new DeleteWebhook.Command(await tenant.OwnerAsync(), made.Id));

        await WebhookStore.PurgeAsync(service.Db, service.Clock.Now.AddDays(-1), default);

        (await CountAsync("webhooks h WHERE h.code", made)).Should().Be(0);
        (await CountAsync("webhooks h WHERE h.code", kept)).Should().Be(1);
        (await CountAsync("webhook_deliveries d JOIN webhooks h ON h.id = d.webhook_id WHERE h.code", kept))
            .Should().Be(1);
        (await CountAsync("webhook_replays r JOIN webhooks h ON h.id = r.webhook_id WHERE h.code", kept))
            .Should().Be(1);
        (await service.ReadAsync<long>(
            "SELECT COUNT(*) FROM webhook_deliveries WHERE webhook_id NOT IN (SELECT id FROM webhooks)"))
            .Should().Equal(0);
        (await service.ReadAsync<long>("SELECT COUNT(*) FROM webhooks WHERE secret = ''")).Should().Equal(0);
        (await ServiceProcess.CommandAsync($"--ConnectionStrings:Workspaces={service.ConnectionString}", "verify"))
            .ShouldSucceed().Output.Should().BeEmpty();
    }

    private async Task<long> CountAsync(string rows, WebhookObject webhook) =>
        (await service.ReadAsync<long>($"SELECT COUNT(*) FROM {rows} = @Id", new { webhook.Id })).Single();

    // Codes and numbers as the service would have given them.
    private async Task FillAsync(WebhookObject webhook, int deliveries) =>
        await service.Db.TransactAsync<Done>(ServiceFixture.RootCaller, async session =>
        {
            var minted = await Codes.MintManyAsync(session, Codes.Delivery, deliveries);
            await session.ExecuteAsync(
                """
                INSERT INTO webhook_deliveries (id, code, webhook_id, event_id, event_code, event_type, status, round,
                                                attempts, ended_at, version)
                SELECT CAST(value ->> 'number' AS BIGINT), value ->> 'code', h.id, e.id, e.code, e.type, 'failed', 1,
                       '[]', @Now, 1
                FROM json_each(@Rows), webhooks h JOIN events e ON e.subject_id = h.code AND e.type = 'webhook.created'
                WHERE h.code = @Id
                """,
                new
                {
                    Rows = JsonRows.Serialize(minted.Select(each => new { number = each.Number, code = each.Code })),
                    webhook.Id,
                    session.Now,
                });
            return Done.It;
        });
}
