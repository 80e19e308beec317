using System.Net;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Webhooks;

[Collection("Webhooks")]
public sealed class UpdateWebhookTests(WebhookFixture service)
{
    [Fact]
    public async Task It_changes_what_is_given_and_says_so_in_one_event()
    {
        var tenant = await service.NewTenantAsync();
        var made = await tenant.NewIdleWebhookAsync();

        var response = await tenant.Client.PatchJson($"/v1/webhooks/{made.Id}", new
        {
            url = "https://hooks.example.com/other",
            description = "Other",
            events = new[] { "member.*", "member.*" },
        });

        var changed = await response.Data();
        response.Headers.ETag!.Tag.Should().StartWith("\"2-");
        changed.GetProperty("url").GetString().Should().Be("https://hooks.example.com/other");
        changed.GetProperty("description").GetString().Should().Be("Other");
        changed.GetProperty("events").GetRawText().Should().Be("""["member.*"]""");
        changed.TryGetProperty("secret", out _).Should().BeFalse();
        var recorded = (await service.EventsOfAsync(made.Id)).Should().HaveCount(2).And.Subject.Last();
        recorded.Type.Should().Be("webhook.updated");
        recorded.Changes.Should().Be(
            $$"""{"url":["{{WebhookTesting.Nowhere}}","https://hooks.example.com/other"],"""
            + "\"description\":[null,\"Other\"],\"events\":[[\"*\"],[\"member.*\"]]}");
    }

    [Fact]
    public async Task Nothing_new_is_no_event_and_no_version()
    {
        var tenant = await service.NewTenantAsync();
        var made = await tenant.NewIdleWebhookAsync();

        foreach (var body in new[] { "{}", """{"status":"disabled","events":["*"],"description":null}""" })
        {
            (await tenant.Client.PatchJson($"/v1/webhooks/{made.Id}", body)).Headers.ETag!.Tag
                .Should().StartWith("\"1-");
        }

        (await service.EventsOfAsync(made.Id)).Should().ContainSingle();
    }

    [Fact]
    public async Task Null_clears_the_description()
    {
        var tenant = await service.NewTenantAsync();
        var made = await tenant.NewIdleWebhookAsync();
        await tenant.Client.PatchJson($"/v1/webhooks/{made.Id}", new { description = "Other" });

        (await (await tenant.Client.PatchJson($"/v1/webhooks/{made.Id}", """{"description":null}""")).Data())
            .GetProperty("description").GetRawText().Should().Be("null");
    }

    [Theory]
    [InlineData("""{"url":null}""", "/url")]
    [InlineData("""{"url":"http:/x"}""", "/url")]
    [InlineData("""{"events":null}""", "/events")]
    [InlineData("""{"events":[]}""", "/events")]
    [InlineData("""{"events":["*","member"]}""", "/events/1")]
    [InlineData("""{"status":null}""", "/status")]
    [InlineData("""{"status":"deleted"}""", "/status")]
    [InlineData("""{"secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}""", "/secret")]
    [InlineData("""{"workspace_id":"WS-26-000001"}""", "/workspace_id")]
    [InlineData("""{"organization_id":"ORG-26-000001"}""", "/organization_id")]
    public async Task What_is_wrong_is_said_with_a_pointer(string body, string pointer)
    {
        var tenant = await service.NewTenantAsync();
        var made = await tenant.NewIdleWebhookAsync();

        var problem = await (await tenant.Client.PatchJson($"/v1/webhooks/{made.Id}", body))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");

        problem.GetProperty("errors")[0].GetProperty("pointer").GetString().Should().Be(pointer);
        await (await (await service.NewTenantAsync()).Client.PatchJson($"/v1/webhooks/{made.Id}", body))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task A_stale_version_is_not_changed()
    {
        var tenant = await service.NewTenantAsync();
        var made = await tenant.NewIdleWebhookAsync();
        var url = $"/v1/webhooks/{made.Id}";
        var tag = (await tenant.Client.GetAsync(url)).Headers.ETag!.Tag;

        (await tenant.Client.PatchJson(url, new { description = "1" }, ("If-Match", tag))).StatusCode
            .Should().Be(HttpStatusCode.OK);
        await (await tenant.Client.PatchJson(url, new { description = "2" }, ("If-Match", tag)))
            .ShouldBeProblem(HttpStatusCode.PreconditionFailed, "precondition_failed");
    }

    [Fact]
    public async Task Of_sixteen_changes_at_once_none_undoes_another()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var made = await tenant.NewIdleWebhookAsync();
        UpdateWebhook.Body[] patches =
        [
            new() { Url = "https://hooks.example.com/raced" },
            new() { Description = "Raced" },
            new() { Events = new[] { "member.*" } },
        ];

        var codes = await service.Race(Enumerable.Range(0, 15)
            .Select(n => new UpdateWebhook.Command(owner, made.Id, patches[n % 3])));

        codes.Should().OnlyContain(code => code == null);
        var after = (await service.Do(new GetWebhook.Query(owner, made.Id))).Value;
        (after.Url, after.Description, after.EventList, after.Version)
            .Should().Be(("https://hooks.example.com/raced", "Raced", "member.*", 4));
    }

    [Fact]
    public async Task Only_administrators_and_keys_that_manage_webhooks_change_it()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var made = await tenant.NewIdleWebhookAsync();

        await tenant.AssertOnlyAdministratorsAsync(
            workspace.Id, client => client.PatchJson($"/v1/webhooks/{made.Id}", new { description = "Changed" }));
    }

    [Fact]
    public async Task In_an_organization_that_is_not_active_only_root_changes_it()
    {
        var tenant = await service.NewTenantAsync();
        var made = await tenant.NewIdleWebhookAsync();
        await service.ArrangeAsync("UPDATE organizations SET status = 'suspended' WHERE code = @Id", new { tenant.Id });

        await (await tenant.Client.PatchJson($"/v1/webhooks/{made.Id}", new { description = "Changed" }))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "organization_suspended");
        (await service.Root.PatchJson($"/v1/webhooks/{made.Id}", new { description = "Changed" })).StatusCode
            .Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_webhook_of_an_archived_workspace_is_changed_by_the_workspaces_key()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var made = await tenant.NewIdleWebhookAsync(workspace.Id);
        var key = await tenant.ServiceKeyAsync(workspace: workspace.Id, permissions: Permissions.WebhooksManage);
        await service.Do(new Workspaces.ArchiveWorkspace.Command(await tenant.OwnerAsync(), workspace.Id));

        (await service.Client(key).PatchJson($"/v1/webhooks/{made.Id}", new { description = "Changed" })).StatusCode
            .Should().Be(HttpStatusCode.OK);
    }
}
