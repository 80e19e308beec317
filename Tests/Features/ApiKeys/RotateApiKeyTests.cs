using System.Net;
using System.Text.Json;
using WorkspaceService.Features.Events;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.ApiKeys;

[Collection("Clock")]
public sealed class RotateApiKeyTests(ServiceFixture service)
{
    [Fact]
    public async Task The_key_has_the_same_id_and_a_new_text_and_the_old_one_is_dead()
    {
        var tenant = await service.NewTenantAsync();
        var old = await NewAsync(await tenant.OwnerAsync(), "secret", tenant.Id);

        var response = await tenant.Client.SendJson(HttpMethod.Post, $"/v1/api-keys/{old.Id}/rotate", null);

        var rotated = await response.Data();
        var text = rotated.GetProperty("key").GetString()!;
        rotated.GetProperty("id").GetString().Should().Be(old.Id);
        text.Should().StartWith("secret_key_")
            .And.NotBe(old.Key).And.StartWith(rotated.GetProperty("prefix").GetString());
        rotated.GetProperty("permissions").GetRawText().Should().Be(JsonSerializer.Serialize(old.Permissions));
        response.Headers.ETag!.Tag.Should().StartWith("\"2-");
        await AssertOpensAsync(text, true);
        await AssertOpensAsync(old.Key!, false);
        var shown = await (await tenant.Client.GetAsync($"/v1/api-keys/{old.Id}")).Data();
        shown.TryGetProperty("key", out _).Should().BeFalse();
    }

    [Fact]
    public async Task The_old_text_lives_until_the_overlap_is_over()
    {
        var tenant = await service.NewTenantAsync();
        var old = await NewAsync(await tenant.OwnerAsync(), "secret", tenant.Id);

        var rotated = await service.Do(new RotateApiKey.Command(await tenant.OwnerAsync(), old.Id, 3600));

        await AssertOpensAsync(old.Key!, true);
        service.Clock.Advance(TimeSpan.FromMinutes(59));
        await AssertOpensAsync(old.Key!, true);
        service.Clock.Advance(TimeSpan.FromMinutes(2));
        await AssertOpensAsync(old.Key!, false);
        await AssertOpensAsync(rotated.Value.Key!, true);
    }

    [Fact]
    public async Task A_later_rotation_prolongs_no_earlier_text_and_may_end_it()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var first = (await NewAsync(owner, "secret", tenant.Id)) is var key ? key.Key! : "";
        var second = (await service.Do(new RotateApiKey.Command(owner, key.Id, 60))).Value.Key!;
        var third = (await service.Do(new RotateApiKey.Command(owner, key.Id, 3600))).Value.Key!;

        service.Clock.Advance(TimeSpan.FromSeconds(61));
        await AssertOpensAsync(first, false);
        await AssertOpensAsync(second, true);
        await AssertOpensAsync(third, true);

        var fourth = (await service.Do(new RotateApiKey.Command(owner, key.Id))).Value.Key!;
        await AssertOpensAsync(second, false);
        await AssertOpensAsync(third, false);
        await AssertOpensAsync(fourth, true);
    }

    [Theory]
    [InlineData("""{"overlap_seconds":-1}""")]
    [InlineData("""{"overlap_seconds":604801}""")]
    [InlineData("""{"overlap_seconds":"60"}""")]
    [InlineData("""{"overlap_seconds":1.5}""")]
    [InlineData("""{"overlap_seconds":99999999999999999999}""")]
    public async Task The_overlap_is_at_most_seven_days(string body)
    {
        var tenant = await service.NewTenantAsync();
        var key = await NewAsync(await tenant.OwnerAsync(), "secret", tenant.Id);
        var url = $"/v1/api-keys/{key.Id}/rotate";

        var problem = await (await tenant.Client.PostJson(url, body))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");
        problem.GetProperty("errors")[0].GetProperty("pointer").GetString().Should().Be("/overlap_seconds");
        await (await (await service.NewTenantAsync()).Client.PostJson(url, body))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await tenant.Client.PostJson(url, new { overlap_seconds = 604800 })).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_user_rotates_the_key_it_is_using()
    {
        var tenant = await service.NewTenantAsync();
        var key = await NewAsync(await tenant.OwnerAsync(), "user");

        var response = await service.Client(key.Key).PostJson($"/v1/api-keys/{key.Id}/rotate", new { });

        await AssertOpensAsync((await response.Data()).GetProperty("key").GetString()!, true);
        await AssertOpensAsync(key.Key!, false);
    }

    [Fact]
    public async Task A_service_key_rotates_none_not_even_itself()
    {
        var tenant = await service.NewTenantAsync();
        var key = await NewAsync(await tenant.OwnerAsync(), "secret", tenant.Id);

        (await CodeAsync(await service.CallerAsync(key.Key!), key)).Should().Be("forbidden");
    }

    [Fact]
    public async Task Nobody_rotates_a_key_that_is_stronger_than_its_own()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var owner = await tenant.OwnerAsync();
        var admin = await tenant.NewMemberAsync(Roles.Admin);
        var peer = await tenant.NewMemberAsync(Roles.Admin);
        var ownersNarrow = await NewAsync(owner, "user", tenant.Id);
        var ownersWide = await NewAsync(owner, "user");
        var peers = await NewAsync(await peer.CallerAsync(), "user", tenant.Id);
        var inOrganization = await service.CallerAsync((await NewAsync(owner, "user", tenant.Id)).Key!);
        var inWorkspace = await service.CallerAsync((await NewAsync(owner, "user", null, workspace.Id)).Key!);

        (await CodeAsync(await admin.CallerAsync(), ownersNarrow)).Should().Be("role_exceeds_own_role");
        (await CodeAsync(await admin.CallerAsync(), peers)).Should().BeNull();
        (await CodeAsync(inOrganization, ownersWide)).Should().Be("not_found");
        (await CodeAsync(inOrganization, ownersNarrow)).Should().BeNull();
        (await CodeAsync(inWorkspace, ownersNarrow)).Should().Be("not_found");
        (await CodeAsync(ServiceFixture.RootCaller, ownersWide)).Should().BeNull();
    }

    [Fact]
    public async Task A_key_that_expires_rotates_none_that_lives_longer()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var end = service.Clock.Now.AddDays(1);
        var caller = await service.CallerAsync((await NewAsync(owner, "user", expiresAt: end)).Key!);

        (await CodeAsync(caller, await NewAsync(owner, "user"))).Should().Be("forbidden");
        (await CodeAsync(caller, await NewAsync(owner, "secret", tenant.Id))).Should().Be("forbidden");
        (await CodeAsync(caller, await NewAsync(owner, "user", expiresAt: end.AddSeconds(2)))).Should().Be("forbidden");
        (await CodeAsync(caller, await NewAsync(owner, "user", expiresAt: end.AddSeconds(-2)))).Should().BeNull();
    }

    [Fact]
    public async Task An_expired_key_gets_no_new_life()
    {
        var tenant = await service.NewTenantAsync();
        var key = await NewAsync(
            await tenant.OwnerAsync(), "secret", tenant.Id, expiresAt: service.Clock.Now.AddMinutes(1));
        service.Clock.Advance(TimeSpan.FromMinutes(2));

        (await CodeAsync(await tenant.OwnerAsync(), key)).Should().Be("invalid_transition");
    }

    [Fact]
    public async Task In_an_organization_that_is_not_active_only_root_rotates()
    {
        var tenant = await service.NewTenantAsync();
        var key = await NewAsync(await tenant.OwnerAsync(), "secret", tenant.Id);
        await service.ArrangeAsync("UPDATE organizations SET status = 'suspended' WHERE code = @Id", new { tenant.Id });

        (await CodeAsync(await tenant.OwnerAsync(), key)).Should().Be("organization_suspended");
        (await CodeAsync(ServiceFixture.RootCaller, key)).Should().BeNull();
    }

    [Fact]
    public async Task A_stale_version_is_not_rotated()
    {
        var tenant = await service.NewTenantAsync();
        var key = await NewAsync(await tenant.OwnerAsync(), "secret", tenant.Id);
        var url = $"/v1/api-keys/{key.Id}";
        var tag = (await tenant.Client.GetAsync(url)).Headers.ETag!.Tag;

        (await tenant.Client.PostJson($"{url}/rotate", new { }, ("If-Match", tag))).StatusCode
            .Should().Be(HttpStatusCode.OK);
        await (await tenant.Client.PostJson($"{url}/rotate", new { }, ("If-Match", tag)))
            .ShouldBeProblem(HttpStatusCode.PreconditionFailed, "precondition_failed");
    }

    [Fact]
    public async Task The_event_holds_no_key()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var old = await NewAsync(owner, "secret", tenant.Id);
        var rotated = (await service.Do(new RotateApiKey.Command(owner, old.Id))).Value;

        var happened = (await service.Do(new ListEvents.Query(owner, tenant.Id, Type: "api_key.rotated"))).Items
            .Single();

        happened.Subject.Should().Be(new Reference("api_key", old.Id));
        happened.Changes.Text.Should().Be($$"""{"prefix":["{{old.Prefix}}","{{rotated.Prefix}}"]}""");
    }

    [Fact]
    public async Task Of_sixteen_rotations_at_once_the_last_texts_win()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var key = await NewAsync(owner, "secret", tenant.Id);

        var texts = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
            (await service.Next.Do(new RotateApiKey.Command(owner, key.Id))).Value.Key!)));
        await service.Db.CatchUpAsync(CancellationToken.None);

        var open = 0;
        foreach (var text in texts)
        {
            open += (await service.Client(text).GetAsync("/v1/me")).StatusCode == HttpStatusCode.OK ? 1 : 0;
        }

        open.Should().Be(1);
    }

    [Fact]
    public async Task An_old_text_may_do_everything_but_issue_rotate_and_revoke_keys()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var owner = await tenant.OwnerAsync();
        var other = await NewAsync(owner, "secret", tenant.Id);
        var text = (await service.Do(new RotateApiKey.Command(owner, owner.KeyId, 3600))).Value.Key!;
        var old = tenant.Client;
        var issued = new { name = "More", type = "user" };

        (await service.CallerAsync(tenant.OwnerKey)).HasOldText.Should().BeTrue();
        (await service.CallerAsync(text)).HasOldText.Should().BeFalse();
        foreach (var refused in new[]
        {
            await old.PostJson("/v1/api-keys", issued),
            await old.PostJson("/v1/api-keys", new { name = "More", type = "secret", organization_id = tenant.Id }),
            await old.PostJson($"/v1/api-keys/{owner.KeyId}/rotate", new { }),
            await old.PostJson($"/v1/api-keys/{other.Id}/rotate", new { }),
            await old.DeleteAsync($"/v1/api-keys/{owner.KeyId}"),
            await old.DeleteAsync($"/v1/api-keys/{other.Id}"),
        })
        {
            await refused.ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        }

        await AssertOpensAsync(text, true);
        await AssertOpensAsync(other.Key!, true);
        (await old.GetAsync("/v1/api-keys")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await old.GetAsync($"/v1/api-keys/{other.Id}")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await old.PatchJson($"/v1/workspaces/{workspace.Id}", new { name = "Renamed" })).StatusCode
            .Should().Be(HttpStatusCode.OK);
        (await old.PostJson("/v1/workspace", new { name = "On Tape" })).StatusCode.Should().Be(HttpStatusCode.OK);
        (await old.GetAsync("/api/v4/workspaces")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await (await service.NewTenantAsync()).Client.PostJson($"/v1/api-keys/{other.Id}/rotate", new { })).StatusCode
            .Should().Be(HttpStatusCode.NotFound);
        (await service.Client(text).PostJson("/v1/api-keys", issued)).StatusCode.Should().Be(HttpStatusCode.Created);
        (await service.Client(text).DeleteAsync($"/v1/api-keys/{other.Id}")).StatusCode
            .Should().Be(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task What_an_old_text_may_not_see_stays_hidden_from_it()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        await service.Do(new RotateApiKey.Command(owner, owner.KeyId, 3600));
        var theirs = await NewAsync(await (await service.NewTenantAsync()).OwnerAsync(), "user");

        await (await tenant.Client.PostJson($"/v1/api-keys/{theirs.Id}/rotate", new { }))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        await (await tenant.Client.DeleteAsync($"/v1/api-keys/{theirs.Id}"))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Of_sixteen_rotations_at_once_by_one_text_one_is_done()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();

        var codes = await service.Race(
            Enumerable.Range(0, 16).Select(_ => new RotateApiKey.Command(owner, owner.KeyId, 3600)));

        codes.Count(code => code is null).Should().Be(1);
        codes.Where(code => code is not null).Should().OnlyContain(code => code == "forbidden");
    }

    private async Task<ApiKeyObject> NewAsync(
        Caller caller,
        string type,
        string? organization = null,
        string? workspace = null,
        DateTimeOffset? expiresAt = null) =>
        (await service.Do(new CreateApiKey.Command(caller, "Key", type, organization, workspace, ExpiresAt: expiresAt)))
            .Value;

    private async Task<string?> CodeAsync(Caller caller, ApiKeyObject key) =>
        (await service.Send(new RotateApiKey.Command(caller, key.Id))).Match(_ => (string?)null, fault => fault.Code);

    private async Task AssertOpensAsync(string key, bool expected) =>
        (await service.Client(key).GetAsync("/v1/me")).StatusCode
            .Should().Be(expected ? HttpStatusCode.OK : HttpStatusCode.Unauthorized);
}
