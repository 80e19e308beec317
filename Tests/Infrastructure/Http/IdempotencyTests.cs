using System.Net;

namespace WorkspaceService.Infrastructure.Http;

[Collection("Surfaces")]
public sealed class IdempotencyTests(ServiceFixture service)
{
    [Fact]
    public async Task The_same_request_again_is_answered_alike_and_done_once()
    {
        var tenant = await service.NewTenantAsync();
        var body = new { organization_id = tenant.Id, name = "Once" };

        var first = await SendAsync(tenant.OwnerKey, "/v1/workspaces", body, "once");
        var second = await SendAsync(tenant.OwnerKey, "/v1/workspaces", body, "once");

        first.StatusCode.Should().Be(HttpStatusCode.Created);
        first.Headers.Contains("Idempotency-Replayed").Should().BeFalse();
        second.StatusCode.Should().Be(HttpStatusCode.Created);
        second.Headers.GetValues("Idempotency-Replayed").Single().Should().Be("true");
        (await second.Content.ReadAsStringAsync()).Should().Be(await first.Content.ReadAsStringAsync());
        second.Headers.Location.Should().Be(first.Headers.Location);
        second.Headers.ETag.Should().Be(first.Headers.ETag);
        (await CountAsync(tenant)).Should().Be(1);
    }

    [Fact]
    public async Task Another_request_under_the_same_key_is_refused()
    {
        var tenant = await service.NewTenantAsync();
        await SendAsync(tenant.OwnerKey, "/v1/workspaces", new { organization_id = tenant.Id, name = "One" }, "k");

        var response = await SendAsync(
            tenant.OwnerKey, "/v1/workspaces", new { organization_id = tenant.Id, name = "Two" }, "k");

        await response.ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");
    }

    [Fact]
    public async Task The_key_belongs_to_its_caller()
    {
        var tenant = await service.NewTenantAsync();
        var other = await service.NewTenantAsync();

        (await SendAsync(tenant.OwnerKey, "/v1/workspaces", new { organization_id = tenant.Id, name = "A" }, "shared"))
            .StatusCode.Should().Be(HttpStatusCode.Created);
        (await SendAsync(other.OwnerKey, "/v1/workspaces", new { organization_id = other.Id, name = "B" }, "shared"))
            .StatusCode.Should().Be(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_refused_request_may_be_sent_again()
    {
        var tenant = await service.NewTenantAsync();
        var body = new { organization_id = tenant.Id, name = "Late", slug = "late" };
        var blocking = await (await tenant.Client.PostJson("/v1/workspaces", body)).Data(HttpStatusCode.Created);

        (await SendAsync(tenant.OwnerKey, "/v1/workspaces", body, "late")).StatusCode
            .Should().Be(HttpStatusCode.Conflict);
        await tenant.Client.DeleteAsync($"/v1/workspaces/{blocking.GetProperty("id").GetString()}");
        (await SendAsync(tenant.OwnerKey, "/v1/workspaces", body, "late")).StatusCode
            .Should().Be(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_secret_is_replayed_and_cannot_be_read_from_the_database()
    {
        var tenant = await service.NewTenantAsync();
        var body = new { name = "CI", type = "secret", organization_id = tenant.Id };

        var first = await (await SendAsync(tenant.OwnerKey, "/v1/api-keys", body, "key")).Data(HttpStatusCode.Created);
        var second = await (await SendAsync(tenant.OwnerKey, "/v1/api-keys", body, "key")).Data(HttpStatusCode.Created);

        var key = first.GetProperty("key").GetString()!;
        second.GetProperty("key").GetString().Should().Be(key);
        var stored = await service.ReadAsync<string>("SELECT answer FROM idempotency_keys WHERE key = 'key'");
        stored.Should().ContainSingle().Which.Should().NotContain(key);
    }

    [Fact]
    public async Task Sixteen_at_once_make_one_thing()
    {
        var tenant = await service.NewTenantAsync();
        var body = new { organization_id = tenant.Id, name = "Race" };

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(_ => SendAsync(tenant.OwnerKey, "/v1/workspaces", body, "race")));

        answers.Should()
            .OnlyContain(a => a.StatusCode == HttpStatusCode.Created || a.StatusCode == HttpStatusCode.Conflict);
        foreach (var refused in answers.Where(a => a.StatusCode == HttpStatusCode.Conflict))
        {
            await refused.ShouldBeProblem(HttpStatusCode.Conflict, "idempotency_in_flight");
        }

        (await CountAsync(tenant)).Should().Be(1);
    }

    [Fact]
    public async Task After_a_rotation_the_new_text_cannot_open_what_the_old_one_sealed()
    {
        var tenant = await service.NewTenantAsync();
        var body = new { organization_id = tenant.Id, name = "Rotated" };
        await SendAsync(tenant.OwnerKey, "/v1/workspaces", body, "rotated");
        var id = (await tenant.OwnerAsync()).KeyId;
        var rotated = await (await tenant.Client.PostJson($"/v1/api-keys/{id}/rotate", new { overlap_seconds = 60 }))
            .Data();

        var response = await SendAsync(rotated.GetProperty("key").GetString()!, "/v1/workspaces", body, "rotated");

        await response.ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");
        (await CountAsync(tenant)).Should().Be(1);
    }

    private Task<HttpResponseMessage> SendAsync(string key, string url, object body, string idempotencyKey) =>
        service.Client(key).SendJson(HttpMethod.Post, url, body, ("Idempotency-Key", idempotencyKey));

    private static async Task<int> CountAsync(Tenant tenant) =>
        (await (await tenant.Client.GetAsync($"/v1/workspaces?organization_id={tenant.Id}")).Data()).GetArrayLength();
}
