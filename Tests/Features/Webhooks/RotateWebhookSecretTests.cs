using System.Net;

namespace WorkspaceService.Features.Webhooks;

[Collection("Webhooks")]
public sealed class RotateWebhookSecretTests(WebhookFixture service)
{
    [Fact]
    public async Task The_new_secret_is_shown_this_once_and_never_stands_in_the_event()
    {
        var tenant = await service.NewTenantAsync();
        var made = await tenant.NewIdleWebhookAsync();

        var response = await tenant.Client.SendJson(
            HttpMethod.Post, $"/v1/webhooks/{made.Id}/rotate-secret", null);

        var secret = (await response.Data()).GetProperty("secret").GetString()!;
        secret.Should().StartWith("whsec_").And.NotBe(made.Secret);
        response.Headers.CacheControl!.NoStore.Should().BeTrue();
        response.Headers.ETag!.Tag.Should().StartWith("\"2-");
        (await tenant.Client.GetStringAsync(new Uri($"/v1/webhooks/{made.Id}", UriKind.Relative)))
            .Should().NotContain("secret");
        var recorded = (await service.EventsOfAsync(made.Id)).Last();
        recorded.Type.Should().Be("webhook.secret_rotated");
        recorded.Changes.Should().Contain("previous_secret_until").And.NotContain("whsec_");
        (await service.ReadAsync<string?>(
            "SELECT previous_secret FROM webhooks WHERE code = @Id", new { made.Id })).Should().Equal((string?)null);
    }

    [Theory]
    [InlineData("""{"overlap_seconds":-1}""")]
    [InlineData("""{"overlap_seconds":604801}""")]
    [InlineData("""{"overlap_seconds":"60"}""")]
    [InlineData("""{"overlap_seconds":1.5}""")]
    [InlineData("""{"secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}""")]
    public async Task The_overlap_is_at_most_seven_days_and_the_secret_not_given(string body)
    {
        var tenant = await service.NewTenantAsync();
        var url = $"/v1/webhooks/{(await tenant.NewIdleWebhookAsync()).Id}/rotate-secret";

        await (await tenant.Client.PostJson(url, body))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");
        await (await (await service.NewTenantAsync()).Client.PostJson(url, body))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await tenant.Client.PostJson(url, new { overlap_seconds = 604800 })).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_stale_version_is_not_rotated()
    {
        var tenant = await service.NewTenantAsync();
        var made = await tenant.NewIdleWebhookAsync();
        var url = $"/v1/webhooks/{made.Id}";
        var tag = (await tenant.Client.GetAsync(url)).Headers.ETag!.Tag;

        (await tenant.Client.PostJson($"{url}/rotate-secret", new { }, ("If-Match", tag))).StatusCode
            .Should().Be(HttpStatusCode.OK);
        await (await tenant.Client.PostJson($"{url}/rotate-secret", new { }, ("If-Match", tag)))
            .ShouldBeProblem(HttpStatusCode.PreconditionFailed, "precondition_failed");
    }

    [Fact]
    public async Task A_retry_shows_the_same_secret_and_rotates_once()
    {
        var tenant = await service.NewTenantAsync();
        var made = await tenant.NewIdleWebhookAsync();
        var sent = ("Idempotency-Key", "rotate it once");
        var url = $"/v1/webhooks/{made.Id}/rotate-secret";

        var first = await tenant.Client.PostJson(url, new { }, sent);
        var again = await tenant.Client.PostJson(url, new { }, sent);

        (await again.Content.ReadAsStringAsync()).Should().Be(await first.Content.ReadAsStringAsync());
        (await service.EventsOfAsync(made.Id)).Count(each => each.Type == "webhook.secret_rotated").Should().Be(1);
    }

    [Fact]
    public async Task Only_administrators_and_keys_that_manage_webhooks_rotate_it()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var made = await tenant.NewIdleWebhookAsync();

        await tenant.AssertOnlyAdministratorsAsync(
            workspace.Id, client => client.PostJson($"/v1/webhooks/{made.Id}/rotate-secret", new { }));
    }

    [Fact]
    public async Task In_an_organization_that_is_not_active_only_root_rotates_it()
    {
        var tenant = await service.NewTenantAsync();
        var made = await tenant.NewIdleWebhookAsync();
        await service.ArrangeAsync("UPDATE organizations SET status = 'suspended' WHERE code = @Id", new { tenant.Id });

        await (await tenant.Client.PostJson($"/v1/webhooks/{made.Id}/rotate-secret", new { }))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "organization_suspended");
        (await service.Root.PostJson($"/v1/webhooks/{made.Id}/rotate-secret", new { })).StatusCode
            .Should().Be(HttpStatusCode.OK);
    }
}
