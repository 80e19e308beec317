using System.Net;
using WorkspaceService.Features.ApiKeys;
using WorkspaceService.Features.Members;
using WorkspaceService.Features.Organizations;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Users;

[Collection("Users")]
public sealed class ListUserWorkspacesTests(ServiceFixture service)
{
    [Fact]
    public async Task A_row_is_that_of_the_workspace_list_with_role_and_source()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync("Platform Engineering");
        var person = await tenant.NewMemberOfAsync(workspace.Id, Roles.Viewer, Roles.Member);

        var answer = await (await person.Client.GetAsync($"/v1/users/{person.Id}/workspaces")).Json();

        var row = answer.GetProperty("data").EnumerateArray().Single();
        row.EnumerateObject().Select(m => m.Name).Should().BeEquivalentTo(
            "id", "organization_id", "name", "slug", "type", "description", "status", "member_count",
            "active_service_lines",
            "health_score", "cost_mtd", "currency", "created_at", "updated_at", "role", "source");
        row.GetProperty("id").GetString().Should().Be(workspace.Id);
        row.GetProperty("organization_id").GetString().Should().Be(tenant.Id);
        row.GetProperty("name").GetString().Should().Be("Platform Engineering");
        row.GetProperty("member_count").GetInt32().Should().Be(2);
        row.GetProperty("role").GetString().Should().Be("viewer");
        row.GetProperty("source").GetString().Should().Be("workspace");
        answer.GetProperty("meta").GetRawText().Should().Be("""{"cursor":null,"has_more":false}""");
    }

    [Theory]
    [InlineData(Roles.Member, Roles.Admin, false, Roles.Admin, "workspace")]
    [InlineData(Roles.Member, Roles.Member, true, Roles.Member, "workspace")]
    [InlineData(Roles.Admin, Roles.Viewer, true, Roles.Admin, "organization")]
    [InlineData(Roles.Admin, Roles.Admin, true, Roles.Admin, "workspace")]
    [InlineData(Roles.Admin, null, true, Roles.Admin, "organization")]
    [InlineData(Roles.Member, null, true, null, null)]
    [InlineData(Roles.Guest, null, false, null, null)]
    public async Task The_role_is_the_effective_one(
        string organizationRole, string? workspaceRole, bool ceiling, string? role, string? source)
    {
        var tenant = await service.NewTenantAsync(ceiling: ceiling);
        var person = await tenant.NewMemberAsync(organizationRole);
        foreach (var type in new[] { "private", "closed", "open" })
        {
            var workspace = await tenant.NewWorkspaceAsync(type: type);
            if (workspaceRole is not null)
            {
                await service.Do(new AddMember.Command(
                    ServiceFixture.RootCaller, workspace.Id, person.Id, workspaceRole));
            }
        }

        var rows = await RowsAsync(await person.CallerAsync(), person.Id);

        rows.Select(row => (row.Role, row.Source))
            .Should().Equal(Enumerable.Repeat((role!, source!), role is null ? 0 : 3));
    }

    [Fact]
    public async Task A_demotion_in_the_organization_counts_at_once()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberOfAsync(workspace.Id, Roles.Admin);
        (await RowsAsync(await person.CallerAsync(), person.Id)).Select(r => r.Role)
            .Should().Equal(Roles.Admin, Roles.Admin);

        await service.Do(new ChangeOrganizationMemberRole.Command(
            await tenant.OwnerAsync(), tenant.Id, person.Id, Roles.Viewer));

        (await RowsAsync(await person.CallerAsync(), person.Id)).Select(r => (r.Id, r.Role))
            .Should().Equal((workspace.Id, Roles.Viewer));
    }

    [Fact]
    public async Task Admins_see_what_lies_in_the_organizations_that_they_administer()
    {
        var first = await service.NewTenantAsync();
        var second = await service.NewTenantAsync();
        var here = await first.NewWorkspaceAsync();
        var there = await second.NewWorkspaceAsync();
        var person = await first.NewMemberOfAsync(here.Id);
        await service.Do(new AddOrganizationMember.Command(
            ServiceFixture.RootCaller, second.Id, person.Id, Role: Roles.Admin));
        var member = await first.NewMemberAsync();

        (await SeenAsync(await person.CallerAsync(), person.Id)).Should().Equal(here.Id, there.Id);
        (await SeenAsync(ServiceFixture.RootCaller, person.Id)).Should().Equal(here.Id, there.Id);
        (await SeenAsync(await first.OwnerAsync(), person.Id)).Should().Equal(here.Id);
        (await SeenAsync(await second.OwnerAsync(), person.Id)).Should().Equal(there.Id);
        (await service.Refused(new ListUserWorkspaces.Query(await member.CallerAsync(), person.Id))).Code
            .Should().Be("not_found");
        (await service.Refused(new ListUserWorkspaces.Query(
            await (await service.NewTenantAsync()).OwnerAsync(), person.Id))).Code.Should().Be("not_found");
    }

    [Fact]
    public async Task A_key_sees_no_more_than_it_reaches()
    {
        var first = await service.NewTenantAsync();
        var second = await service.NewTenantAsync();
        var one = await first.NewWorkspaceAsync();
        var two = await first.NewWorkspaceAsync();
        var three = await second.NewWorkspaceAsync();
        await service.Do(new AddOrganizationMember.Command(
            ServiceFixture.RootCaller, second.Id, first.Owner.Id, Role: Roles.Admin));
        var owner = await first.OwnerAsync();
        var inSecond = await KeyAsync(second.Id, null);
        var narrow = await KeyAsync(first.Id, two.Id);
        var secret = await service.CallerAsync(await first.ServiceKeyAsync("secret", null, "read"));
        var weak = await service.CallerAsync(await first.ServiceKeyAsync("secret", null, "write"));
        var narrowSecret = await service.CallerAsync(await first.ServiceKeyAsync("secret", one.Id));

        (await SeenAsync(owner, first.Owner.Id)).Should().Equal(one.Id, two.Id, three.Id);
        (await SeenAsync(inSecond, first.Owner.Id)).Should().Equal(three.Id);
        (await SeenAsync(narrow, first.Owner.Id)).Should().Equal(two.Id);
        (await SeenAsync(secret, first.Owner.Id)).Should().Equal(one.Id, two.Id);
        (await service.Refused(new ListUserWorkspaces.Query(weak, first.Owner.Id))).Code.Should().Be("forbidden");
        (await service.Refused(new ListUserWorkspaces.Query(narrowSecret, first.Owner.Id))).Code
            .Should().Be("not_found");

        async Task<Caller> KeyAsync(string organization, string? workspace) => await service.CallerAsync(
            (await service.Do(new CreateApiKey.Command(owner, "Key", "user", organization, workspace))).Value.Key!);
    }

    [Fact]
    public async Task Pages_have_no_gap_and_no_double_whatever_gives_the_role()
    {
        var first = await service.NewTenantAsync();
        var second = await service.NewTenantAsync();
        var third = await service.NewTenantAsync();
        var person = await first.NewMemberAsync(Roles.Admin);
        await service.Do(new AddOrganizationMember.Command(
            ServiceFixture.RootCaller, second.Id, person.Id, Role: Roles.Admin));
        await service.Do(new AddOrganizationMember.Command(
            ServiceFixture.RootCaller, third.Id, person.Id, Role: Roles.Guest));
        var expected = new List<string>();
        for (var i = 0; i < 15; i++)
        {
            var workspace = await (i % 3 == 0 ? first : i % 3 == 1 ? second : third).NewWorkspaceAsync();
            var isMember = i % 3 == 2 ? i % 2 == 0 : i % 4 == 0;
            if (isMember)
            {
                await service.Do(new AddMember.Command(
                    ServiceFixture.RootCaller, workspace.Id, person.Id, Roles.Guest));
            }

            if (i % 3 != 2 || isMember)
            {
                expected.Add(workspace.Id);
            }
        }

        for (var limit = 1; limit <= expected.Count + 1; limit++)
        {
            var seen = new List<string>();
            string? cursor = null;
            do
            {
                var (page, statements) = await service.Counted(
                    new ListUserWorkspaces.Query(ServiceFixture.RootCaller, person.Id, Cursor: cursor, Limit: limit));
                statements.Should().Be(2, "one finds the user, one the workspaces");
                page.Items.Count.Should().BeLessThanOrEqualTo(limit);
                seen.AddRange(page.Items.Select(w => w.Id));
                cursor = page.Next;
            }
            while (cursor is not null);

            seen.Should().Equal(expected);
        }
    }

    [Fact]
    public async Task The_status_narrows_it()
    {
        var tenant = await service.NewTenantAsync();
        var active = await tenant.NewWorkspaceAsync();
        var archived = await tenant.NewWorkspaceAsync();
        await service.ArrangeAsync("UPDATE workspaces SET status = 'archived' WHERE code = @Id", new { archived.Id });
        var path = $"/v1/users/{tenant.Owner.Id}/workspaces";

        (await IdsAsync("")).Should().Equal(active.Id, archived.Id);
        (await IdsAsync("?status=active")).Should().Equal(active.Id);
        (await IdsAsync("?status=archived")).Should().Equal(archived.Id);
        await (await tenant.Client.GetAsync($"{path}?status=deleted"))
            .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_parameter");
        await (await tenant.Client.GetAsync($"{path}?limit=500"))
            .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_parameter");
        await (await tenant.Client.GetAsync($"{path}?cursor=x"))
            .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_cursor");

        async Task<IEnumerable<string?>> IdsAsync(string query) =>
            (await (await tenant.Client.GetAsync(path + query)).Data())
                .EnumerateArray().Select(w => w.GetProperty("id").GetString());
    }

    private async Task<IReadOnlyList<UserWorkspace>> RowsAsync(Caller caller, string user) =>
        (await service.Do(new ListUserWorkspaces.Query(caller, user, Limit: 100))).Items;

    private async Task<IEnumerable<string>> SeenAsync(Caller caller, string user) =>
        (await RowsAsync(caller, user)).Select(w => w.Id);
}
