using System.Net;
using System.Text.Json;
using WorkspaceService.Features.Users;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Members;

[Collection("Members")]
public sealed class ListMembersTests(ServiceFixture service)
{
    [Fact]
    public async Task It_answers_with_the_seeds_rows_in_an_envelope()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var viewer = await tenant.NewMemberOfAsync(workspace.Id, Roles.Viewer);

        var answer = await (await tenant.Client.GetAsync($"/v1/workspaces/{workspace.Id}/members")).Json();

        var rows = answer.GetProperty("data").EnumerateArray().ToList();
        rows.Select(r => r.GetProperty("user_id").GetString()).Should().Equal(tenant.Owner.Id, viewer.Id);
        rows[1].EnumerateObject().Select(m => m.Name)
            .Should().Equal("user_id", "name", "email", "role", "status", "source", "joined_at");
        rows[1].GetProperty("role").GetString().Should().Be("viewer");
        rows[1].GetProperty("status").GetString().Should().Be("active");
        rows[1].GetProperty("source").GetString().Should().Be("workspace");
        rows[1].GetProperty("email").GetString().Should().Be(viewer.Email);
        answer.GetProperty("meta").GetRawText().Should().Be("""{"cursor":null,"has_more":false}""");
    }

    [Fact]
    public async Task Owner_and_admins_of_the_organization_are_listed_on_request_and_nobody_twice()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var implicitAdmin = await tenant.NewMemberAsync(Roles.Admin);
        var explicitAdmin = await tenant.NewMemberOfAsync(workspace.Id, Roles.Viewer, organizationRole: Roles.Admin);
        var gone = await tenant.NewMemberAsync(Roles.Admin);
        await service.DeactivateAsync(gone.Id);
        await tenant.NewMemberAsync();
        await (await service.NewTenantAsync()).NewMemberAsync(Roles.Admin);

        var rows = await ListAsync(tenant, workspace, include: "implicit");

        rows.Select(m => (m.UserId, m.Role, m.Source, m.Status)).Should().Equal(
            (tenant.Owner.Id, "admin", "workspace", "active"),
            (implicitAdmin.Id, "admin", "organization", "active"),
            (explicitAdmin.Id, "viewer", "workspace", "active"),
            (gone.Id, "admin", "organization", "deactivated"));
        (await ListAsync(tenant, workspace)).Select(m => m.UserId).Should().Equal(tenant.Owner.Id, explicitAdmin.Id);
    }

    [Fact]
    public async Task An_owner_who_was_never_added_is_listed_since_joining_the_organization()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var admin = await tenant.NewMemberOfAsync(workspace.Id, Roles.Admin);
        await service.Do(new RemoveMember.Command(await tenant.OwnerAsync(), workspace.Id, tenant.Owner.Id));

        var owner = (await ListAsync(tenant, workspace, include: "implicit")).Single(m => m.Source == "organization");

        owner.UserId.Should().Be(tenant.Owner.Id);
        owner.JoinedAt.Should()
            .BeOnOrBefore((await ListAsync(tenant, workspace)).Single(m => m.UserId == admin.Id).JoinedAt);
        (await service.Do(new Access.ShowSeats.Query(await tenant.OwnerAsync(), workspace.Id))).Taken.Should().Be(1);
    }

    [Theory]
    [InlineData(null, null, null, null, "owner admin member viewer gone")]
    [InlineData("implicit", null, null, null, "owner admin implicit member viewer gone")]
    [InlineData(null, "admin", null, null, "owner admin")]
    [InlineData("implicit", "admin", null, null, "owner admin implicit")]
    [InlineData("implicit", "member", null, null, "member gone")]
    [InlineData(null, "guest", null, null, "")]
    [InlineData(null, null, "active", null, "owner admin member viewer")]
    [InlineData("implicit", null, "deactivated", null, "gone")]
    [InlineData(null, "member", "active", null, "member")]
    [InlineData(null, null, null, "ŽANETA", "member")]
    [InlineData("implicit", null, null, "100%_\\", "implicit")]
    [InlineData("implicit", null, null, "_", "implicit")]
    [InlineData(null, null, null, "Viewer.Of", "viewer")]
    [InlineData(null, null, null, "nobody", "")]
    public async Task It_is_filtered(string? include, string? role, string? status, string? q, string expected)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var mark = Guid.NewGuid().ToString("N")[..8];
        var names = new Dictionary<string, string> { [tenant.Owner.Id] = "owner" };
        async Task<Person> Add(
            string who, string? workspaceRole, string organizationRole, string? name = null, string? email = null)
        {
            var person = await tenant.NewMemberAsync(organizationRole, name, email);
            names[person.Id] = who;
            if (workspaceRole is not null)
            {
                await service.Do(new AddMember.Command(
                    await tenant.OwnerAsync(), workspace.Id, person.Id, workspaceRole));
            }

            return person;
        }

        await Add("admin", Roles.Admin, Roles.Admin);
        await Add("implicit", null, Roles.Admin, "Percy 100%_\\ Sign");
        await Add("member", Roles.Member, Roles.Member, "Žaneta");
        await Add("viewer", Roles.Viewer, Roles.Viewer, null, $"viewer.of.{mark}@example.com");
        await service.DeactivateAsync((await Add("gone", Roles.Member, Roles.Member)).Id);

        var rows = await ListAsync(tenant, workspace, include, role, status, q);

        string.Join(' ', rows.Select(m => names[m.UserId])).Should().Be(expected);
    }

    [Theory]
    [InlineData("include=explicit", "include")]
    [InlineData("include=", "include")]
    [InlineData("role=owner", "role")]
    [InlineData("role=ADMIN", "role")]
    [InlineData("role=admin&role=member", "role")]
    [InlineData("status=gone", "status")]
    [InlineData("q=", "q")]
    [InlineData("q=%00", "q")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=101", "limit")]
    [InlineData("limit=-1", "limit")]
    [InlineData("limit=ten", "limit")]
    [InlineData("limit=99999999999", "limit")]
    public async Task A_wrong_query_value_is_refused_and_named(string query, string parameter)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        var problem = await (await tenant.Client.GetAsync($"/v1/workspaces/{workspace.Id}/members?{query}"))
            .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_parameter");

        problem.GetProperty("parameter").GetString().Should().Be(parameter);
    }

    [Fact]
    public async Task A_cursor_belongs_to_its_list_and_filters()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var other = await tenant.NewWorkspaceAsync();
        await tenant.NewMemberOfAsync(workspace.Id);
        var url = $"/v1/workspaces/{workspace.Id}/members";
        var cursor = (await (await tenant.Client.GetAsync($"{url}?limit=1")).Json())
            .GetProperty("meta").GetProperty("cursor").GetString()!;

        (await (await tenant.Client.GetAsync($"{url}?limit=1&cursor={cursor}")).Data()).GetArrayLength().Should().Be(1);
        foreach (var wrong in (string[])
            [
                $"{url}?cursor={cursor[..^1]}", $"{url}?cursor=x", $"{url}?cursor=",
                $"{url}?cursor={cursor}&role=admin",
                $"{url}?cursor={cursor}&include=implicit", $"{url}?cursor={cursor}&q=a",
                $"/v1/workspaces/{other.Id}/members?cursor={cursor}",
            ])
        {
            await (await tenant.Client.GetAsync(wrong)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_cursor");
        }
    }

    [Fact]
    public async Task Who_sees_the_workspace_and_does_not_belong_is_refused_and_others_find_nothing()
    {
        var tenant = await service.NewTenantAsync();
        var closed = await tenant.NewWorkspaceAsync(type: "closed");
        var hidden = await tenant.NewWorkspaceAsync(type: "private");
        var onlooker = await tenant.NewMemberAsync();
        var guest = await tenant.NewMemberOfAsync(closed.Id, Roles.Guest);
        var url = $"/v1/workspaces/{closed.Id}/members";

        await (await onlooker.Client.GetAsync(url)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        await (await onlooker.Client.GetAsync($"/v1/workspaces/{hidden.Id}/members"))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        await (await guest.Client.GetAsync($"/v1/workspaces/{hidden.Id}/members?limit=0"))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        await (await (await service.NewTenantAsync()).Client.GetAsync(url))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        await (await service.Client(null).GetAsync(url))
            .ShouldBeProblem(HttpStatusCode.Unauthorized, "unauthenticated");
        (await (await guest.Client.GetAsync(url)).Data()).GetArrayLength().Should().Be(2);
    }

    [Fact]
    public async Task Archived_and_suspended_can_still_be_read()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        await service.ArrangeAsync("UPDATE workspaces SET status = 'archived' WHERE code = @Id", new { workspace.Id });
        await service.ArrangeAsync("UPDATE organizations SET status = 'suspended' WHERE code = @Id", new { tenant.Id });

        (await ListAsync(tenant, workspace)).Should().ContainSingle();
    }

    [Fact]
    public async Task A_service_key_needs_read_and_a_publishable_one_neither_sees_nor_searches_addresses()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var url = $"/v1/workspaces/{workspace.Id}/members";
        using var secret = service.Client(await tenant.ServiceKeyAsync("secret", null, "read"));
        using var blind = service.Client(await tenant.ServiceKeyAsync("secret", null, "write", "members:manage"));
        using var publishable = service.Client(await tenant.ServiceKeyAsync("publishable", workspace.Id));

        (await (await secret.GetAsync(url)).Data())[0].GetProperty("email").GetString().Should().Be(tenant.Owner.Email);
        await (await blind.GetAsync(url)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await (await publishable.GetAsync(url)).Data())[0].GetProperty("email").ValueKind
            .Should().Be(JsonValueKind.Null);
        (await (await secret.GetAsync($"{url}?q=example.com")).Data()).GetArrayLength().Should().Be(1);
        (await (await publishable.GetAsync($"{url}?q=example.com")).Data()).GetArrayLength().Should().Be(0);
        (await (await publishable.GetAsync($"{url}?q={Uri.EscapeDataString(tenant.Owner.Name)}")).Data())
            .GetArrayLength().Should().Be(1);
    }

    [Fact]
    public async Task A_thousand_members_page_through_completely_while_rows_are_added()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        await FillAsync(tenant, workspace, members: 1000, admins: 50);
        var caller = await tenant.OwnerAsync();
        var before = (await PagesAsync(new(caller, workspace.Id, "implicit", Limit: 100))).Items;

        var adding = true;
        var added = new List<string>();
        var adder = Task.Run(async () =>
        {
            while (Volatile.Read(ref adding))
            {
                added.Add((await tenant.NewMemberOfAsync(workspace.Id)).Id);
            }
        });
        var (pages, statements) = await PagesAsync(new(caller, workspace.Id, "implicit", Limit: 37));
        Volatile.Write(ref adding, false);
        await adder;

        before.Should().HaveCount(1051);
        var ids = pages.Select(m => m.UserId).ToList();
        ids.Should().OnlyHaveUniqueItems();
        ids.Should().BeInAscendingOrder(StringComparer.Ordinal);
        before.Select(m => m.UserId).Except(ids).Should().BeEmpty();
        ids.Except(before.Select(m => m.UserId)).Should().BeSubsetOf(added);
        statements.Should().HaveCountGreaterThan(28)
            .And.OnlyContain(count => count <= 2, "a page is one look-up and one list");
    }

    [Fact]
    public async Task What_was_written_is_listed_at_once_however_many_read_and_write()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var page = new ListMembers.Query(await tenant.OwnerAsync(), workspace.Id, Limit: 100);
        var people = new List<Person>();
        for (var n = 0; n < 48; n++)
        {
            people.Add(await tenant.NewMemberAsync());
        }

        await Task.WhenAll(people.Select((person, n) => Task.Run(async () =>
        {
            await service.Do(new AddMember.Command(page.Caller, workspace.Id, person.Id, Roles.Viewer));
            (await RowAsync(person)).Role.Should().Be(Roles.Viewer);
            await service.Do(new ChangeMemberRole.Command(page.Caller, workspace.Id, person.Id, Roles.Guest));
            (await RowAsync(person)).Role.Should().Be(Roles.Guest);
            await service.Do(new UpdateUser.Command(
                ServiceFixture.RootCaller, person.Id, new() { Name = $"Renamed {n}" }));
            (await RowAsync(person)).Name.Should().Be($"Renamed {n}");
            await service.Do(new RemoveMember.Command(page.Caller, workspace.Id, person.Id));
            (await service.Do(page)).Items.Should().NotContain(m => m.UserId == person.Id);
        })));

        async Task<MemberObject> RowAsync(Person person) =>
            (await service.Do(page)).Items.Should().ContainSingle(m => m.UserId == person.Id).Subject;
    }

    private async Task<(List<MemberObject> Items, List<long> Statements)> PagesAsync(ListMembers.Query query)
    {
        var items = new List<MemberObject>();
        var statements = new List<long>();
        string? cursor = null;
        do
        {
            var (page, count) = await service.Counted(query with { Cursor = cursor });
            items.AddRange(page.Items);
            statements.Add(count);
            cursor = page.Next;
        }
        while (cursor is not null);

        return (items, statements);
    }

    private async Task<IReadOnlyList<MemberObject>> ListAsync(
        Tenant tenant,
        WorkspaceObject workspace,
        string? include = null,
        string? role = null,
        string? status = null,
        string? q = null) =>
        (await service.Do(new ListMembers.Query(await tenant.OwnerAsync(), workspace.Id, include, role, status, q)))
            .Items;

    // As if added one by one, in one statement each: 1,000 members, and 50 admins of the organization between them.
    private Task FillAsync(Tenant tenant, WorkspaceObject workspace, int members, int admins) => service.ArrangeAsync(
        """
        INSERT INTO users (id, code, name, email, email_key, search, status, version, created_at, updated_at)
        SELECT 500000 + n, 'USR-26-' || (500000 + n), 'Filler', 'f' || n || '@example.com', 'f' || n || '@example.com',
               'filler', 'active', 1, 0, 0
        FROM (WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < @all) SELECT n
              FROM numbers) fill;
        INSERT INTO organization_members (organization_id, user_id, role, version, joined_at)
        SELECT o.id, u.id, CASE WHEN u.id % 20 = 0 AND u.id <= 500000 + 20 * @admins THEN 'admin' ELSE 'member' END, 1,
               0
        FROM users u, organizations o WHERE o.code = @organization AND u.name = 'Filler';
        INSERT INTO members (workspace_id, user_id, role, version, joined_at)
        SELECT w.id, om.user_id, 'member', 1, 0
        FROM organization_members om JOIN users u ON u.id = om.user_id, workspaces w
        WHERE w.code = @workspace AND u.name = 'Filler' AND om.role = 'member';
        UPDATE workspaces SET member_count = (SELECT COUNT(*) FROM members WHERE workspace_id = workspaces.id)
        WHERE code = @workspace
        """,
        new { all = members + admins, admins, organization = tenant.Id, workspace = workspace.Id });
}
