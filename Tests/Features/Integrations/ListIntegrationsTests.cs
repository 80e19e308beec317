using System.Net;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Integrations;

[Collection("Integrations")]
public sealed class ListIntegrationsTests(ServiceFixture service)
{
    [Fact]
    public async Task It_shows_what_the_caller_administers_and_filters_it()
    {
        var tenant = await service.NewTenantAsync(ceiling: false);
        var other = await service.NewTenantAsync();
        var one = await tenant.NewWorkspaceAsync();
        var two = await tenant.NewWorkspaceAsync();
        var github = await ConnectAsync(tenant, one.Id, "github");
        var slack = await ConnectAsync(tenant, one.Id, "slack");
        var jira = await ConnectAsync(tenant, two.Id, "jira");
        var theirs = await ConnectAsync(other, (await other.NewWorkspaceAsync()).Id, "github");
        var person = await tenant.NewMemberAsync();
        await tenant.AddToAsync(one.Id, person.Id, Roles.Admin);
        await tenant.AddToAsync(two.Id, person.Id, Roles.Member);

        (await ListAsync(tenant.OwnerKey)).Should().Equal(github, slack, jira);
        (await ListAsync(tenant.OwnerKey, "?type=slack")).Should().Equal(slack);
        (await ListAsync(tenant.OwnerKey, $"?workspace_id={two.Id}")).Should().Equal(jira);
        (await ListAsync(tenant.OwnerKey, $"?workspace_id={two.Id}&type=slack")).Should().BeEmpty();
        (await ListAsync(tenant.OwnerKey, $"?organization_id={tenant.Id}&type=jira")).Should().Equal(jira);
        (await ListAsync(person.Key)).Should().Equal(github, slack);
        (await ListAsync(person.Key, $"?organization_id={tenant.Id}")).Should().Equal(github, slack);
        (await ListAsync(await tenant.ServiceKeyAsync())).Should().Equal(github, slack, jira);
        (await ListAsync(await tenant.ServiceKeyAsync("secret", two.Id))).Should().Equal(jira);
        (await ListAsync(ServiceFixture.RootKey, "?limit=100")).Should().Contain([github, theirs]);
        await (await person.Client.GetAsync($"/v1/integrations?workspace_id={two.Id}"))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        await (await person.Client.GetAsync($"/v1/integrations?organization_id={other.Id}"))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Under_the_ceiling_membership_alone_makes_no_admin()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        await ConnectAsync(tenant, workspace.Id, "github");
        var person = await tenant.NewMemberAsync();
        await tenant.AddToAsync(workspace.Id, person.Id, Roles.Member);

        (await ListAsync(person.Key)).Should().BeEmpty();
    }

    [Fact]
    public async Task It_pages()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var made = new[]
        {
            await ConnectAsync(tenant, workspace.Id, "github"),
            await ConnectAsync(tenant, workspace.Id, "github"),
            await ConnectAsync(tenant, workspace.Id, "github"),
        };

        var first = await (await tenant.Client.GetAsync("/v1/integrations?limit=2")).Json();
        var cursor = first.GetProperty("meta").GetProperty("cursor").GetString();
        var second = await (await tenant.Client.GetAsync($"/v1/integrations?limit=2&cursor={cursor}")).Json();

        first.GetProperty("data").EnumerateArray().Concat(second.GetProperty("data").EnumerateArray())
            .Select(i => i.GetProperty("id").GetString()).Should().Equal(made);
        second.GetProperty("meta").GetProperty("has_more").GetBoolean().Should().BeFalse();
        await (await tenant.Client.GetAsync($"/v1/integrations?type=jira&cursor={cursor}"))
            .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_cursor");
    }

    [Theory]
    [InlineData("type=myspace")]
    [InlineData("limit=0")]
    [InlineData("limit=x")]
    public async Task A_wrong_value_is_refused(string query) =>
        await (await service.Root.GetAsync($"/v1/integrations?{query}"))
            .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_parameter");

    private async Task<string> ConnectAsync(Tenant tenant, string workspace, string type) =>
        (await service.Do(new ConnectIntegration.Command(await tenant.OwnerAsync(), workspace, type))).Value.Id;

    private async Task<IEnumerable<string?>> ListAsync(string key, string query = "") =>
        [.. (await (await service.Client(key).GetAsync("/v1/integrations" + query)).Data()).EnumerateArray().Select(
            i => i.GetProperty("id").GetString())];
}
