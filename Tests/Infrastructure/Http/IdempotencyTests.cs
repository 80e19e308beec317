using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using WorkspaceService.Features.ApiKeys;
using WorkspaceService.Features.Members;
using WorkspaceService.Infrastructure.Hosting;
using WorkspaceService.Infrastructure.Security;

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
    public async Task A_user_is_the_same_caller_with_each_of_its_keys()
    {
        var tenant = await service.NewTenantAsync();
        var body = new { organization_id = tenant.Id, name = "Once" };
        var first = await SendAsync(tenant.OwnerKey, "/v1/workspaces", body, "every");
        var made = await first.Content.ReadAsStringAsync();
        var narrowed = (await service.Do(
            new CreateApiKey.Command(await tenant.OwnerAsync(), "Narrow", "user", tenant.Id))).Value.Key!;
        var id = (await tenant.OwnerAsync()).KeyId;
        var rotated = await RotateAsync(tenant.Client, id);

        foreach (var key in new[] { await service.UserKeyAsync(tenant.Owner.Id), narrowed, rotated, tenant.OwnerKey })
        {
            var again = await SendAsync(key, "/v1/workspaces", body, "every");
            again.StatusCode.Should().Be(HttpStatusCode.Created);
            again.Headers.GetValues("Idempotency-Replayed").Single().Should().Be("true");
            (await again.Content.ReadAsStringAsync()).Should().Be(made);
            await (await SendAsync(key, "/v1/workspaces", new { organization_id = tenant.Id, name = "Two" }, "every"))
                .ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");
        }

        (await CountAsync(tenant)).Should().Be(1);
    }

    [Fact]
    public async Task A_service_key_is_its_own_caller_and_stays_it_through_rotation()
    {
        var tenant = await service.NewTenantAsync();
        var body = new { organization_id = tenant.Id, name = "Once" };
        var key = await tenant.ServiceKeyAsync();
        var id = (await service.CallerAsync(key)).KeyId;
        await SendAsync(key, "/v1/workspaces", body, "service");

        var again = await SendAsync(await RotateAsync(tenant.Client, id), "/v1/workspaces", body, "service");
        var other = await SendAsync(await tenant.ServiceKeyAsync(), "/v1/workspaces", body, "service");
        var issuer = await SendAsync(tenant.OwnerKey, "/v1/workspaces", body, "service");

        again.Headers.Contains("Idempotency-Replayed").Should().BeTrue();
        other.StatusCode.Should().Be(HttpStatusCode.Created);
        other.Headers.Contains("Idempotency-Replayed").Should().BeFalse();
        issuer.Headers.Contains("Idempotency-Replayed").Should().BeFalse();
        (await CountAsync(tenant)).Should().Be(3);
    }

    [Fact]
    public async Task Root_is_one_caller_with_every_root_key()
    {
        var text = ApiKeyFormat.Create(ApiKeyTypes.Root);
        await service.ArrangeAsync(
            """
            INSERT INTO api_keys (id, code, name, type, hint, version, created_at)
            VALUES (900001, 'key_26_900001', 'Root', 'root', 'root_key_', 1, 0)
            """);
        await service.ArrangeAsync(
            "INSERT INTO api_key_secrets (hash, api_key_id) VALUES (@Hash, 900001)",
            new { Hash = SecretText.Hash(text) });
        var body = new { name = "Root's", email = "roots@example.com" };

        var first = await SendAsync(ServiceFixture.RootKey, "/v1/users", body, "root");
        var second = await SendAsync(text, "/v1/users", body, "root");

        second.Headers.Contains("Idempotency-Replayed").Should().BeTrue();
        (await second.Content.ReadAsStringAsync()).Should().Be(await first.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("key")]
    [InlineData("rotation")]
    [InlineData("invitation")]
    [InlineData("invitations")]
    [InlineData("resend")]
    public async Task A_secret_is_withheld_from_the_callers_other_keys(string kind)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var invitation = await tenant.InviteAsync(workspace.Id, "known@example.com");
        var issued = (await service.Do(
            new CreateApiKey.Command(await tenant.OwnerAsync(), "CI", "secret", tenant.Id))).Value;
        var (url, body) = kind switch
        {
            "key" => ("/v1/api-keys", new { name = "CI", type = "secret", organization_id = tenant.Id }),
            "rotation" => ($"/v1/api-keys/{issued.Id}/rotate", (object)new { overlap_seconds = 60 }),
            "invitation" => (
                $"/v1/workspaces/{workspace.Id}/invitations", new { email = "one@example.com", role = "member" }),
            "invitations" => (
                $"/v1/workspaces/{workspace.Id}/invitations",
                new { invitations = new[] { new { email = "many@example.com", role = "member" } } }),
            _ => ($"/v1/workspaces/{workspace.Id}/invitations/{invitation.Id}/resend", new { }),
        };
        var other = await service.UserKeyAsync(tenant.Owner.Id);
        var first = await SendAsync(tenant.OwnerKey, url, body, $"withheld {kind}");
        first.IsSuccessStatusCode.Should().BeTrue();
        var events = await service.ReadAsync<long>("SELECT COUNT(*) FROM events");

        await (await SendAsync(other, url, body, $"withheld {kind}"))
            .ShouldBeProblem(HttpStatusCode.Conflict, "idempotency_secret_withheld");
        var again = await SendAsync(tenant.OwnerKey, url, body, $"withheld {kind}");

        (await again.Content.ReadAsStringAsync()).Should().Be(await first.Content.ReadAsStringAsync());
        again.Headers.Contains("Idempotency-Replayed").Should().BeTrue();
        (await service.ReadAsync<long>("SELECT COUNT(*) FROM events")).Should().Equal(events);
        (await service.ReadAsync<long>(
            "SELECT sealed FROM idempotency_keys WHERE scope = @Id AND key = @Key",
            new { tenant.Owner.Id, Key = $"withheld {kind}" })).Should().Equal(1);
    }

    [Fact]
    public async Task What_an_earlier_version_stored_counts_for_its_time()
    {
        var tenant = await service.NewTenantAsync();
        var body = new { name = "CI", type = "secret", organization_id = tenant.Id };
        var first = await SendAsync(tenant.OwnerKey, "/v1/api-keys", body, "earlier");
        await service.ArrangeAsync(
            "UPDATE idempotency_keys SET scope = @KeyId WHERE key = 'earlier'",
            new { (await tenant.OwnerAsync()).KeyId });
        var other = await service.UserKeyAsync(tenant.Owner.Id);

        var again = await SendAsync(tenant.OwnerKey, "/v1/api-keys", body, "earlier");

        again.Headers.Contains("Idempotency-Replayed").Should().BeTrue();
        (await again.Content.ReadAsStringAsync()).Should().Be(await first.Content.ReadAsStringAsync());
        await (await SendAsync(
            tenant.OwnerKey, "/v1/workspaces", new { organization_id = tenant.Id, name = "Other" }, "earlier"))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");
        await (await SendAsync(other, "/v1/api-keys", body, "earlier"))
            .ShouldBeProblem(HttpStatusCode.Conflict, "idempotency_secret_withheld");
        service.Clock.Advance(TimeSpan.FromHours(25));
        (await SendAsync(tenant.OwnerKey, "/v1/api-keys", body, "earlier"))
            .Headers.Contains("Idempotency-Replayed").Should().BeFalse();
    }

    [Fact]
    public async Task Sixteen_at_once_with_two_keys_of_one_user_make_one_thing()
    {
        var tenant = await service.NewTenantAsync();
        var keys = new[] { tenant.OwnerKey, await service.UserKeyAsync(tenant.Owner.Id) };
        var body = new { organization_id = tenant.Id, name = "Race" };

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(n => SendAsync(keys[n % 2], "/v1/workspaces", body, "race of two")));

        answers.Should()
            .OnlyContain(a => a.StatusCode == HttpStatusCode.Created || a.StatusCode == HttpStatusCode.Conflict);
        (await CountAsync(tenant)).Should().Be(1);
    }

    [Fact]
    public async Task A_check_of_access_is_answered_as_the_first_time()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberAsync();
        var body = new { checks = new[] { new { workspace_id = workspace.Id, user_id = person.Id, role = "member" } } };

        var first = await SendAsync(tenant.OwnerKey, "/v1/access/check", body, "check");
        await service.Do(new AddMember.Command(await tenant.OwnerAsync(), workspace.Id, person.Id, "member"));
        var second = await SendAsync(tenant.OwnerKey, "/v1/access/check", body, "check");

        second.Headers.Contains("Idempotency-Replayed").Should().BeTrue();
        (await second.Content.ReadAsStringAsync()).Should().Be(await first.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Expired_rows_are_purged_beside_the_requests()
    {
        var tenant = await service.NewTenantAsync();
        await SendAsync(
            tenant.OwnerKey, "/v1/workspaces", new { organization_id = tenant.Id, name = "Fresh" }, "fresh");
        await service.ArrangeAsync(
            """
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250)
            INSERT INTO idempotency_keys (scope, key, fingerprint, answer, created_at)
            SELECT @Id, 'expired ' || i, '', '', @At FROM n
            """,
            new { tenant.Id, At = service.Clock.Now - Idempotency.Retention - TimeSpan.FromSeconds(1) });

        await SendAsync(
            tenant.OwnerKey, "/v1/workspaces", new { organization_id = tenant.Id, name = "Next" }, "next");
        (await ExpiredAsync()).Should().Be(250, "no request deletes them");
        await Idempotency.PurgeAsync(service.Db, service.Clock, CancellationToken.None);

        (await ExpiredAsync()).Should().Be(0);
        (await SendAsync(
            tenant.OwnerKey, "/v1/workspaces", new { organization_id = tenant.Id, name = "Fresh" }, "fresh"))
            .Headers.Contains("Idempotency-Replayed").Should().BeTrue();
        service.Services.GetServices<IHostedService>().Should().ContainSingle(s => s is Housekeeping);

        async Task<long> ExpiredAsync() => (await service.ReadAsync<long>(
            "SELECT COUNT(*) FROM idempotency_keys WHERE scope = @Id", new { tenant.Id })).Single();
    }

    [Fact]
    public async Task An_expired_row_is_replaced_also_while_it_is_purged()
    {
        var tenant = await service.NewTenantAsync();
        for (var n = 0; n < 20; n++)
        {
            var key = $"stale {n}";
            await service.ArrangeAsync(
                """
                INSERT INTO idempotency_keys (scope, key, fingerprint, answer, created_at)
                VALUES (@Id, @key, 'another request', '', 0)
                """,
                new { tenant.Owner.Id, key });
            var body = new { organization_id = tenant.Id, name = key };

            var purge = Task.Run(() => Idempotency.PurgeAsync(service.Db, service.Clock, CancellationToken.None));
            var first = await SendAsync(tenant.OwnerKey, "/v1/workspaces", body, key);
            await purge;
            var second = await SendAsync(tenant.OwnerKey, "/v1/workspaces", body, key);

            first.StatusCode.Should().Be(HttpStatusCode.Created);
            second.Headers.Contains("Idempotency-Replayed").Should().BeTrue();
        }
    }

    private static async Task<string> RotateAsync(HttpClient client, string id) =>
        (await (await client.PostJson($"/v1/api-keys/{id}/rotate", new { overlap_seconds = 60 })).Data())
            .GetProperty("key").GetString()!;

    private Task<HttpResponseMessage> SendAsync(string key, string url, object body, string idempotencyKey) =>
        service.Client(key).SendJson(HttpMethod.Post, url, body, ("Idempotency-Key", idempotencyKey));

    private static async Task<int> CountAsync(Tenant tenant) =>
        (await (await tenant.Client.GetAsync($"/v1/workspaces?organization_id={tenant.Id}")).Data()).GetArrayLength();
}
