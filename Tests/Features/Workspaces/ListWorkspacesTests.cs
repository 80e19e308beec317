using System.Globalization;
using System.Net;
using WorkspaceService.Features.ApiKeys;
using WorkspaceService.Features.Members;
using WorkspaceService.Features.Organizations;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Workspaces;

[Collection("Clock")]
public sealed class ListWorkspacesTests(ServiceFixture service)
{
    private static readonly string[] Sorts =
    [
        "id", "-id", "name", "-name", "created_at", "-created_at", "updated_at", "-updated_at"
    ];

    public static TheoryData<string> EverySort => [.. Sorts];

    [Fact]
    public async Task It_answers_as_the_seed_says_and_more()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync("Platform Engineering");

        var answer = await (await tenant.Client.GetAsync($"/v1/workspaces?organization_id={tenant.Id}")).Json();

        answer.GetProperty("meta").GetRawText().Should().Be("""{"cursor":null,"has_more":false}""");
        var row = answer.GetProperty("data").EnumerateArray().Should().ContainSingle().Subject;
        row.EnumerateObject().Select(p => p.Name).Should().Equal(
            "id", "organization_id", "name", "slug", "type", "description", "status", "member_count",
            "active_service_lines",
            "health_score", "cost_mtd", "currency", "created_at", "updated_at");
        row.GetProperty("id").GetString().Should().Be(workspace.Id);
        row.GetProperty("organization_id").GetString().Should().Be(tenant.Id);
        row.GetProperty("member_count").GetInt64().Should().Be(1);
        var alone = await (await tenant.Client.GetAsync($"/v1/workspaces/{workspace.Id}")).Data();
        row.EnumerateObject().Should().OnlyContain(p => alone.GetProperty(p.Name).GetRawText() == p.Value.GetRawText());
    }

    [Fact]
    public async Task Filters_narrow_the_list()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var open = await tenant.NewWorkspaceAsync("Straße 100%", "open");
        var closed = await tenant.NewWorkspaceAsync("Closed_one", "closed");
        var archived = await tenant.NewWorkspaceAsync("Old", "closed");
        await service.Do(new ArchiveWorkspace.Command(owner, archived.Id));

        async Task<IEnumerable<string>> Ids(string query) =>
            (await (await tenant.Client.GetAsync($"/v1/workspaces?{query}")).Data())
                .EnumerateArray().Select(w => w.GetProperty("id").GetString()!);
        (await Ids("")).Should().Equal(open.Id, closed.Id, archived.Id);
        (await Ids("status=active")).Should().Equal(open.Id, closed.Id);
        (await Ids("status=archived")).Should().Equal(archived.Id);
        (await Ids("type=closed")).Should().Equal(closed.Id, archived.Id);
        (await Ids("type=closed&status=active")).Should().Equal(closed.Id);
        (await Ids("type=default")).Should().BeEmpty();
        (await Ids("q=STRASSE")).Should().Equal([open.Id], "the slug is searched too");
        (await Ids("q=stra%C3%9FE")).Should().Equal(open.Id);
        (await Ids("q=0%25")).Should().Equal([open.Id], "a percent sign is text");
        (await Ids("q=d_o")).Should().Equal([closed.Id], "an underscore is text");
        (await Ids("q=no%5Csuch")).Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(EverySort))]
    public async Task A_slug_finds_its_workspace_exactly(string sort)
    {
        var (tenant, other) = (await service.NewTenantAsync(), await service.NewTenantAsync());
        var slug = $"s{Guid.NewGuid():N}"[..20];
        var workspace = await NewAsync(tenant, slug);
        await NewAsync(tenant, $"{slug}-2");
        var foreign = await NewAsync(other, slug);
        var member = await tenant.NewMemberOfAsync(workspace);

        foreach (var client in new[]
        {
            tenant.Client, member.Client, service.Client(await tenant.ServiceKeyAsync()),
            service.Client(await tenant.ServiceKeyAsync(workspace: workspace)),
        })
        {
            (await FindAsync(client, slug)).Should().Equal(workspace);
            (await FindAsync(client, slug, $"&organization_id={tenant.Id}&status=active")).Should().Equal(workspace);
            (await FindAsync(client, slug[..^1])).Should().BeEmpty();
            (await FindAsync(client, slug, "&status=archived")).Should().BeEmpty();
        }

        (await FindAsync(service.Root, slug)).Should().BeEquivalentTo(workspace, foreign);
        (await FindAsync(service.Root, slug, $"&organization_id={other.Id}")).Should().Equal(foreign);

        async Task<string> NewAsync(Tenant of, string name) => (await service.Do(
            new CreateWorkspace.Command(await of.OwnerAsync(), of.Id, "Named", name))).Value.Id;

        async Task<List<string>> FindAsync(HttpClient client, string asked, string more = "") =>
            [.. (await (await client.GetAsync($"/v1/workspaces?slug={asked}&sort={sort}{more}")).Data())
                .EnumerateArray().Select(row => row.GetProperty("id").GetString()!)];
    }

    [Theory]
    [MemberData(nameof(EverySort))]
    public async Task It_is_sorted_as_asked(string sort)
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var made = new List<WorkspaceObject>();
        foreach (var name in new[] { "Beta", "alpha", "Beta", "Éclair", "zebra" })
        {
            service.Clock.Advance(TimeSpan.FromSeconds(2));
            made.Add(await tenant.NewWorkspaceAsync(name));
        }

        service.Clock.Advance(TimeSpan.FromSeconds(2));
        made[1] = (await service.Do(new UpdateWorkspace.Command(owner, made[1].Id, new() { Description = "Touched" })))
            .Value;

        // Equal names keep the order of ids; names compare folded, by code point.
        int[] ascending = sort.TrimStart('-') switch
        {
            "name" => [1, 0, 2, 4, 3],
            "updated_at" => [0, 2, 3, 4, 1],
            _ => [0, 1, 2, 3, 4],
        };
        var expected = (sort[0] == '-' ? ascending.Reverse() : ascending).Select(n => made[n].Id).ToList();
        (await service.Do(new ListWorkspaces.Query(owner, Sort: sort))).Items.Select(w => w.Id)
            .Should().Equal(expected);
        (await EveryPageAsync(new ListWorkspaces.Query(owner, tenant.Id, Sort: sort, Limit: 2)))
            .Should().Equal(expected);
        (await EveryPageAsync(new ListWorkspaces.Query(ServiceFixture.RootCaller, tenant.Id, Sort: sort, Limit: 2)))
            .Should().Equal(expected);
        var everywhere = await EveryPageAsync(new ListWorkspaces.Query(
            ServiceFixture.RootCaller, Sort: sort, Limit: 100));
        everywhere.Where(expected.Contains).Should().Equal(expected);
    }

    [Fact]
    public async Task What_is_listed_is_what_can_be_read()
    {
        var tenants = new[] { await service.NewTenantAsync(), await service.NewTenantAsync(ceiling: false) };
        var everything = new List<WorkspaceObject>();
        foreach (var tenant in tenants)
        {
            foreach (var type in WorkspaceSettings.Types)
            {
                for (var n = 0; n < 2; n++)
                {
                    everything.Add(await tenant.NewWorkspaceAsync($"{type} {n}", type));
                }
            }
        }

        var people = new List<Person>();
        foreach (var role in Roles.OfOrganization)
        {
            foreach (var second in new[] { null, Roles.Viewer, Roles.Member, Roles.Admin })
            {
                var person = await tenants[0].NewMemberAsync(role);
                people.Add(person);
                if (second is not null)
                {
                    await service.Do(new AddOrganizationMember.Command(
                        ServiceFixture.RootCaller, tenants[1].Id, UserId: person.Id, Role: second));
                }

                // The second workspace of each type has the person in it; a default one may have taken the person in
                // already.
                foreach (var workspace in everything.Where(
                    (w, n) => n % 2 == 1 && (second is not null || w.OrganizationId == tenants[0].Id)))
                {
                    await service.Send(new AddMember.Command(
                        ServiceFixture.RootCaller, workspace.Id, person.Id, Roles.Guest));
                }
            }
        }

        var stranger = (await service.NewUserAsync()).Id;
        var keys = new List<string> { tenants[0].OwnerKey, tenants[1].OwnerKey, await service.UserKeyAsync(stranger) };
        keys.AddRange(people.Select(p => p.Key));
        keys.Add(await tenants[0].ServiceKeyAsync());
        keys.Add(await tenants[0].ServiceKeyAsync("publishable"));
        keys.Add(await tenants[1].ServiceKeyAsync("secret", everything[^1].Id));
        foreach (var person in people.Where((_, n) => n % 3 == 2))
        {
            keys.Add(await NarrowedAsync(person, tenants[0].Id, null));
            keys.Add(await NarrowedAsync(person, tenants[0].Id, everything[1].Id));
        }

        var seen = new HashSet<int>();
        foreach (var key in keys)
        {
            var caller = await service.CallerAsync(key);
            var readable = new List<WorkspaceObject>();
            foreach (var workspace in everything)
            {
                if ((await service.Send(new GetWorkspace.Query(caller, workspace.Id))).Succeeded(out _, out _))
                {
                    readable.Add(workspace);
                }
            }

            seen.Add(readable.Count);
            foreach (var sort in Sorts)
            {
                var listed = await service.Do(new ListWorkspaces.Query(caller, Sort: sort, Limit: 100));
                listed.Items.Select(w => w.Id)
                    .Should().BeEquivalentTo(readable.Select(w => w.Id), $"{caller} sorted by {sort}");
                foreach (var tenant in tenants)
                {
                    var expected = readable.Where(w => w.OrganizationId == tenant.Id).Select(w => w.Id);
                    (await service.Send(new ListWorkspaces.Query(caller, tenant.Id, Sort: sort, Limit: 100)))
                        .Match(
                            page => page.Items.Select(w => w.Id),
                            fault => fault.Code == "not_found" ? [] : [fault.Code])
                        .Should().BeEquivalentTo(expected, $"{caller} in {tenant.Id} sorted by {sort}");
                }
            }

            (await EveryPageAsync(new ListWorkspaces.Query(caller, Limit: 3)))
                .Should().Equal(readable.Select(w => w.Id));
        }

        seen.Should().Contain([0, 1, 4, 7, 8, 16], "otherwise the callers are too much alike");
    }

    [Fact]
    public async Task An_organization_that_the_caller_may_not_see_is_not_found()
    {
        var tenant = await service.NewTenantAsync();
        await tenant.NewWorkspaceAsync();
        var other = await service.NewTenantAsync();
        var workspace = await other.NewWorkspaceAsync();
        var person = await other.NewMemberAsync(Roles.Guest);
        var clients = new[]
        {
            other.Client,
            person.Client,
            service.Client(await other.ServiceKeyAsync()),
            service.Client(await other.ServiceKeyAsync("publishable")),
            service.Client(await other.ServiceKeyAsync("secret", null, Permissions.Write)),
            service.Client(await other.ServiceKeyAsync("secret", workspace.Id)),
            service.Client(await NarrowedAsync(person, other.Id, null)),
        };

        foreach (var client in clients)
        {
            await (await client.GetAsync($"/v1/workspaces?organization_id={tenant.Id}"))
                .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        }

        foreach (var unknown in new[] { "ORG-26-999999", "WS-26-000001", "x", "ORG-26-99999999999999999999" })
        {
            await (await service.Root.GetAsync($"/v1/workspaces?organization_id={unknown}"))
                .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        }
    }

    [Fact]
    public async Task An_organization_without_a_workspace_to_see_has_an_empty_list()
    {
        var tenant = await service.NewTenantAsync();
        var guest = await tenant.NewMemberAsync(Roles.Guest);
        await tenant.NewWorkspaceAsync(type: "open");

        (await service.Do(new ListWorkspaces.Query(await guest.CallerAsync(), tenant.Id))).Items.Should().BeEmpty();
        (await service.Do(new ListWorkspaces.Query(await guest.CallerAsync()))).Items.Should().BeEmpty();
        var empty = await service.NewTenantAsync();
        (await service.Do(new ListWorkspaces.Query(await empty.OwnerAsync(), empty.Id))).Items.Should().BeEmpty();
    }

    [Fact]
    public async Task A_key_sees_what_it_reaches()
    {
        var tenant = await service.NewTenantAsync();
        var one = await tenant.NewWorkspaceAsync(type: "closed");
        var two = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberOfAsync(two.Id);
        var other = await service.NewTenantAsync();
        var elsewhere = await other.NewWorkspaceAsync(type: "closed");
        await service.Do(new AddOrganizationMember.Command(ServiceFixture.RootCaller, other.Id, UserId: person.Id));

        async Task<IEnumerable<string>> Seen(string key, string? organization = null) =>
            (await service.Do(new ListWorkspaces.Query(await service.CallerAsync(key), organization))).Items
                .Select(w => w.Id);
        (await Seen(await tenant.ServiceKeyAsync())).Should().Equal(one.Id, two.Id);
        (await Seen(await tenant.ServiceKeyAsync("publishable"))).Should().Equal(one.Id, two.Id);
        (await Seen(await tenant.ServiceKeyAsync("secret", two.Id))).Should().Equal(two.Id);
        (await Seen(await tenant.ServiceKeyAsync("secret", two.Id), tenant.Id)).Should().Equal(two.Id);
        (await Seen(person.Key)).Should().Equal(one.Id, two.Id, elsewhere.Id);
        (await Seen(person.Key, other.Id)).Should().Equal(elsewhere.Id);
        (await Seen(await NarrowedAsync(person, tenant.Id, null))).Should().Equal(one.Id, two.Id);
        (await Seen(await NarrowedAsync(person, tenant.Id, one.Id))).Should().Equal(one.Id);
        await (await service.Client(await tenant.ServiceKeyAsync("secret", null, Permissions.Write)).GetAsync(
            "/v1/workspaces"))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        await (await service.Client(null).GetAsync("/v1/workspaces"))
            .ShouldBeProblem(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task A_narrowed_keys_workspace_is_filtered_too()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync("One", "closed");
        var caller = await service.CallerAsync(await tenant.ServiceKeyAsync("secret", workspace.Id));

        (await service.Do(new ListWorkspaces.Query(caller, Status: "active", Type: "closed", Q: "on"))).Items
            .Should().ContainSingle();
        (await service.Do(new ListWorkspaces.Query(caller, Status: "archived"))).Items.Should().BeEmpty();
        (await service.Do(new ListWorkspaces.Query(caller, Type: "open"))).Items.Should().BeEmpty();
        (await service.Do(new ListWorkspaces.Query(caller, Q: "two"))).Items.Should().BeEmpty();
    }

    [Theory]
    [InlineData("status=deleted", "status")]
    [InlineData("status=", "status")]
    [InlineData("status=active&status=archived", "status")]
    [InlineData("type=secret", "type")]
    [InlineData("sort=slug", "sort")]
    [InlineData("sort=--name", "sort")]
    [InlineData("sort=", "sort")]
    [InlineData("q=", "q")]
    [InlineData("q=%00", "q")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=101", "limit")]
    [InlineData("limit=-1", "limit")]
    [InlineData("limit=ten", "limit")]
    [InlineData("limit=99999999999", "limit")]
    public async Task A_wrong_value_is_refused_by_name(string query, string parameter)
    {
        var tenant = await service.NewTenantAsync();

        var problem = await (await tenant.Client.GetAsync($"/v1/workspaces?{query}"))
            .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_parameter");

        problem.GetProperty("parameter").GetString().Should().Be(parameter);
    }

    [Fact]
    public async Task A_cursor_fits_the_list_that_made_it_and_no_other()
    {
        var tenant = await service.NewTenantAsync();
        for (var n = 0; n < 3; n++)
        {
            await tenant.NewWorkspaceAsync($"W {n}", "closed");
        }

        var first = await (await tenant.Client.GetAsync("/v1/workspaces?limit=1&sort=name&type=closed&q=w")).Json();
        var cursor = first.GetProperty("meta").GetProperty("cursor").GetString()!;
        var second = await (await tenant.Client.GetAsync(
            $"/v1/workspaces?limit=2&sort=name&type=closed&q=w&cursor={cursor}")).Json();
        second.GetProperty("data").GetArrayLength().Should().Be(2, "another limit is still the same list");

        foreach (var foreign in new[]
        {
            $"sort=name&type=closed&q=x&cursor={cursor}",
            $"sort=name&type=open&q=w&cursor={cursor}",
            $"sort=-name&type=closed&q=w&cursor={cursor}",
            $"sort=name&type=closed&q=w&status=active&cursor={cursor}",
            $"organization_id={tenant.Id}&sort=name&type=closed&q=w&cursor={cursor}",
            $"sort=name&type=closed&q=w&cursor={cursor[..^1]}",
            $"sort=name&type=closed&q=w&cursor=A{cursor[1..]}",
            "sort=name&type=closed&q=w&cursor=",
            "sort=name&type=closed&q=w&cursor=eyJpZCI6IkxJTi0yNi0wODQ3MjkifQ==",
        })
        {
            await (await tenant.Client.GetAsync($"/v1/workspaces?{foreign}"))
                .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_cursor");
        }
    }

    [Theory]
    [InlineData("name", "a\u0000b", "1")]
    [InlineData("name", "a", "one")]
    [InlineData("id", "one", "1")]
    [InlineData("created_at", "1.5", "1")]
    [InlineData("id", "99999999999999999999", "1")]
    public async Task A_forged_cursor_is_refused_too(string sort, string key, string id)
    {
        var forged = Cursor.Encode(Cursor.Binding(nameof(ListWorkspaces), null, null, null, null, null, sort), key, id);

        await (await service.Root.GetAsync($"/v1/workspaces?sort={sort}&cursor={forged}"))
            .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_cursor");
    }

    [Fact]
    public async Task The_last_page_says_so_also_where_it_is_full()
    {
        var tenant = await service.NewTenantAsync();
        for (var n = 0; n < 4; n++)
        {
            await tenant.NewWorkspaceAsync();
        }

        var first = await service.Do(new ListWorkspaces.Query(await tenant.OwnerAsync(), Limit: 2));
        var second = await service.Do(new ListWorkspaces.Query(
            await tenant.OwnerAsync(), Cursor: first.Next, Limit: 2));

        first.Next.Should().NotBeNull();
        second.Items.Should().HaveCount(2);
        second.Next.Should().BeNull();
        second.Items.Concat(first.Items).Select(w => w.Id).Should().OnlyHaveUniqueItems();
    }

    [Theory]
    [MemberData(nameof(EverySort))]
    public async Task
        A_thousand_page_through_without_gap_or_double_while_rows_are_added_and_each_page_is_one_statement_or_two(
            string sort)
    {
        var tenant = await service.NewTenantAsync();
        var ids = await NewWorkspacesAsync(tenant, 1000);
        var member = await tenant.NewMemberAsync();
        var guest = await tenant.NewMemberAsync(Roles.Guest);
        await service.ArrangeAsync(
            """
            INSERT INTO members (workspace_id, user_id, role, version, joined_at)
            SELECT w.id, u.id, 'guest', 1, 0
            FROM workspaces w JOIN organizations o ON o.id = w.organization_id
            JOIN users u ON u.code IN (@Member, @Guest)
            WHERE o.code = @Id AND w.id % 5 = 0
            """,
            new { tenant.Id, Member = member.Id, Guest = guest.Id });
        var everyone = new (Caller Caller, string? Organization, int Seen)[]
        {
            (await tenant.OwnerAsync(), null, 1000),
            (await tenant.OwnerAsync(), tenant.Id, 1000),
            (ServiceFixture.RootCaller, tenant.Id, 1000),
            (await service.CallerAsync(await tenant.ServiceKeyAsync()), null, 1000),
            (await member.CallerAsync(), null, 600), // every second one is closed, every fifth is its own
            (await guest.CallerAsync(), tenant.Id, 200),
        };

        foreach (var (caller, organization, expected) in everyone)
        {
            var seen = new List<string>();
            for (var (cursor, page) = ((string?)null, 0); page == 0 || cursor is not null; page++)
            {
                var (rows, statements) = await service.Counted(
                    new ListWorkspaces.Query(caller, organization, Sort: sort, Cursor: cursor, Limit: 100));
                statements.Should()
                    .BeInRange(1, organization is null ? 1 : 2, "an organization that is named is looked up first");
                seen.AddRange(rows.Items.Select(w => w.Id));
                cursor = rows.Next;
                if (page is 1 or 3)
                {
                    await tenant.NewWorkspaceAsync($"Workspace {page}", "closed");
                }
            }

            seen.Should().OnlyHaveUniqueItems();
            seen.Where(ids.Contains).Should().HaveCount(expected);
        }
    }

    // Made at once, as a list of so many would take its time: names repeat, half of them are closed.
    private async Task<HashSet<string>> NewWorkspacesAsync(Tenant tenant, int count)
    {
        await service.ArrangeAsync(
            """
            INSERT INTO workspaces (id, code, organization_id, name, name_key, slug, search, type, status, owner_id,
                                    settings, currency,
                                    member_count, admin_count, active_service_lines, version, created_at, updated_at)
            WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < @Count)
            SELECT o.id * 100000 + n, o.code || '/' || n, o.id, 'Workspace', 'workspace ' || (n % 7), 'w-' || n,
                   'workspace', CASE WHEN n % 2 = 0 THEN 'closed' ELSE 'private' END, 'active', o.owner_id, '{}', 'USD',
                   0, 0, 0, 1, @Now - (n * 7919) % 499, @Now - (n * 104729) % 499
            FROM organizations o CROSS JOIN numbers
            WHERE o.code = @Id
            """,
            new { tenant.Id, Count = count, Now = service.Clock.Now.ToUnixTimeMilliseconds() });
        return [.. Enumerable.Range(1, count).Select(
            n => string.Create(CultureInfo.InvariantCulture, $"{tenant.Id}/{n}"))];
    }

    private async Task<List<string>> EveryPageAsync(ListWorkspaces.Query query)
    {
        var seen = new List<string>();
        for (var cursor = (string?)null; ;)
        {
            var page = await service.Do(query with { Cursor = cursor });
            seen.AddRange(page.Items.Select(w => w.Id));
            if ((cursor = page.Next) is null)
            {
                return seen;
            }
        }
    }

    private async Task<string> NarrowedAsync(Person person, string organization, string? workspace) =>
        (await service.Do(new CreateApiKey.Command(
            ServiceFixture.RootCaller, "Narrow", "user", organization, workspace, person.Id))).Value.Key!;
}
