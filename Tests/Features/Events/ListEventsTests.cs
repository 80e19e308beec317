using System.Globalization;
using System.Net;
using WorkspaceService.Features.ApiKeys;
using WorkspaceService.Features.Members;
using WorkspaceService.Features.Organizations;
using WorkspaceService.Features.Workspaces;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Events;

public sealed class ListEventsTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task An_event_tells_who_did_what_when_and_in_which_request()
    {
        var tenant = await service.NewTenantAsync();
        var response = await tenant.Client.PostJson(
            "/v1/workspaces",
            new { organization_id = tenant.Id, name = "Billing", slug = "billing" },
            ("X-Request-Id", "trace-4711"));
        var workspace = (await response.Data(HttpStatusCode.Created)).GetProperty("id").GetString();

        var answer = await (await tenant.Client.GetAsync(
            $"/v1/events?organization_id={tenant.Id}&type=workspace.created")).Json();

        var happened = answer.GetProperty("data").EnumerateArray().Single();
        happened.EnumerateObject().Select(m => m.Name).Should().Equal(
            "id", "sequence", "type", "occurred_at", "organization_id", "workspace_id", "actor", "subject",
            "request_id", "changes", "previous_hash", "hash");
        happened.GetProperty("id").GetString().Should().MatchRegex(@"^EVT-\d\d-\d{6,}$");
        happened.GetProperty("sequence").GetInt64().Should().BePositive();
        happened.GetProperty("occurred_at").GetString().Should().MatchRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$");
        happened.GetProperty("organization_id").GetString().Should().Be(tenant.Id);
        happened.GetProperty("workspace_id").GetString().Should().Be(workspace);
        happened.GetProperty("actor").GetRawText().Should().Be($$"""{"kind":"user","id":"{{tenant.Owner.Id}}"}""");
        happened.GetProperty("subject").GetRawText().Should().Be($$"""{"kind":"workspace","id":"{{workspace}}"}""");
        happened.GetProperty("request_id").GetString().Should().Be("trace-4711");
        happened.GetProperty("changes").GetRawText()
            .Should().Be("""{"name":[null,"Billing"],"slug":[null,"billing"],"type":[null,"private"]}""");
        answer.GetProperty("meta").GetRawText().Should().Be("""{"cursor":null,"has_more":false}""");
    }

    [Fact]
    public async Task Root_users_and_keys_are_told_apart()
    {
        var tenant = await service.NewTenantAsync();
        var key = (await service.Do(new CreateApiKey.Command(await tenant.OwnerAsync(), "Key", "secret", tenant.Id)))
            .Value;
        foreach (var caller in new[]
        {
            ServiceFixture.RootCaller,
            await tenant.OwnerAsync(),
            await service.CallerAsync(key.Key!),
        })
        {
            await service.Do(new CreateWorkspace.Command(caller, tenant.Id, "Workspace"));
        }

        (await ListAsync(await tenant.OwnerAsync(), tenant.Id, type: "workspace.created")).Select(e => e.Actor)
            .Should().Equal(
                new Reference("root", "root"),
                new Reference("user", tenant.Owner.Id),
                new Reference("api_key", key.Id));
    }

    [Fact]
    public async Task A_refused_write_leaves_no_event()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(seatLimit: 1);
        var person = await tenant.NewMemberAsync();
        var before = await ListAsync(await tenant.OwnerAsync(), tenant.Id);

        (await service.Refused(new AddMember.Command(await tenant.OwnerAsync(), workspace.Id, person.Id, Roles.Member)))
            .Code.Should().Be("seat_limit_reached");

        (await ListAsync(await tenant.OwnerAsync(), tenant.Id)).Should().Equal(before);
    }

    [Fact]
    public async Task They_are_filtered()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var admin = await tenant.NewMemberAsync(Roles.Admin);
        var (one, two) = (await tenant.NewWorkspaceAsync(), await tenant.NewWorkspaceAsync());
        await service.Do(new AddMember.Command(await admin.CallerAsync(), one.Id, admin.Id, Roles.Admin));

        (await ListAsync(owner, tenant.Id, one.Id)).Select(e => e.Type)
            .Should().Equal("workspace.created", "member.added");
        (await ListAsync(owner, workspace: two.Id)).Select(e => e.Type).Should().Equal("workspace.created");
        (await ListAsync(owner, tenant.Id, type: "workspace.created")).Select(e => e.WorkspaceId)
            .Should().Equal(one.Id, two.Id);
        (await ListAsync(owner, tenant.Id, actor: admin.Id)).Select(e => e.Type).Should().Equal("member.added");
        (await ListAsync(owner, tenant.Id, type: "workspace.created", actor: admin.Id)).Should().BeEmpty();
        (await ListAsync(owner, tenant.Id, type: "no.such")).Should().BeEmpty();
        (await ListAsync(owner, tenant.Id)).Should().OnlyContain(e => e.OrganizationId == tenant.Id);
    }

    [Fact]
    public async Task From_is_in_and_to_is_out()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var time = new DateTimeOffset(2031, 5, 1, 12, 0, 0, TimeSpan.Zero);
        await service.ArrangeAsync(
            "UPDATE events SET occurred_at = @time WHERE workspace_code = @Id", new { time, workspace.Id });

        async Task<int> CountAsync(string? from, string? to) =>
            (await service.Do(new ListEvents.Query(owner, tenant.Id, From: from, To: to, Type: "workspace.created")))
                .Items.Count;

        (await CountAsync("2031-05-01T12:00:00Z", null)).Should().Be(1);
        (await CountAsync("2031-05-01T12:00:00.001Z", null)).Should().Be(0);
        (await CountAsync("2031-05-01T14:00:00+02:00", "2031-05-01T12:00:00.001Z")).Should().Be(1);
        (await CountAsync(null, "2031-05-01T12:00:00Z")).Should().Be(0);
        (await CountAsync("2031-05-01T12:00:00Z", "2031-05-01T12:00:00Z")).Should().Be(0);
    }

    [Fact]
    public async Task Whatever_the_order_of_their_times_those_of_a_time_are_listed_page_by_page()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var second = (await service.Do(new CreateOrganization.Command(
            ServiceFixture.RootCaller, "Second", OwnerId: tenant.Owner.Id))).Value;
        var workspace = await tenant.NewWorkspaceAsync();
        for (var n = 0; n < 12; n++)
        {
            await service.Do(new UpdateWorkspace.Command(owner, workspace.Id, new() { Name = $"Name {n}" }));
            await service.Do(new CreateWorkspace.Command(owner, second.Id, $"Workspace {n}"));
        }

        var start = new DateTimeOffset(2031, 5, 1, 0, 0, 0, TimeSpan.Zero);
        await service.ArrangeAsync(
            """
            UPDATE events SET occurred_at = @start + (id * 7919 % 12) * 60000
            WHERE organization_code IN (@First, @Second)
            """,
            new { start, First = tenant.Id, Second = second.Id });

        foreach (var query in new[]
        {
            new ListEvents.Query(owner, tenant.Id),
            new ListEvents.Query(owner, WorkspaceId: workspace.Id),
            new ListEvents.Query(owner),
            new ListEvents.Query(ServiceFixture.RootCaller),
            new ListEvents.Query(ServiceFixture.RootCaller, Type: "workspace.created"),
            new ListEvents.Query(ServiceFixture.RootCaller, ActorId: tenant.Owner.Id),
        })
        {
            var all = await AllAsync(query with { Limit = 100 });
            all.Should().NotBeEmpty();
            foreach (var (from, to) in new (int?, int?)[] { (3, null), (null, 5), (2, 9), (5, 5), (11, null), (0, 1) })
            {
                DateTimeOffset? first = from is { } f ? start.AddMinutes(f) : null;
                DateTimeOffset? end = to is { } t ? start.AddMinutes(t) : null;
                var expected = all.Where(e => !(e.OccurredAt < first) && !(e.OccurredAt >= end)).ToList();

                var pages = await AllAsync(query with
                {
                    From = first?.ToString("O", CultureInfo.InvariantCulture),
                    To = end?.ToString("O", CultureInfo.InvariantCulture),
                    Limit = from == 2 ? 3 : 100,
                });

                pages.Select(e => e.Id).Should().Equal(expected.Select(e => e.Id), $"from {from} to {to} of {query}");
            }
        }
    }

    [Fact]
    public async Task Those_of_all_organizations_and_of_none_are_filtered_in_their_order()
    {
        var start = (await service.ReadAsync<long>("SELECT COALESCE(MAX(sequence), 0) FROM events")).Single();
        var tenants = new List<Tenant>();
        for (var n = 0; n < 4; n++)
        {
            tenants.Add(await service.NewTenantAsync());
        }

        for (var n = 0; n < 12; n++)
        {
            var tenant = tenants[n % 5 % 4];
            var workspace = await tenant.NewWorkspaceAsync();
            var caller = n % 3 == 0 ? ServiceFixture.RootCaller : await tenant.OwnerAsync();
            await service.Do(new UpdateWorkspace.Command(caller, workspace.Id, new() { Name = "B" }));
            await service.NewUserAsync();
        }

        var query = new ListEvents.Query(ServiceFixture.RootCaller, After: $"{start}", Limit: 100);
        var all = await AllAsync(query);
        all.Should().Contain(e => e.OrganizationId == null);
        all.Select(e => e.OrganizationId).Distinct().Should().HaveCountGreaterThan(4);
        foreach (var (type, actor) in all.SelectMany(e => new (string?, string?)[]
            { (e.Type, null), (null, e.Actor.Id), (e.Type, e.Actor.Id), (e.Type, "USR-26-999999") }).Distinct())
        {
            var expected = all.Where(e => e.Type == (type ?? e.Type) && e.Actor.Id == (actor ?? e.Actor.Id)).ToList();
            foreach (var limit in new[] { 1, 3, 7, 100 })
            {
                (await AllAsync(query with { Type = type, ActorId = actor, Limit = limit })).Select(e => e.Id)
                    .Should().Equal(expected.Select(e => e.Id), $"{type} of {actor} by {limit}");
            }
        }
    }

    private async Task<List<EventObject>> AllAsync(ListEvents.Query query)
    {
        var all = new List<EventObject>();
        for (string? cursor = null; ;)
        {
            var page = await service.Do(query with { Cursor = cursor });
            all.AddRange(page.Items);
            if ((cursor = page.Next) is null)
            {
                return all;
            }
        }
    }

    [Fact]
    public async Task After_takes_an_id_a_sequence_number_or_a_cursor()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        for (var i = 0; i < 5; i++)
        {
            await tenant.NewWorkspaceAsync();
        }

        var all = await ListAsync(owner, tenant.Id);
        all.Select(e => e.Sequence).Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        var first = await service.Do(new ListEvents.Query(owner, tenant.Id, Limit: 2));

        foreach (var after in (string[])
        [
            all[1].Id, all[1].Sequence.ToString(CultureInfo.InvariantCulture), first.Next!
        ])
        {
            (await ListAsync(owner, tenant.Id, after: after)).Should().Equal(all.Skip(2), after);
        }

        (await service.Do(new ListEvents.Query(owner, tenant.Id, Cursor: first.Next))).Items
            .Should().Equal(all.Skip(2));
        (await service.Do(new ListEvents.Query(owner, tenant.Id, After: all[0].Id, Cursor: first.Next))).Items
            .Should().Equal(all.Skip(2));
        (await ListAsync(owner, tenant.Id, after: "0")).Should().Equal(all);
        (await ListAsync(owner, tenant.Id, after: all[^1].Id)).Should().BeEmpty();
        (await ListAsync(owner, tenant.Id, type: "workspace.created", after: all[^2].Id)).Should().Equal(all[^1]);
    }

    [Theory]
    [InlineData("after=EVT-26-999999999", "after")]
    [InlineData("after=-1", "after")]
    [InlineData("after=99999999999999999999", "after")]
    [InlineData("after=", "after")]
    [InlineData("after=yesterday", "after")]
    [InlineData("type=workspace", "type")]
    [InlineData("type=WORKSPACE.created", "type")]
    [InlineData("from=yesterday", "from")]
    [InlineData("from=2026-01-01", "from")]
    [InlineData("to=2026-01-01T00:00:00", "to")]
    [InlineData("from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z", "to")]
    [InlineData("actor_id=", "actor_id")]
    [InlineData("limit=101", "limit")]
    public async Task A_wrong_query_value_is_refused_and_named(string query, string parameter)
    {
        var tenant = await service.NewTenantAsync();

        var problem = await (await tenant.Client.GetAsync($"/v1/events?{query}"))
            .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_parameter");

        problem.GetProperty("parameter").GetString().Should().Be(parameter);
    }

    [Fact]
    public async Task A_cursor_belongs_to_its_filters_and_after_to_what_one_may_see()
    {
        var tenant = await service.NewTenantAsync();
        var other = await service.NewTenantAsync();
        await tenant.NewWorkspaceAsync();
        var cursor = (await service.Do(new ListEvents.Query(await tenant.OwnerAsync(), tenant.Id, Limit: 1))).Next;
        var foreign = (await ListAsync(await other.OwnerAsync(), other.Id))[0].Id;

        (await CodeAsync(new(await tenant.OwnerAsync(), tenant.Id, Type: "user.created", Cursor: cursor)))
            .Should().Be("invalid_cursor");
        (await CodeAsync(new(await tenant.OwnerAsync(), Cursor: cursor))).Should().Be("invalid_cursor");
        (await CodeAsync(new(await tenant.OwnerAsync(), tenant.Id, After: foreign))).Should().Be("invalid_parameter");
        (await CodeAsync(new(ServiceFixture.RootCaller, After: foreign))).Should().BeNull();
    }

    [Theory]
    [InlineData(Roles.Admin, null)]
    [InlineData(Roles.Member, "forbidden")]
    [InlineData(Roles.Viewer, "forbidden")]
    [InlineData(Roles.Billing, "forbidden")]
    [InlineData(Roles.Guest, "forbidden")]
    public async Task Owner_and_admins_of_the_organization_read_them(string role, string? code)
    {
        var tenant = await service.NewTenantAsync(ceiling: false);
        var workspace = await tenant.NewWorkspaceAsync();
        var hidden = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberOfAsync(workspace.Id, Roles.Admin, organizationRole: role);
        var caller = await person.CallerAsync();

        (await CodeAsync(new(caller))).Should().Be(code);
        (await CodeAsync(new(caller, tenant.Id))).Should().Be(code);
        (await CodeAsync(new(caller, WorkspaceId: workspace.Id)))
            .Should().Be(code, "being admin of the workspace alone is not enough");
        (await CodeAsync(new(caller, WorkspaceId: hidden.Id))).Should().Be(code is null ? null : "not_found");
    }

    [Fact]
    public async Task What_is_not_seen_is_not_found()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var other = await service.NewTenantAsync();

        foreach (var caller in new[]
        {
            await other.OwnerAsync(),
            await service.CallerAsync(await other.ServiceKeyAsync()),
        })
        {
            (await CodeAsync(new(caller, tenant.Id))).Should().Be("not_found");
            (await CodeAsync(new(caller, WorkspaceId: workspace.Id))).Should().Be("not_found");
            (await CodeAsync(new(caller, other.Id, workspace.Id))).Should().Be("not_found");
            (await CodeAsync(new(caller, "nowhere"))).Should().Be("not_found");
            (await CodeAsync(new(caller, WorkspaceId: "nowhere"))).Should().Be("not_found");
        }

        (await CodeAsync(new(ServiceFixture.RootCaller, other.Id, workspace.Id))).Should().Be("not_found");
    }

    [Fact]
    public async Task Without_an_organization_everyone_reads_what_it_administers()
    {
        var (one, two, three) = (await service.NewTenantAsync(), await service.NewTenantAsync(),
            await service.NewTenantAsync());
        await service.Do(new AddOrganizationMember.Command(
            ServiceFixture.RootCaller, two.Id, one.Owner.Id, Role: Roles.Admin));
        await service.Do(new AddOrganizationMember.Command(
            ServiceFixture.RootCaller, three.Id, one.Owner.Id, Role: Roles.Member));
        foreach (var tenant in (Tenant[])[one, two, three, one, two])
        {
            await tenant.NewWorkspaceAsync();
        }

        var expected = (await ListAsync(ServiceFixture.RootCaller))
            .Where(e => e.OrganizationId == one.Id || e.OrganizationId == two.Id).ToList();
        expected.Select(e => e.OrganizationId).Distinct().Should().HaveCount(2);
        (await ListAsync(await one.OwnerAsync())).Should().Equal(expected);
        (await ListAsync(await two.OwnerAsync())).Should().Equal(expected.Where(e => e.OrganizationId == two.Id));
        (await ListAsync(await one.OwnerAsync(), type: "workspace.created"))
            .Should().Equal(expected.Where(e => e.Type == "workspace.created"));

        var paged = new List<EventObject>();
        for (string? cursor = null; ;)
        {
            var page = await service.Do(new ListEvents.Query(await one.OwnerAsync(), Cursor: cursor, Limit: 3));
            paged.AddRange(page.Items);
            if ((cursor = page.Next) is null)
            {
                break;
            }
        }

        paged.Should().Equal(expected);
    }

    [Fact]
    public async Task A_service_key_needs_audit_read_and_reads_its_own_scope()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var other = await tenant.NewWorkspaceAsync();
        var wide = await service.CallerAsync(await tenant.ServiceKeyAsync("secret", null, "audit:read"));
        var narrow = await service.CallerAsync(await tenant.ServiceKeyAsync("secret", workspace.Id, "audit:read"));
        var blind = await service.CallerAsync(await tenant.ServiceKeyAsync("secret", null, "read", "write"));
        var publishable = await service.CallerAsync(await tenant.ServiceKeyAsync("publishable"));
        var inWorkspace = await service.CallerAsync(
            (await service.Do(new CreateApiKey.Command(
                await tenant.OwnerAsync(), "Key", "user", WorkspaceId: workspace.Id))).Value.Key!);

        var all = await ListAsync(await tenant.OwnerAsync(), tenant.Id);
        (await ListAsync(wide)).Should().Equal(all);
        (await ListAsync(wide, tenant.Id, workspace.Id)).Should().Equal(all.Where(e => e.WorkspaceId == workspace.Id));
        foreach (var narrowed in new[] { narrow, inWorkspace })
        {
            (await ListAsync(narrowed)).Should().Equal(all.Where(e => e.WorkspaceId == workspace.Id)).And.NotBeEmpty();
            (await ListAsync(narrowed, workspace: workspace.Id)).Should().NotBeEmpty();
            (await CodeAsync(new(narrowed, WorkspaceId: other.Id))).Should().Be("not_found");
            (await CodeAsync(new(narrowed, tenant.Id))).Should().Be("not_found");
        }

        foreach (var query in new[]
        {
            new ListEvents.Query(blind),
            new(blind, tenant.Id),
            new(publishable),
            new(publishable, tenant.Id),
            new(publishable, WorkspaceId: workspace.Id),
        })
        {
            (await CodeAsync(query)).Should().Be("forbidden");
        }
    }

    [Fact]
    public async Task The_events_of_a_deleted_workspace_stay()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "closed");
        var member = await tenant.NewMemberAsync();
        var before = await ListAsync(await tenant.OwnerAsync(), tenant.Id, workspace.Id);
        await service.Do(new DeleteWorkspace.Command(await tenant.OwnerAsync(), workspace.Id));

        var after = await ListAsync(await tenant.OwnerAsync(), workspace: workspace.Id);

        after.Take(before.Count).Should().Equal(before);
        after[^1].Type.Should().Be("workspace.deleted");
        (await ListAsync(ServiceFixture.RootCaller, workspace: workspace.Id)).Should().Equal(after);
        (await ListAsync(await tenant.OwnerAsync(), tenant.Id)).Should().Contain(after);
        (await CodeAsync(new(await member.CallerAsync(), WorkspaceId: workspace.Id))).Should().Be("not_found");
        (await CodeAsync(new(await (await service.NewTenantAsync()).OwnerAsync(), WorkspaceId: workspace.Id)))
            .Should().Be("not_found");
    }

    [Fact]
    public async Task An_organization_that_is_not_active_can_still_be_audited()
    {
        var tenant = await service.NewTenantAsync();
        await service.ArrangeAsync("UPDATE organizations SET status = 'cancelled' WHERE code = @Id", new { tenant.Id });

        (await ListAsync(await tenant.OwnerAsync(), tenant.Id)).Should().NotBeEmpty();
    }

    [Fact]
    public async Task Readers_who_follow_many_writers_see_every_event_once_and_in_the_same_order()
    {
        var tenants = new List<(Tenant Tenant, Caller Owner, List<string> People)>();
        for (var i = 0; i < 4; i++)
        {
            var tenant = await service.NewTenantAsync();
            tenants.Add(
                (tenant, await tenant.OwnerAsync(),
                    [(await tenant.NewMemberAsync()).Id, (await tenant.NewMemberAsync()).Id]));
        }

        var start = (await ListAsync(ServiceFixture.RootCaller)) is [.., var last] ? last.Sequence : 0;
        var writing = true;
        var readers = ((int[])[1, 7, 100]).Select(limit => Task.Run(() => FollowAsync(limit))).ToList();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(n => Task.Run(async () =>
        {
            var (tenant, owner, people) = tenants[n % tenants.Count];
            for (var round = 0; round < 5; round++)
            {
                var workspace = await service.Next.Do(new CreateWorkspace.Command(
                    owner, tenant.Id, $"Writer {n} round {round}"));
                foreach (var person in people)
                {
                    await service.Next.Do(new AddMember.Command(owner, workspace.Value.Id, person, Roles.Member));
                }
            }
        })));
        Volatile.Write(ref writing, false);
        var seen = await Task.WhenAll(readers);

        await using var session = service.Db.Open();
        var written = await session.ListAsync<string>(
            "SELECT code FROM events WHERE sequence > @start ORDER BY sequence", new { start });
        written.Should().HaveCount(16 * 5 * 3);
        (await session.ScalarAsync<long>("SELECT COUNT(*) FROM events WHERE sequence IS NULL")).Should().Be(0);
        foreach (var reader in seen)
        {
            reader.Select(e => e.Id).Should().Equal(written);
            reader.Select(e => e.Sequence).Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        }

        foreach (var ofOne in seen[0].GroupBy(e => e.WorkspaceId))
        {
            ofOne.Select(e => e.Type).Should().Equal("workspace.created", "member.added", "member.added");
        }

        async Task<List<EventObject>> FollowAsync(int limit)
        {
            var followed = new List<EventObject>();
            var after = start.ToString(CultureInfo.InvariantCulture);
            while (true)
            {
                var isLast = !Volatile.Read(ref writing);
                var page = await service.Do(new ListEvents.Query(
                    ServiceFixture.RootCaller, After: after, Limit: limit));
                followed.AddRange(page.Items);
                if (page.Items is [.., var newest])
                {
                    after = newest.Id;
                }
                else if (isLast)
                {
                    return followed;
                }
                else
                {
                    await Task.Delay(5);
                }
            }
        }
    }

    private async Task<List<EventObject>> ListAsync(
        Caller caller,
        string? organization = null,
        string? workspace = null,
        string? type = null,
        string? actor = null,
        string? after = null)
    {
        var all = new List<EventObject>();
        for (string? cursor = null; ;)
        {
            var page = await service.Do(new ListEvents.Query(
                caller, organization, workspace, type, actor, After: after, Cursor: cursor, Limit: 100));
            all.AddRange(page.Items);
            if ((cursor = page.Next) is null)
            {
                return all;
            }
        }
    }

    private async Task<string?> CodeAsync(ListEvents.Query query) =>
        (await service.Send(query)).Match(_ => (string?)null, fault => fault.Code);
}
