using System.Net;
using WorkspaceService.Features.ApiKeys;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Organizations;

[Collection("Organizations")]
public sealed class ListOrganizationsTests(ServiceFixture service)
{
    [Fact]
    public async Task Root_sees_all_and_pages_through_them_without_a_gap_or_a_double()
    {
        var made = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            made.Add((await service.NewTenantAsync()).Id);
        }

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var (page, statements) = await service.Counted(new ListOrganizations.Query(
                ServiceFixture.RootCaller, Cursor: cursor, Limit: 2));
            statements.Should().Be(1);
            page.Items.Count.Should().BeLessThanOrEqualTo(2);
            seen.AddRange(page.Items.Select(o => o.Id));
            cursor = page.Next;
        }
        while (cursor is not null);

        seen.Should().OnlyHaveUniqueItems().And.BeInAscendingOrder(StringComparer.Ordinal).And.Contain(made);
    }

    [Fact]
    public async Task Others_see_the_ones_they_belong_to()
    {
        var mine = await service.NewTenantAsync();
        var other = await service.NewTenantAsync();
        await service.NewTenantAsync();
        var member = await mine.NewMemberAsync(Roles.Guest);
        await service.Do(new AddOrganizationMember.Command(
            ServiceFixture.RootCaller, other.Id, member.Id, Role: Roles.Billing));

        (await ListAsync(await member.CallerAsync())).Should().Equal(mine.Id, other.Id);
        (await ListAsync(await mine.OwnerAsync())).Should().Equal(mine.Id);
    }

    [Fact]
    public async Task A_key_sees_no_more_than_it_reaches()
    {
        var tenant = await service.NewTenantAsync();
        var other = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        await service.Do(new AddOrganizationMember.Command(
            ServiceFixture.RootCaller, other.Id, tenant.Owner.Id, Role: Roles.Admin));
        var inOne = await service.Do(new CreateApiKey.Command(await tenant.OwnerAsync(), "One", "user", other.Id));
        var inWorkspace = await service.Do(new CreateApiKey.Command(
            await tenant.OwnerAsync(), "Narrow", "user", tenant.Id, workspace.Id));

        (await ListAsync(await tenant.OwnerAsync())).Should().Equal(tenant.Id, other.Id);
        (await ListAsync(await service.CallerAsync(inOne.Value.Key!))).Should().Equal(other.Id);
        (await ListAsync(await service.CallerAsync(inWorkspace.Value.Key!))).Should().BeEmpty();
        (await ListAsync(await service.CallerAsync(await tenant.ServiceKeyAsync()))).Should().Equal(tenant.Id);
        (await ListAsync(await service.CallerAsync(await tenant.ServiceKeyAsync("publishable"))))
            .Should().Equal(tenant.Id);
        (await ListAsync(await service.CallerAsync(await tenant.ServiceKeyAsync("secret", workspace.Id))))
            .Should().BeEmpty();
        (await service.Refused(new ListOrganizations.Query(
            await service.CallerAsync(await tenant.ServiceKeyAsync("secret", null, "write")))))
            .Code.Should().Be("forbidden");
    }

    [Fact]
    public async Task Filters_narrow_it()
    {
        var owner = await service.NewUserAsync();
        var key = await service.CallerAsync(await service.UserKeyAsync(owner.Id));
        var apex = await MakeAsync("Apex 100% Digital", "apex", null);
        var gone = await MakeAsync("Nadir_Analog", "nadir", "cancelled");

        (await ListAsync(key, status: "active")).Should().Equal(apex);
        (await ListAsync(key, status: "cancelled")).Should().Equal(gone);
        (await ListAsync(key, status: "suspended")).Should().BeEmpty();
        (await ListAsync(key, q: "100% DIGI")).Should().Equal(apex);
        (await ListAsync(key, q: "adir")).Should().Equal(gone);
        (await ListAsync(key, q: "apex_100")).Should().BeEmpty("an underscore is text, not a wildcard");
        (await ListAsync(key, q: "%")).Should().Equal(apex);
        (await ListAsync(key, q: "APEX", status: "active")).Should().Equal(apex);

        async Task<string> MakeAsync(string name, string slug, string? status) =>
            (await service.Do(new CreateOrganization.Command(
                ServiceFixture.RootCaller, name, slug, OwnerId: owner.Id, Status: status))).Value.Id;
    }

    [Fact]
    public async Task A_publishable_key_sees_no_address()
    {
        var tenant = await service.NewTenantAsync();
        await service.Do(new UpdateOrganization.Command(
            await tenant.OwnerAsync(), tenant.Id, new() { BillingEmail = "billing@example.com" }));

        var page = await service.Do(
            new ListOrganizations.Query(await service.CallerAsync(await tenant.ServiceKeyAsync("publishable"))));

        page.Items.Single().BillingEmail.Should().BeNull();
    }

    [Fact]
    public async Task The_wire_has_the_envelope_and_refuses_wrong_values()
    {
        var tenant = await service.NewTenantAsync();

        var answer = await (await tenant.Client.GetAsync("/v1/orgs")).Json();

        answer.GetProperty("data").EnumerateArray().Single().GetProperty("id").GetString().Should().Be(tenant.Id);
        answer.GetProperty("meta").GetRawText().Should().Be("""{"cursor":null,"has_more":false}""");
        foreach (var wrong in new[] { "status=open", "status=", "limit=0", "limit=101", "limit=x", "q=" })
        {
            await (await tenant.Client.GetAsync($"/v1/orgs?{wrong}"))
                .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_parameter");
        }

        await (await tenant.Client.GetAsync("/v1/orgs?cursor=nonsense"))
            .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_cursor");
        await (await service.Client(null).GetAsync("/v1/orgs"))
            .ShouldBeProblem(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task A_cursor_belongs_to_its_filters()
    {
        await service.NewTenantAsync();
        await service.NewTenantAsync();
        var first = await (await service.Root.GetAsync("/v1/orgs?limit=1&status=active")).Json();
        var cursor = first.GetProperty("meta").GetProperty("cursor").GetString();

        first.GetProperty("meta").GetProperty("has_more").GetBoolean().Should().BeTrue();
        (await (await service.Root.GetAsync($"/v1/orgs?limit=1&status=active&cursor={cursor}")).Data()).EnumerateArray()
            .Should().ContainSingle();
        await (await service.Root.GetAsync($"/v1/orgs?limit=1&cursor={cursor}"))
            .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_cursor");
        await (await service.Root.GetAsync($"/v1/users?limit=1&status=active&cursor={cursor}"))
            .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_cursor");
    }

    private async Task<IEnumerable<string>> ListAsync(Caller caller, string? status = null, string? q = null) =>
        (await service.Do(new ListOrganizations.Query(caller, status, q))).Items.Select(o => o.Id);
}
