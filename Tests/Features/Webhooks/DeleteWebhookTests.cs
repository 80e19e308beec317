using System.Net;

namespace WorkspaceService.Features.Webhooks;

[Collection("Webhooks")]
public sealed class DeleteWebhookTests(WebhookFixture service)
{
    [Fact]
    public async Task Nobody_sees_it_or_its_deliveries_any_more_and_nothing_is_sent()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        var made = await tenant.NewWebhookAsync($"{receiver.Address}/gone");
        await tenant.NewWebhookAsync($"{receiver.Address}/stays");
        var delivery = (await tenant.EndedAsync(made.Id, 1))[0].Id;
        var before = receiver.On("/gone").Count;

        (await tenant.Client.DeleteAsync($"/v1/webhooks/{made.Id}")).StatusCode.Should().Be(HttpStatusCode.NoContent);

        await tenant.TouchAsync(workspace.Id);
        await receiver.OnAsync("/stays", 2);
        receiver.On("/gone").Should().HaveCount(before);
        foreach (var (method, path) in new[]
        {
            (HttpMethod.Get, ""), (HttpMethod.Delete, ""), (HttpMethod.Patch, ""), (HttpMethod.Post, "/test"),
            (HttpMethod.Get, "/deliveries"), (HttpMethod.Get, $"/deliveries/{delivery}"),
            (HttpMethod.Post, $"/deliveries/{delivery}/retry"), (HttpMethod.Post, "/rotate-secret"),
        })
        {
            await (await tenant.Client.SendJson(
                method, $"/v1/webhooks/{made.Id}{path}", method == HttpMethod.Patch ? new { } : null))
                .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        }

        (await service.EventsOfAsync(made.Id)).Last().Type.Should().Be("webhook.deleted");
        (await service.ReadAsync<string>(
            "SELECT secret || COALESCE(previous_secret, '') || url FROM webhooks WHERE code = @Id", new { made.Id }))
            .Should().OnlyContain(left => left.Length == 0);
    }

    [Fact]
    public async Task A_stale_version_is_not_deleted()
    {
        var tenant = await service.NewTenantAsync();
        var made = await tenant.NewIdleWebhookAsync();
        var url = $"/v1/webhooks/{made.Id}";
        var tag = (await tenant.Client.GetAsync(url)).Headers.ETag!.Tag;
        await tenant.Client.PatchJson(url, new { description = "Changed" });

        await (await tenant.Client.SendJson(HttpMethod.Delete, url, null, ("If-Match", tag)))
            .ShouldBeProblem(HttpStatusCode.PreconditionFailed, "precondition_failed");
        tag = (await tenant.Client.GetAsync(url)).Headers.ETag!.Tag;
        (await tenant.Client.SendJson(HttpMethod.Delete, url, null, ("If-Match", tag))).StatusCode
            .Should().Be(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Of_sixteen_who_delete_it_at_once_one_does()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var made = await tenant.NewIdleWebhookAsync();

        var codes = await service.Race(Enumerable.Range(0, 16).Select(_ => new DeleteWebhook.Command(owner, made.Id)));

        codes.Count(code => code is null).Should().Be(1);
        codes.Where(code => code is not null).Should().OnlyContain(code => code == "not_found");
        (await service.EventsOfAsync(made.Id)).Count(each => each.Type == "webhook.deleted").Should().Be(1);
    }

    [Fact]
    public async Task Only_administrators_and_keys_that_manage_webhooks_delete_it()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var made = await tenant.NewIdleWebhookAsync();

        await tenant.AssertOnlyAdministratorsAsync(workspace.Id, async client =>
        {
            var answer = await client.DeleteAsync($"/v1/webhooks/{made.Id}");
            made = answer.IsSuccessStatusCode ? await tenant.NewIdleWebhookAsync() : made;
            return answer;
        });
    }

    [Fact]
    public async Task In_an_organization_that_is_not_active_only_root_deletes_it()
    {
        var tenant = await service.NewTenantAsync();
        var made = await tenant.NewIdleWebhookAsync();
        await service.ArrangeAsync("UPDATE organizations SET status = 'suspended' WHERE code = @Id", new { tenant.Id });

        await (await tenant.Client.DeleteAsync($"/v1/webhooks/{made.Id}"))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "organization_suspended");
        (await service.Root.DeleteAsync($"/v1/webhooks/{made.Id}")).StatusCode.Should().Be(HttpStatusCode.NoContent);
    }
}
