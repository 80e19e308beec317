using System.Net;
using WorkspaceService.Features.Organizations;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.ApiKeys;

[Collection("ApiKeys")]
public sealed class ListApiKeysTests(ServiceFixture service)
{
    [Fact]
    public async Task An_admin_lists_the_keys_of_its_organization_and_its_own()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var admin = await tenant.NewMemberAsync(Roles.Admin);
        var member = await tenant.NewMemberAsync();
        var other = await service.NewTenantAsync();
        await other.ServiceKeyAsync();
        var wide = await NewAsync(tenant, "secret", tenant.Id);
        var narrow = await NewAsync(tenant, "publishable", tenant.Id, workspace.Id);
        var members = (await service.Do(new CreateApiKey.Command(await member.CallerAsync(), "Key", "user", tenant.Id)))
            .Value;

        var seen = await ListAsync(await admin.CallerAsync());

        seen.Select(k => k.Id).Skip(1).Should().Equal(wide.Id, narrow.Id, members.Id);
        seen[0].UserId.Should().Be(admin.Id);
        seen.Should().OnlyContain(k => k.Key == null);
        (await ListAsync(await admin.CallerAsync(), tenant.Id)).Select(k => k.Id)
            .Should().Equal(wide.Id, narrow.Id, members.Id);
        (await ListAsync(await admin.CallerAsync(), workspace: workspace.Id)).Select(k => k.Id)
            .Should().Equal(narrow.Id);
        (await ListAsync(await admin.CallerAsync(), tenant.Id, type: "user")).Select(k => k.Id)
            .Should().Equal(members.Id);
        (await ListAsync(await admin.CallerAsync(), tenant.Id, type: "root")).Should().BeEmpty();
    }

    [Fact]
    public async Task Others_list_their_own_alone()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "closed");
        var member = await tenant.NewMemberAsync();
        await NewAsync(tenant, "secret", tenant.Id, workspace.Id);
        await service.Do(new CreateApiKey.Command(await tenant.OwnerAsync(), "Key", "user", tenant.Id));
        var own = (await service.Do(new CreateApiKey.Command(await member.CallerAsync(), "Key", "user", tenant.Id)))
            .Value;

        (await ListAsync(await member.CallerAsync())).Should().HaveCount(2).And.OnlyContain(k => k.UserId == member.Id);
        (await ListAsync(await member.CallerAsync(), tenant.Id)).Select(k => k.Id).Should().Equal(own.Id);
        (await ListAsync(await member.CallerAsync(), workspace: workspace.Id)).Should().BeEmpty();
    }

    [Fact]
    public async Task Root_lists_every_key()
    {
        var (one, two) = (await service.NewTenantAsync(), await service.NewTenantAsync());
        var keys = new[] { await NewAsync(one, "secret", one.Id), await NewAsync(two, "secret", two.Id) };
        var workspace = await one.NewWorkspaceAsync();
        var narrow = await NewAsync(one, "secret", workspace: workspace.Id);

        var all = new List<ApiKeyObject>();
        string? cursor = null;
        do
        {
            var (page, statements) = await service.Counted(new ListApiKeys.Query(
                ServiceFixture.RootCaller, Type: "secret", Cursor: cursor, Limit: 1));
            all.AddRange(page.Items);
            cursor = page.Next;
            statements.Should().Be(1);
        }
        while (cursor is not null);

        all.Select(k => k.Id).Should().Contain(keys.Select(k => k.Id))
            .And.OnlyHaveUniqueItems().And.BeInAscendingOrder(StringComparer.Ordinal);
        (await ListAsync(ServiceFixture.RootCaller, two.Id)).Select(k => k.Id).Should().Equal(keys[1].Id);
        (await ListAsync(ServiceFixture.RootCaller, one.Id, workspace.Id)).Select(k => k.Id).Should().Equal(narrow.Id);
        (await ListAsync(ServiceFixture.RootCaller, two.Id, workspace.Id)).Should().BeEmpty();
    }

    [Fact]
    public async Task A_narrowed_key_lists_what_is_narrowed_as_much()
    {
        var tenant = await service.NewTenantAsync();
        var elsewhere = await service.NewTenantAsync();
        await service.Do(new AddOrganizationMember.Command(
            ServiceFixture.RootCaller, elsewhere.Id, tenant.Owner.Id, Role: Roles.Admin));
        await elsewhere.ServiceKeyAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var wide = await NewAsync(tenant, "secret", tenant.Id);
        var narrow = await NewAsync(tenant, "secret", workspace: workspace.Id);
        var inOrganization = await NewAsync(tenant, "user", tenant.Id);
        var inWorkspace = await NewAsync(tenant, "user", workspace: workspace.Id);
        var member = await tenant.NewMemberOfAsync(workspace.Id);
        var members = (await service.Do(new CreateApiKey.Command(
            await member.CallerAsync(), "Key", "user", WorkspaceId: workspace.Id))).Value;

        (await ListAsync(await service.CallerAsync(inOrganization.Key!))).Select(k => k.Id)
            .Should().Equal(wide.Id, narrow.Id, inOrganization.Id, inWorkspace.Id, members.Id);
        (await ListAsync(await service.CallerAsync(inWorkspace.Key!))).Select(k => k.Id)
            .Should().Equal(narrow.Id, inWorkspace.Id, members.Id);
        (await ListAsync(await service.CallerAsync(members.Key!))).Select(k => k.Id).Should().Equal(members.Id);
        (await RefusedAsync(await service.CallerAsync(inOrganization.Key!), elsewhere.Id)).Should().Be("not_found");
        (await RefusedAsync(await service.CallerAsync(inWorkspace.Key!), tenant.Id)).Should().Be("not_found");
    }

    [Fact]
    public async Task A_service_key_lists_none_and_what_is_not_seen_is_not_found()
    {
        var tenant = await service.NewTenantAsync();
        var hidden = await tenant.NewWorkspaceAsync(type: "private");
        var member = await tenant.NewMemberAsync();
        var other = await service.NewTenantAsync();

        foreach (var type in (string[])["secret", "publishable"])
        {
            var key = await service.CallerAsync(await tenant.ServiceKeyAsync(type));
            (await RefusedAsync(key)).Should().Be("forbidden");
            (await RefusedAsync(key, tenant.Id)).Should().Be("forbidden");
            (await RefusedAsync(key, other.Id)).Should().Be("not_found");
        }

        (await RefusedAsync(await other.OwnerAsync(), tenant.Id)).Should().Be("not_found");
        (await RefusedAsync(await other.OwnerAsync(), null, hidden.Id)).Should().Be("not_found");
        (await RefusedAsync(await member.CallerAsync(), null, hidden.Id)).Should().Be("not_found");
        (await RefusedAsync(ServiceFixture.RootCaller, "no code")).Should().Be("not_found");
    }

    [Theory]
    [InlineData("type=service", "invalid_parameter")]
    [InlineData("limit=0", "invalid_parameter")]
    [InlineData("cursor=x", "invalid_cursor")]
    public async Task A_wrong_query_value_is_refused(string query, string code)
    {
        var tenant = await service.NewTenantAsync();

        await (await tenant.Client.GetAsync($"/v1/api-keys?{query}")).ShouldBeProblem(HttpStatusCode.BadRequest, code);
    }

    private async Task<ApiKeyObject> NewAsync(
        Tenant tenant, string type, string? organization = null, string? workspace = null) =>
        (await service.Do(new CreateApiKey.Command(await tenant.OwnerAsync(), "Key", type, organization, workspace)))
            .Value;

    private async Task<IReadOnlyList<ApiKeyObject>> ListAsync(
        Caller caller, string? organization = null, string? workspace = null, string? type = null) =>
        (await service.Do(new ListApiKeys.Query(caller, organization, workspace, type))).Items;

    private async Task<string> RefusedAsync(Caller caller, string? organization = null, string? workspace = null) =>
        (await service.Refused(new ListApiKeys.Query(caller, organization, workspace))).Code;
}
