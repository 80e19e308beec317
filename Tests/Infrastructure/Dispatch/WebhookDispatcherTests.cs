using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using StandardWebhooks;
using WorkspaceService.Features.Members;
using WorkspaceService.Features.Webhooks;
using WorkspaceService.Features.Workspaces;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Infrastructure.Dispatch;

/// <summary>What receivers get, and when: at least once, in spite of what they do.</summary>
[Collection("Webhooks")]
public sealed class WebhookDispatcherTests(WebhookFixture service)
{
    [Fact]
    public async Task An_event_is_sent_as_the_log_shows_it_and_signed()
    {
        var tenant = await service.NewTenantAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        var made = await tenant.NewWebhookAsync($"{receiver.Address}/");

        var workspace = await tenant.NewWorkspaceAsync("Größe & <Öl> \"x\" 🌍");
        await service.Do(new ArchiveWorkspace.Command(await tenant.OwnerAsync(), workspace.Id));

        var received = await receiver.OnAsync("/", 2);
        await tenant.EndedAsync(made.Id, 2);
        var shown = (await tenant.ShownEventsAsync()).Where(each => !IsOf(each, made.Id)
            && each.GetProperty("workspace_id").ValueKind == JsonValueKind.String).ToList();
        received.Select(each => each.Body).Should().Equal(shown.Select(each => each.GetRawText()));
        received.Select(each => each.Id).Should().Equal(shown.Select(each => each.GetProperty("id").GetString()));
        foreach (var each in received.Where(_ => (service.Clock.Now - DateTimeOffset.UtcNow).TotalMinutes < 4))
        {
            new StandardWebhook(made.Secret!).Verify(each.Body, each.Headers);
        }

        received.Should().OnlyContain(each =>
            each.Signature == WebhookSender.Sign(
                new[] { made.Secret! }, each.Id, DateTimeOffset.FromUnixTimeSeconds(each.Timestamp), each.Body));
    }

    [Fact]
    public async Task Only_what_happens_after_it_was_made_is_sent_and_all_of_that_in_order()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        await tenant.TouchAsync(workspace.Id);
        await using var receiver = await WebhookReceiver.StartAsync();
        var made = await tenant.NewWebhookAsync($"{receiver.Address}/", null, "workspace.updated");

        var sent = new List<string>();
        for (var n = 0; n < 30; n++)
        {
            sent.Add(await tenant.TouchAsync(workspace.Id));
        }

        await receiver.OnAsync("/", 30);
        (await tenant.EndedAsync(made.Id, 30)).Select(each => each.EventId).Should().Equal(sent);
        receiver.On("/").Select(each => each.Id).Should().BeEquivalentTo(sent);
    }

    [Fact]
    public async Task Patterns_and_the_workspace_choose_the_events()
    {
        var tenant = await service.NewTenantAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        var (one, other) = (await tenant.NewWorkspaceAsync(), await tenant.NewWorkspaceAsync());
        await tenant.NewWebhookAsync($"{receiver.Address}/all");
        await tenant.NewWebhookAsync($"{receiver.Address}/members", null, "member.*");
        await tenant.NewWebhookAsync($"{receiver.Address}/two", null, "member.added", "workspace.archived");
        await tenant.NewWebhookAsync($"{receiver.Address}/one", one.Id);
        await tenant.NewWebhookAsync($"{receiver.Address}/one-members", one.Id, "member.*");
        var person = await tenant.NewMemberAsync();
        var owner = await tenant.OwnerAsync();

        await service.Do(new AddMember.Command(owner, one.Id, person.Id, Roles.Member));
        await service.Do(new AddMember.Command(owner, other.Id, person.Id, Roles.Member));
        await service.Do(new ChangeMemberRole.Command(owner, one.Id, person.Id, Roles.Guest));
        await service.Do(new ArchiveWorkspace.Command(owner, other.Id));
        await service.Do(new ArchiveWorkspace.Command(owner, one.Id));

        await receiver.OnAsync("/members", 3);
        await receiver.OnAsync("/two", 4);
        await receiver.OnAsync("/one-members", 2);
        await Until.TrueAsync(() => Types("/one").Count(type => !EventTypes.IsOfWebhook(type)) == 3);
        await Until.TrueAsync(() => receiver.On("/all").Count(each => each.Type == "workspace.archived") == 2);
        Types("/members").Should().BeEquivalentTo("member.added", "member.added", "member.role_changed");
        Types("/two").Should().BeEquivalentTo(
            "member.added", "member.added", "workspace.archived", "workspace.archived");
        Types("/one-members").Should().BeEquivalentTo("member.added", "member.role_changed");
        Types("/one").Where(type => !EventTypes.IsOfWebhook(type))
            .Should().BeEquivalentTo("member.added", "member.role_changed", "workspace.archived");
        Types("/all").Should().Contain(["organization.member_added", "webhook.created"]);

        IEnumerable<string> Types(string path) => receiver.On(path).Select(each => each.Type);
    }

    [Fact]
    public async Task While_the_overlap_lasts_both_secrets_sign()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        var made = await tenant.NewWebhookAsync($"{receiver.Address}/", null, "workspace.updated");
        var first = made.Secret!;
        var second = (await service.Do(new RotateWebhookSecret.Command(owner, made.Id, 3600))).Value.Secret!;

        await tenant.TouchAsync(workspace.Id);
        await receiver.OnAsync("/", 1);
        service.Clock.Advance(TimeSpan.FromMinutes(61));
        await tenant.TouchAsync(workspace.Id);
        await receiver.OnAsync("/", 2);
        var third = (await service.Do(new RotateWebhookSecret.Command(owner, made.Id))).Value.Secret!;
        await tenant.TouchAsync(workspace.Id);
        await receiver.OnAsync("/", 3);

        string[][] expected = [[second, first], [second], [third]];
        receiver.All.Select(each => each.Signature).Should().Equal(receiver.All.Zip(expected, (each, secrets) =>
            WebhookSender.Sign(
                secrets, each.Id, DateTimeOffset.FromUnixTimeSeconds(each.Timestamp), each.Body)));
    }

    [Fact]
    public async Task It_is_tried_by_the_schedule_with_jitter_and_fails_after_the_last_try()
    {
        var tenant = await service.NewTenantAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (_, http) => WebhookReceiver.StatusAsync(http, 500);
        var made = await tenant.NewWebhookAsync($"{receiver.Address}/", null, "workspace.created");
        await tenant.NewWorkspaceAsync();
        TimeSpan[] waits =
        [
            TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2),
            TimeSpan.FromHours(5), TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20),
            TimeSpan.FromHours(24),
        ];

        for (var n = 0; n < waits.Length; n++)
        {
            var tried = await tenant.TriedAsync(made.Id, n + 1);
            tried.Status.Should().Be(DeliveryObject.Pending);
            var wait = tried.NextAttemptAt!.Value - tried.Attempts[n].AttemptedAt;
            (wait / waits[n]).Should().BeInRange(0.89, n == 0 ? 2.2 : 1.2, $"{wait} comes after try {n + 1}");
            service.Clock.SetTo(tried.NextAttemptAt.Value.AddMilliseconds(1));
        }

        var failed = (await tenant.EndedAsync(made.Id, 1)).Single();
        (failed.Status, failed.NextAttemptAt, failed.Attempts.Count).Should().Be((DeliveryObject.Failed, null, 10));
        var received = receiver.On("/");
        received.Select(each => each.Id).Distinct().Should().ContainSingle();
        received.Select(each => each.Timestamp)
            .Should().Equal(failed.Attempts.Select(each => each.AttemptedAt.ToUnixTimeSeconds()))
            .And.OnlyHaveUniqueItems();
        var recorded = (await service.EventsOfAsync(made.Id)).Last();
        (recorded.Type, recorded.ActorKind).Should().Be(("webhook.delivery_failed", "system"));
        recorded.Changes.Should().Be($$"""{"event_id":[null,"{{failed.EventId}}"]}""");
        (await tenant.StatusAsync(made.Id)).Should().Be(WebhookObject.Enabled);
    }

    [Fact]
    public async Task Retry_after_is_kept_where_it_is_later_than_the_schedule()
    {
        var tenant = await service.NewTenantAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (sent, http) =>
        {
            http.Response.Headers.RetryAfter = sent.Path == "/long" ? "3600" : "1";
            return WebhookReceiver.StatusAsync(http, 503);
        };
        var later = await tenant.NewWebhookAsync($"{receiver.Address}/long", null, "workspace.created");
        var sooner = await tenant.NewWebhookAsync($"{receiver.Address}/short", null, "workspace.created");
        await tenant.NewWorkspaceAsync();

        Wait(await tenant.TriedAsync(later.Id, 1)).Should().BeInRange(3590, 3700);
        Wait(await tenant.TriedAsync(sooner.Id, 1)).Should().BeInRange(4.4, 60);

        static double Wait(DeliveryObject tried) =>
            (tried.NextAttemptAt!.Value - tried.Attempts[0].AttemptedAt).TotalSeconds;
    }

    [Fact]
    public async Task Gone_disables_it_and_nothing_is_lost_of_what_happens_until_it_is_enabled_again()
    {
        var tenant = await service.NewTenantAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        var isGone = true;
        receiver.Answer = (_, http) => WebhookReceiver.StatusAsync(http, isGone ? 410 : 204);
        var made = await tenant.NewWebhookAsync($"{receiver.Address}/", null, "workspace.*");
        var workspace = await tenant.NewWorkspaceAsync();
        await Until.TrueAsync(async () => await tenant.StatusAsync(made.Id) == WebhookObject.Disabled);
        var delivery = (await tenant.DeliveriesAsync(made.Id)).Single();

        var missed = new List<string>();
        for (var n = 0; n < 5; n++)
        {
            missed.Add(await tenant.TouchAsync(workspace.Id));
        }

        receiver.On("/").Should().ContainSingle();
        var recorded = (await service.EventsOfAsync(made.Id)).Last();
        (recorded.Type, recorded.ActorKind).Should().Be(("webhook.disabled", "system"));
        recorded.Changes.Should().Be(
            """{"status":["enabled","disabled"],"reason":[null,"The receiver answered 410 Gone."]}""");
        (delivery.Status, delivery.Attempts[0].StatusCode).Should().Be((DeliveryObject.Pending, 410));
        isGone = false;
        service.Clock.Advance(TimeSpan.FromSeconds(6));
        await tenant.SetStatusAsync(made.Id, WebhookObject.Enabled);

        var ended = await tenant.EndedAsync(made.Id, 6);
        ended.Select(each => each.EventId).Should().Equal([delivery.EventId, .. missed]);
        ended.Should().OnlyContain(each => each.Status == DeliveryObject.Delivered);
        receiver.On("/").Select(each => each.Id).Should().BeEquivalentTo(
            [delivery.EventId, delivery.EventId, .. missed]);
    }

    [Fact]
    public async Task Whoever_answers_gone_is_sent_nothing_more()
    {
        var tenant = await service.NewTenantAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (_, http) => WebhookReceiver.StatusAsync(http, 410);
        var made = await tenant.NewWebhookAsync($"{receiver.Address}/", null, "workspace.*");
        await tenant.SetStatusAsync(made.Id, WebhookObject.Disabled);
        var workspace = await tenant.NewWorkspaceAsync();
        for (var n = 0; n < 20; n++)
        {
            await tenant.TouchAsync(workspace.Id);
        }

        await tenant.SetStatusAsync(made.Id, WebhookObject.Enabled);
        await receiver.OnAsync("/", 1);
        await Until.TrueAsync(async () => await tenant.StatusAsync(made.Id) == WebhookObject.Disabled);

        receiver.On("/").Should().ContainSingle();
    }

    [Fact]
    public async Task A_retry_that_is_asked_for_during_a_try_is_made()
    {
        var tenant = await service.NewTenantAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        var (asked, go, tries) = (new TaskCompletionSource(), new TaskCompletionSource(), 0);
        receiver.Answer = async (_, http) =>
        {
            asked.TrySetResult();
            await go.Task;
            await WebhookReceiver.StatusAsync(http, Interlocked.Increment(ref tries) == 1 ? 500 : 204);
        };
        var made = await tenant.NewWebhookAsync($"{receiver.Address}/", null, "workspace.created");
        await tenant.NewWorkspaceAsync();
        await asked.Task;
        var delivery = (await tenant.DeliveriesAsync(made.Id)).Single();
        await service.Do(new RetryWebhookDelivery.Command(await tenant.OwnerAsync(), made.Id, delivery.Id));

        go.SetResult();

        var ended = (await tenant.EndedAsync(made.Id, 1)).Single();
        ended.Status.Should().Be(DeliveryObject.Delivered);
        ended.Attempts.Select(attempt => attempt.StatusCode).Should().Equal(500, 204);
    }

    [Fact]
    public async Task What_is_under_way_to_the_old_receiver_does_not_disable_the_new_one()
    {
        var tenant = await service.NewTenantAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        var (asked, changed) = (new TaskCompletionSource(), new TaskCompletionSource());
        receiver.Answer = async (sent, http) =>
        {
            if (sent.Path == "/old")
            {
                asked.TrySetResult();
                await changed.Task;
            }

            await WebhookReceiver.StatusAsync(http, sent.Path == "/old" ? 410 : 204);
        };
        var made = await tenant.NewWebhookAsync($"{receiver.Address}/old", null, "workspace.created");
        await tenant.NewWorkspaceAsync();
        await asked.Task;
        await service.Do(new UpdateWebhook.Command(
            await tenant.OwnerAsync(), made.Id, new UpdateWebhook.Body { Url = $"{receiver.Address}/new" }));

        changed.SetResult();
        await tenant.TriedAsync(made.Id, 1);
        service.Clock.Advance(TimeSpan.FromSeconds(6));

        await receiver.OnAsync("/new", 1);
        (await tenant.StatusAsync(made.Id)).Should().Be(WebhookObject.Enabled);
    }

    [Fact]
    public async Task One_that_has_only_failed_for_five_days_is_disabled_and_one_success_counts()
    {
        var tenant = await service.NewTenantAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (sent, http) => WebhookReceiver.StatusAsync(
            http, sent.Path == "/once" && sent.Type == "workspace.archived" ? 204 : 500);
        var dead = await tenant.NewWebhookAsync($"{receiver.Address}/dead", null, "workspace.*");
        var once = await tenant.NewWebhookAsync($"{receiver.Address}/once", null, "workspace.*");
        var workspace = await tenant.NewWorkspaceAsync();
        await tenant.TriedAsync(dead.Id, 1);
        await tenant.TriedAsync(once.Id, 1);
        service.Clock.Advance(TimeSpan.FromDays(4.9));
        await tenant.TriedAsync(dead.Id, 2);
        await tenant.TriedAsync(once.Id, 2);
        (await tenant.StatusAsync(dead.Id)).Should().Be(WebhookObject.Enabled);
        await service.Do(new ArchiveWorkspace.Command(await tenant.OwnerAsync(), workspace.Id));
        await tenant.TriedAsync(once.Id, 1, 1);
        await tenant.TriedAsync(dead.Id, 1, 1);

        service.Clock.Advance(TimeSpan.FromDays(0.2));
        await tenant.TriedAsync(once.Id, 3);

        await Until.TrueAsync(async () => await tenant.StatusAsync(dead.Id) == WebhookObject.Disabled);
        (await service.EventsOfAsync(dead.Id)).Last().Changes.Should().Be(
            """{"status":["enabled","disabled"],"reason":[null,"It has only failed for five days."]}""");
        (await tenant.StatusAsync(once.Id)).Should().Be(WebhookObject.Enabled);
        await tenant.SetStatusAsync(dead.Id, WebhookObject.Enabled);
        var tried = (await tenant.DeliveriesAsync(dead.Id))[0].Attempts.Count;
        service.Clock.Advance(TimeSpan.FromDays(1));
        await tenant.TriedAsync(dead.Id, tried + 1);
        (await tenant.StatusAsync(dead.Id)).Should().Be(WebhookObject.Enabled, "its failures before count no more");
    }

    [Fact]
    public async Task Events_of_webhooks_go_to_others_and_append_none_when_they_fail()
    {
        var tenant = await service.NewTenantAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (_, http) => WebhookReceiver.StatusAsync(http, 500);
        var watching = await tenant.NewWebhookAsync($"{receiver.Address}/watching", null, "webhook.*");
        var watched = await tenant.NewIdleWebhookAsync();
        await service.Do(new DeleteWebhook.Command(await tenant.OwnerAsync(), watched.Id));

        await tenant.TriedAsync(watching.Id, 1, 1);
        for (var n = 0; n < 9; n++)
        {
            var waiting = await tenant.TriedAsync(watching.Id, n + 1, 1);
            await tenant.TriedAsync(watching.Id, n + 1);
            service.Clock.SetTo(new[] { waiting, (await tenant.DeliveriesAsync(watching.Id))[0] }
                .Max(each => each.NextAttemptAt)!.Value.AddMilliseconds(1));
        }

        var ended = await tenant.EndedAsync(watching.Id, 2);
        ended.Select(each => (each.EventType, each.Status)).Should().Equal(
            ("webhook.created", DeliveryObject.Failed), ("webhook.deleted", DeliveryObject.Failed));
        (await service.EventsOfAsync(watching.Id)).Select(each => each.Type).Should().Equal("webhook.created");
    }

    [Fact]
    public async Task A_try_ends_when_its_time_is_over_and_is_told_so()
    {
        var tenant = await service.NewTenantAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (_, http) => receiver.HangAsync(http);
        var made = await tenant.NewWebhookAsync(receiver.Address, null, "workspace.created");
        await tenant.NewWorkspaceAsync();

        var tried = (await tenant.TriedAsync(made.Id, 1)).Attempts.Single();

        (tried.StatusCode, tried.Error).Should().Be((null, "There was no answer within 5 s."));
        tried.DurationMs.Should().BeGreaterThanOrEqualTo(4900);
    }

    [Fact]
    public async Task Fifty_dead_receivers_and_a_slow_one_delay_nobody_else()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        using var dead = new TcpListener(IPAddress.Loopback, 0);
        dead.Start(1000);
        await using var receiver = await WebhookReceiver.StartAsync();
        using var go = new SemaphoreSlim(0);
        receiver.Answer = async (sent, http) =>
        {
            await (sent.Path == "/slow" ? go.WaitAsync() : Task.CompletedTask);
            await WebhookReceiver.StatusAsync(http, 204);
        };
        var port = ((IPEndPoint)dead.LocalEndpoint).Port;
        for (var n = 0; n < 50; n++)
        {
            await tenant.NewWebhookAsync($"http://127.0.0.1:{port}/{n}", null, "workspace.updated");
        }

        await tenant.NewWebhookAsync($"{receiver.Address}/slow", null, "workspace.updated");
        await tenant.NewWebhookAsync($"{receiver.Address}/live", null, "workspace.updated");

        const int events = 100;
        for (var n = 0; n < events; n++)
        {
            await tenant.TouchAsync(workspace.Id);
        }

        await receiver.OnAsync("/live", events);
        var tries = (await service.ReadAsync<long>(
            """
            SELECT COUNT(*) FROM webhook_deliveries d JOIN webhooks h ON h.id = d.webhook_id
            WHERE h.organization_code = @Id AND h.url LIKE @Dead AND d.attempts <> '[]'
            """,
            new { tenant.Id, Dead = $"http://127.0.0.1:{port}/%" })).Single();
        tries.Should().BeLessThan(50 * events / 2, "the dead ones were far behind when the live one had all");
        receiver.On("/slow").Should().HaveCount(1, "it is trusted with one at a time until it answers");
        go.Release(events);
        await receiver.OnAsync("/slow", events);
        foreach (var webhook in (await service.Do(
            new ListWebhooks.Query(await tenant.OwnerAsync(), tenant.Id, Limit: 100))).Items)
        {
            await tenant.SetStatusAsync(webhook.Id, WebhookObject.Disabled);
        }
    }

    [Fact]
    public async Task A_receiver_that_works_is_trusted_with_more_at_a_time_up_to_a_limit()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        var (now, most) = (0, 0);
        var gate = new Lock();
        receiver.Answer = async (_, http) =>
        {
            lock (gate)
            {
                most = Math.Max(most, ++now);
            }

            await Task.Delay(50);
            lock (gate)
            {
                now--;
            }

            await WebhookReceiver.StatusAsync(http, 204);
        };
        var made = await tenant.NewIdleWebhookAsync();
        for (var n = 0; n < 300; n++)
        {
            await tenant.TouchAsync(workspace.Id);
        }

        await service.Do(new UpdateWebhook.Command(await tenant.OwnerAsync(), made.Id, new UpdateWebhook.Body
        {
            Url = $"{receiver.Address}/",
            Events = new[] { "workspace.updated" },
            Status = WebhookObject.Enabled,
        }));

        await receiver.OnAsync("/", 300);
        most.Should().BeInRange(2, 32);
    }

    [Fact]
    public async Task It_has_the_events_of_a_user_whom_the_organization_manages_and_none_of_another_organization()
    {
        var tenant = await service.NewTenantAsync();
        var other = await service.NewTenantAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        var made = await tenant.NewWebhookAsync($"{receiver.Address}/");
        await other.NewWorkspaceAsync();
        await service.NewUserAsync();
        var person = await tenant.NewUserAsync();

        await tenant.Client.PatchJson($"/v1/users/{person.Id}", new { name = "Renamed" });

        var received = (await receiver.OnAsync("/", 1)).Single();
        received.Type.Should().Be("user.updated");
        (await tenant.EndedAsync(made.Id, 1)).Should().ContainSingle();
        JsonDocument.Parse(received.Body).RootElement.GetProperty("organization_id").GetString()
            .Should().Be(tenant.Id);
    }

    [Fact]
    public async Task Of_many_tries_the_last_fifty_are_shown()
    {
        var tenant = await service.NewTenantAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (_, http) => WebhookReceiver.StatusAsync(http, 500, receiver.All.Count.ToString(
            CultureInfo.InvariantCulture));
        var made = await tenant.NewWebhookAsync($"{receiver.Address}/", null, "workspace.created");
        await tenant.NewWorkspaceAsync();
        var delivery = await tenant.TriedAsync(made.Id, 1);

        for (var n = 2; n <= 52; n++)
        {
            await service.Do(new RetryWebhookDelivery.Command(await tenant.OwnerAsync(), made.Id, delivery.Id));
            await receiver.OnAsync("/", n);
            await Until.TrueAsync(async () => (await tenant.DeliveriesAsync(made.Id))[0] is var tried
                && tried.Attempts[^1].Error!.EndsWith($" {n}", StringComparison.Ordinal));
        }

        var attempts = (await tenant.DeliveriesAsync(made.Id))[0].Attempts;
        attempts.Should().HaveCount(50);
        attempts[0].Error.Should().EndWith(" 3");
    }

    private static bool IsOf(JsonElement shown, string subject) =>
        shown.GetProperty("subject").GetProperty("id").GetString() == subject;
}
