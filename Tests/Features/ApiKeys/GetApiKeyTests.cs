using System.Net;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.ApiKeys;

[Collection("ApiKeys")]
public sealed class GetApiKeyTests(ServiceFixture service)
{
    [Fact]
    public async Task It_shows_all_but_the_key()
    {
        var tenant = await service.NewTenantAsync();
        var key = await NewAsync(await tenant.OwnerAsync(), "secret", tenant.Id);

        var response = await tenant.Client.GetAsync($"/v1/api-keys/{key.Id}");

        var shown = await response.Data();
        shown.EnumerateObject().Select(m => m.Name).Should().Equal(
            "id", "name", "type", "prefix", "organization_id", "workspace_id", "user_id", "permissions", "expires_at",
            "created_at", "last_used_at");
        response.Headers.ETag!.Tag.Should().StartWith("\"1-");
    }

    [Fact]
    public async Task Who_may_see_which()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var admin = await (await tenant.NewMemberAsync(Roles.Admin)).CallerAsync();
        var member = await (await tenant.NewMemberOfAsync(workspace.Id)).CallerAsync();
        var secret = await NewAsync(await tenant.OwnerAsync(), "secret", tenant.Id);
        var narrow = await NewAsync(await tenant.OwnerAsync(), "secret", null, workspace.Id);
        var ownersWide = await NewAsync(await tenant.OwnerAsync(), "user");
        var membersWide = await NewAsync(member, "user");
        var membersNarrow = await NewAsync(member, "user", tenant.Id);
        var inWorkspace = await service.CallerAsync(
            (await NewAsync(await tenant.OwnerAsync(), "user", null, workspace.Id)).Key!);
        var serviceKey = await service.CallerAsync(secret.Key!);
        var publishable = await service.CallerAsync(await tenant.ServiceKeyAsync("publishable", workspace.Id));
        var stranger = await (await service.NewTenantAsync()).OwnerAsync();
        var strangerKey = await service.CallerAsync(await (await service.NewTenantAsync()).ServiceKeyAsync());

        foreach (var (caller, key, code) in ((Caller, ApiKeyObject, string?)[])
            [
                (ServiceFixture.RootCaller, ownersWide, null), (ServiceFixture.RootCaller, narrow, null),
                (admin, secret, null), (admin, narrow, null), (admin, membersNarrow, null),
                (admin, membersWide, "not_found"), (admin, ownersWide, "not_found"),
                (member, membersWide, null), (member, membersNarrow, null), (member, secret, "not_found"),
                (member, narrow, "not_found"),
                (inWorkspace, narrow, null), (inWorkspace, secret, "not_found"), (inWorkspace, ownersWide, "not_found"),
                (serviceKey, secret, "forbidden"), (serviceKey, narrow, "forbidden"),
                (serviceKey, ownersWide, "not_found"),
                (publishable, narrow, "forbidden"), (publishable, secret, "not_found"),
                (stranger, secret, "not_found"), (stranger, membersWide, "not_found"),
                (strangerKey, secret, "not_found"),
            ])
        {
            var outcome = await service.Send(new GetApiKey.Query(caller, key.Id));
            outcome.Match(_ => (string?)null, fault => fault.Code).Should().Be(code, $"{caller.KeyId} asks for {key}");
        }
    }

    [Theory]
    [InlineData("key_26_99999")]
    [InlineData("root")]
    [InlineData("KEY-26-00001")]
    [InlineData("key_26_00001%20OR%201=1")]
    public async Task What_is_none_is_not_found(string id) =>
        await (await service.Root.GetAsync($"/v1/api-keys/{id}")).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");

    [Fact]
    public async Task It_tells_when_the_key_was_last_used()
    {
        var tenant = await service.NewTenantAsync();
        var key = await NewAsync(await tenant.OwnerAsync(), "secret", tenant.Id);
        (await ReadAsync()).LastUsedAt.Should().BeNull();

        await service.Client(key.Key).GetAsync("/v1/me");

        (await ReadAsync()).LastUsedAt.Should().BeCloseTo(service.Clock.Now, TimeSpan.FromMinutes(1));
        (await ListedAsync()).LastUsedAt.Should().BeCloseTo(service.Clock.Now, TimeSpan.FromMinutes(1));
        (await StoredAsync()).Should().BeNull("it is written down once a minute");
        await ((ApiKeyAuthenticator)service.Services.GetService(typeof(ApiKeyAuthenticator))!)
            .SaveLastUsedAsync(CancellationToken.None);
        (await StoredAsync()).Should().BePositive();
        (await ReadAsync()).LastUsedAt.Should().BeCloseTo(service.Clock.Now, TimeSpan.FromMinutes(1));

        async Task<ApiKeyObject> ListedAsync() =>
            (await service.Do(new ListApiKeys.Query(ServiceFixture.RootCaller, tenant.Id))).Items
                .Single(k => k.Id == key.Id);

        async Task<long?> StoredAsync() =>
            (await service.ReadAsync<long?>("SELECT last_used_at FROM api_keys WHERE code = @Id", new { key.Id }))
                .Single();

        async Task<ApiKeyObject> ReadAsync() =>
            (await service.Do(new GetApiKey.Query(ServiceFixture.RootCaller, key.Id))).Value;
    }

    private async Task<ApiKeyObject> NewAsync(
        Caller caller, string type, string? organization = null, string? workspace = null) =>
        (await service.Do(new CreateApiKey.Command(caller, "Key", type, organization, workspace))).Value;
}
