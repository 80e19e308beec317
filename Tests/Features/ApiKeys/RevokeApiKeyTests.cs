using System.Net;
using MediatR;
using WorkspaceService.Features.Events;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.ApiKeys;

[Collection("ApiKeys")]
public sealed class RevokeApiKeyTests(ServiceFixture service)
{
    [Fact]
    public async Task It_counts_with_the_next_request_for_every_text_of_the_key()
    {
        var tenant = await service.NewTenantAsync();
        var old = await NewAsync(await tenant.OwnerAsync(), "secret", tenant.Id);
        var rotated = (await service.Do(new RotateApiKey.Command(await tenant.OwnerAsync(), old.Id, 3600))).Value;
        var clients = new[] { service.Client(old.Key), service.Client(rotated.Key) };
        foreach (var client in clients)
        {
            (await client.GetAsync("/v1/me")).StatusCode.Should().Be(HttpStatusCode.OK);
        }

        (await tenant.Client.DeleteAsync($"/v1/api-keys/{old.Id}")).StatusCode.Should().Be(HttpStatusCode.NoContent);

        foreach (var client in clients)
        {
            await (await client.GetAsync("/v1/me")).ShouldBeProblem(HttpStatusCode.Unauthorized, "unauthenticated");
        }
    }

    [Fact]
    public async Task A_revoked_key_is_gone_from_everywhere()
    {
        var tenant = await service.NewTenantAsync();
        var key = await NewAsync(await tenant.OwnerAsync(), "secret", tenant.Id);
        var url = $"/v1/api-keys/{key.Id}";

        (await tenant.Client.DeleteAsync(url)).StatusCode.Should().Be(HttpStatusCode.NoContent);

        await (await tenant.Client.GetAsync(url)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        await (await tenant.Client.DeleteAsync(url)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        await (await tenant.Client.PostJson($"{url}/rotate", new { }))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await service.Do(new ListApiKeys.Query(await tenant.OwnerAsync(), tenant.Id))).Items.Should().BeEmpty();
        (await service.Do(new ListApiKeys.Query(await tenant.OwnerAsync()))).Items
            .Should().NotContain(k => k.Id == key.Id);
        (await service.Do(new ListApiKeys.Query(ServiceFixture.RootCaller, tenant.Id))).Items.Should().BeEmpty();
        var ended = (await service.Do(new ListEvents.Query(
            await tenant.OwnerAsync(), tenant.Id, Type: "api_key.revoked"))).Items.Single();
        ended.Subject.Should().Be(new Reference("api_key", key.Id));
    }

    [Fact]
    public async Task Who_may_end_which()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var admin = await (await tenant.NewMemberAsync(Roles.Admin)).CallerAsync();
        var member = await (await tenant.NewMemberAsync()).CallerAsync();
        var stranger = await (await service.NewTenantAsync()).OwnerAsync();

        var secret = await NewAsync(owner, "secret", tenant.Id);
        (await CodeAsync(member, secret)).Should().Be("not_found");
        (await CodeAsync(stranger, secret)).Should().Be("not_found");
        (await CodeAsync(await service.CallerAsync(secret.Key!), secret)).Should().Be("forbidden");
        (await CodeAsync(admin, secret)).Should().BeNull();

        var members = await NewAsync(member, "user", tenant.Id);
        (await CodeAsync(admin, members)).Should().BeNull();
        var wide = await NewAsync(member, "user");
        (await CodeAsync(admin, wide)).Should().Be("not_found");
        (await CodeAsync(member, wide)).Should().BeNull();
        (await CodeAsync(ServiceFixture.RootCaller, await NewAsync(owner, "user"))).Should().BeNull();
    }

    [Fact]
    public async Task A_key_may_end_itself()
    {
        var tenant = await service.NewTenantAsync();
        var key = await NewAsync(await tenant.OwnerAsync(), "user");
        using var client = service.Client(key.Key);

        (await client.DeleteAsync($"/v1/api-keys/{key.Id}")).StatusCode.Should().Be(HttpStatusCode.NoContent);
        await (await client.DeleteAsync($"/v1/api-keys/{key.Id}"))
            .ShouldBeProblem(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task In_an_organization_that_is_not_active_only_root_ends_its_keys()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var key = await NewAsync(owner, "secret", tenant.Id);
        var own = await NewAsync(owner, "user");
        await service.ArrangeAsync("UPDATE organizations SET status = 'suspended' WHERE code = @Id", new { tenant.Id });

        (await CodeAsync(owner, key)).Should().Be("organization_suspended");
        (await CodeAsync(owner, own)).Should().BeNull();
        (await CodeAsync(ServiceFixture.RootCaller, key)).Should().BeNull();
    }

    [Fact]
    public async Task A_stale_version_is_not_ended()
    {
        var tenant = await service.NewTenantAsync();
        var key = await NewAsync(await tenant.OwnerAsync(), "secret", tenant.Id);
        var url = $"/v1/api-keys/{key.Id}";
        var tag = (await tenant.Client.GetAsync(url)).Headers.ETag!.Tag;
        await service.Do(new RotateApiKey.Command(await tenant.OwnerAsync(), key.Id));

        await (await tenant.Client.SendJson(HttpMethod.Delete, url, null, ("If-Match", tag)))
            .ShouldBeProblem(HttpStatusCode.PreconditionFailed, "precondition_failed");
        (await tenant.Client.SendJson(HttpMethod.Delete, url, null, ("If-Match", "*"))).StatusCode
            .Should().Be(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Sixteen_ending_one_key_end_it_once()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var key = await NewAsync(owner, "secret", tenant.Id);

        var outcomes = await service.Race(Enumerable.Range(0, 16).Select(_ => new RevokeApiKey.Command(owner, key.Id)));

        outcomes.Count(code => code is null).Should().Be(1);
        outcomes.Where(code => code is not null).Should().OnlyContain(code => code == "not_found");
        (await service.Do(new ListEvents.Query(owner, tenant.Id, Type: "api_key.revoked"))).Items
            .Should().ContainSingle();
    }

    /// <summary>The caller was authenticated before its key was revoked, by a request at the same time.</summary>
    [Fact]
    public async Task A_key_that_is_revoked_meanwhile_changes_no_keys_and_is_no_key()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var other = await NewAsync(owner, "secret", tenant.Id);
        await service.Do(new RevokeApiKey.Command(ServiceFixture.RootCaller, owner.KeyId));

        (await CodeAsync(new CreateApiKey.Command(owner, "Key", "secret", tenant.Id))).Should().Be("unauthenticated");
        (await CodeAsync(new RotateApiKey.Command(owner, other.Id))).Should().Be("unauthenticated");
        (await CodeAsync(new RevokeApiKey.Command(owner, other.Id))).Should().Be("unauthenticated");
        (await service.Client(other.Key!).GetAsync("/v1/workspaces")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    private async Task<ApiKeyObject> NewAsync(Caller caller, string type, string? organization = null) =>
        (await service.Do(new CreateApiKey.Command(caller, "Key", type, organization))).Value;

    private Task<string?> CodeAsync(Caller caller, ApiKeyObject key) =>
        CodeAsync(new RevokeApiKey.Command(caller, key.Id));

    private Task<string?> CodeAsync<T>(IRequest<Outcome<T>> message) => ServiceFixture.Try(message)(service);
}
