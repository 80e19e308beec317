using System.Net;

namespace WorkspaceService.Features.Webhooks;

[Collection("Webhooks")]
public sealed class ReplayWebhookTests(WebhookFixture service)
{
    [Fact]
    public async Task It_sends_that_part_of_the_log_again_that_the_webhook_takes()
    {
        var tenant = await service.NewTenantAsync();
        var other = await service.NewTenantAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        var made = await tenant.NewWebhookAsync($"{receiver.Address}/", null, "workspace.updated");
        var workspace = await tenant.NewWorkspaceAsync();
        var foreign = await other.NewWorkspaceAsync();
        var sent = new List<string>();
        for (var n = 0; n < 5; n++)
        {
            sent.Add(await tenant.TouchAsync(workspace.Id));
            await other.TouchAsync(foreign.Id);
        }

        await receiver.OnAsync("/", 5);
        await tenant.EndedAsync(made.Id, 5);
        var sequences = (await tenant.ShownEventsAsync("&type=workspace.updated"))
            .ConvertAll(each => each.GetProperty("sequence").GetInt64());

        var response = await tenant.Client.PostJson(
            $"/v1/webhooks/{made.Id}/replay", new { after = sequences[0], before = sequences[3] });

        var answer = await response.Data(HttpStatusCode.Accepted);
        answer.GetRawText().Should().Be($$"""{"after":{{sequences[0]}},"before":{{sequences[3]}}}""");
        await receiver.OnAsync("/", 7);
        (await tenant.EndedAsync(made.Id, 7)).Select(each => each.EventId)
            .Should().Equal([.. sent, sent[1], sent[2]]);
        receiver.All.Should().HaveCount(7);
    }

    [Fact]
    public async Task From_the_beginning_it_sends_what_happened_before_the_webhook_was_made_too()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var before = await tenant.TouchAsync(workspace.Id);
        await using var receiver = await WebhookReceiver.StartAsync();
        var made = await tenant.NewWebhookAsync($"{receiver.Address}/", null, "workspace.updated");
        var after = await tenant.TouchAsync(workspace.Id);
        (await receiver.OnAsync("/", 1)).Single().Id.Should().Be(after, "a webhook begins when it is made");
        await tenant.EndedAsync(made.Id, 1);
        await service.NumberEventsAsync();

        (await tenant.Client.PostJson($"/v1/webhooks/{made.Id}/replay", new { after = 0 })).StatusCode
            .Should().Be(HttpStatusCode.Accepted);

        (await receiver.OnAsync("/", 3)).Select(each => each.Id).Should().BeEquivalentTo([after, before, after]);
    }

    [Fact]
    public async Task Without_an_end_it_goes_up_to_the_end_of_the_log_and_beyond_it_too()
    {
        var tenant = await service.NewTenantAsync();
        var made = await tenant.NewIdleWebhookAsync();
        await service.NumberEventsAsync();

        foreach (var body in new[] { """{"after":0}""", """{"after":0,"before":9223372036854775807}""" })
        {
            var end = (await service.ReadAsync<long>("SELECT MAX(sequence) FROM events")).Single();
            var answer = await (await tenant.Client.PostJson($"/v1/webhooks/{made.Id}/replay", body))
                .Data(HttpStatusCode.Accepted);
            answer.GetProperty("before").GetInt64().Should().BeGreaterThan(end);
        }
    }

    [Theory]
    [InlineData("{}", "/after", "required")]
    [InlineData("""{"after":null}""", "/after", "required")]
    [InlineData("""{"after":-1}""", "/after", "out_of_range")]
    [InlineData("""{"after":1.5}""", "/after", null)]
    [InlineData("""{"after":"0"}""", "/after", null)]
    [InlineData("""{"after":99999999999999999999}""", "/after", null)]
    [InlineData("""{"after":9223372036854775807}""", "/after", "out_of_range")]
    [InlineData("""{"after":5,"before":5}""", "/before", "out_of_range")]
    [InlineData("""{"after":5,"before":-5}""", "/before", "out_of_range")]
    [InlineData("""{"after":0,"type":"*"}""", "/type", null)]
    public async Task A_bad_sequence_is_refused(string body, string pointer, string? code)
    {
        var tenant = await service.NewTenantAsync();
        var made = await tenant.NewIdleWebhookAsync();
        var url = $"/v1/webhooks/{made.Id}/replay";

        var problem = await (await tenant.Client.PostJson(url, body))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");

        var error = problem.GetProperty("errors")[0];
        error.GetProperty("pointer").GetString().Should().Be(pointer);
        error.GetProperty("code").GetString().Should().Be(code ?? error.GetProperty("code").GetString());
        await (await (await service.NewTenantAsync()).Client.PostJson(url, body))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task A_stale_version_is_not_replayed()
    {
        var tenant = await service.NewTenantAsync();
        var url = $"/v1/webhooks/{(await tenant.NewIdleWebhookAsync()).Id}";
        var tag = (await tenant.Client.GetAsync(url)).Headers.ETag!.Tag;
        await tenant.Client.PatchJson(url, new { description = "Changed" });

        await (await tenant.Client.PostJson($"{url}/replay", new { after = 0 }, ("If-Match", tag)))
            .ShouldBeProblem(HttpStatusCode.PreconditionFailed, "precondition_failed");
    }

    [Fact]
    public async Task Only_administrators_and_keys_that_manage_webhooks_replay()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var made = await tenant.NewIdleWebhookAsync();

        await tenant.AssertOnlyAdministratorsAsync(
            workspace.Id, client => client.PostJson($"/v1/webhooks/{made.Id}/replay", new { after = 0 }));
    }

    [Fact]
    public async Task In_an_organization_that_is_not_active_only_root_replays()
    {
        var tenant = await service.NewTenantAsync();
        var made = await tenant.NewIdleWebhookAsync();
        await service.ArrangeAsync("UPDATE organizations SET status = 'suspended' WHERE code = @Id", new { tenant.Id });

        await (await tenant.Client.PostJson($"/v1/webhooks/{made.Id}/replay", new { after = 0 }))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "organization_suspended");
        (await service.Root.PostJson($"/v1/webhooks/{made.Id}/replay", new { after = 0 })).StatusCode
            .Should().Be(HttpStatusCode.Accepted);
    }
}
