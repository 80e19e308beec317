using System.Text.Json;
using WorkspaceService.Features.Members;
using WorkspaceService.Features.Workspaces;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;
using static WorkspaceService.ServiceFixture;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>The hashes of an organization's events chain them, whatever happens to the writes about them.</summary>
public sealed class EventChainTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private static readonly Fault Refused = Fault.Conflict("refused", "It is refused.");

    [Fact]
    public async Task An_organization_can_verify_its_events_with_what_it_is_shown()
    {
        var (tenant, other) = (await service.NewTenantAsync(), await service.NewTenantAsync());
        var owner = await tenant.OwnerAsync();
        var workspace = (await tenant.NewWorkspaceAsync("\"Zoë\" \\ 😀")).Id;
        (await tenant.Client.PatchJson($"/v1/workspaces/{workspace}", JsonDocument.Parse("""
            {
              "description": "line\nbreak\tand \u20ac, \ud83d\ude00",
              "settings": {
                "z": 1.50,
                "a": {"\ufb33": 1e3, "\ud83d\ude00": -0, "\u0001": [{"d": null, "c": 12345678901234567890}]},
                "controls": "\u007f\u2028\u0001\ue000"
              }
            }
            """).RootElement)).EnsureSuccessStatusCode();
        for (var n = 0; n < 30; n++)
        {
            await other.NewWorkspaceAsync();
            await service.Do(new UpdateWorkspace.Command(owner, workspace, new() { Name = $"Name {n}" }));
        }

        var events = await ShownAsync(tenant);

        events.Should().HaveCountGreaterThan(30);
        events[0].GetProperty("previous_hash").GetString().Should().Be(new string('0', 64));
        ChainVerifier.FindBroken(events).Should().BeEmpty();
        var changed = JsonDocument.Parse(events[4].GetRawText().Replace(workspace, "WS-26-999999")).RootElement;
        ChainVerifier.FindBroken(events.Select((e, n) => n == 4 ? changed : e))
            .Should().Equal(events[4].GetProperty("id").GetString());
        ChainVerifier.FindBroken(events.Where((_, n) => n != 4))
            .Should().Equal(events[5].GetProperty("id").GetString());
        (await service.FindAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task What_is_rolled_back_leaves_the_chains_as_they_were()
    {
        var organizations = new[] { "ORG-26-800001", "ORG-26-800002", null };

        // The second and third round begin with savepoints on SQLite.
        for (var round = 0; round < 3; round++)
        {
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 60).Select(async n =>
            {
                try
                {
                    return (await service.Db.TransactAsync(RootCaller, Work(n))).Succeeded(out _, out _);
                }
                catch (InvalidOperationException)
                {
                    return false;
                }
            }));
            outcomes.Count(kept => kept).Should().Be(36);
            await service.NumberEventsAsync();

            (await service.FindAsync()).Should().BeEmpty();
        }

        (await service.ReadAsync<long>("SELECT COUNT(*) FROM events WHERE type = 'chain.kept'")).Should().Equal(3 * 36);
        (await service.ReadAsync<long>("SELECT COUNT(*) FROM events WHERE type = 'chain.lost'")).Should().Equal(0);

        // One of five is refused after its events, one throws after them.
        Func<Session, Task<Outcome<Done>>> Work(int n) => async session =>
        {
            var organization = organizations[n % 3];
            var type = n % 5 is 1 or 2 ? "chain.lost" : "chain.kept";
            await EventLog.AppendAsync(session, type, organization, null, ("thing", "one"), []);
            if (n % 5 is 1 or 2)
            {
                await EventLog.AppendManyAsync(
                    session, type, organizations[(n + 1) % 3], [(null, "thing", "two"), (null, "thing", "three")], []);
            }

            return (n % 5) switch
            {
                1 => Refused,
                2 => throw new InvalidOperationException("broken"),
                _ => Done.It,
            };
        };
    }

    [Fact]
    public async Task One_statement_appends_events_of_many_in_a_chain()
    {
        var tenant = await service.NewTenantAsync();
        await service.Db.TransactAsync<Done>(RootCaller, async session =>
        {
            await EventLog.AppendManyAsync(
                session,
                "chain.many",
                tenant.Id,
                [.. Enumerable.Range(0, 50).Select(n => ((string?)$"WS-26-{n:000000}", "thing", $"T {n}"))],
                Changes.Of("name", "a", "b"));
            return Done.It;
        });

        ChainVerifier.FindBroken(await ShownAsync(tenant)).Should().BeEmpty();
    }

    [Fact]
    public async Task Writers_and_readers_on_two_instances_make_one_chain()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var workspace = (await tenant.NewWorkspaceAsync()).Id;
        var people = new List<Person>();
        for (var n = 0; n < 16; n++)
        {
            people.Add(await tenant.NewMemberAsync());
        }

        await Task.WhenAll(Enumerable.Range(0, 16).Select(n => Task.Run(async () =>
        {
            var instance = service.Next;
            await instance.Do(new AddMember.Command(owner, workspace, people[n].Id, Roles.Member));
            await EventOrder.AssignAsync(instance.Db, RootCaller, CancellationToken.None);
            await instance.Do(new RemoveMember.Command(owner, workspace, people[n].Id));
            await EventOrder.AssignAsync(instance.Db, RootCaller, CancellationToken.None);
        })));

        var events = await ShownAsync(tenant);
        events.Should().HaveCountGreaterThan(32 + 16);
        ChainVerifier.FindBroken(events).Should().BeEmpty();
        (await service.FindAsync()).Should().BeEmpty();
    }

    // SQLite, whose file has one instance, never has any.
    [Fact]
    public async Task What_an_earlier_version_numbered_is_chained_before_what_comes_next()
    {
        var (tenant, fresh) = (await service.NewTenantAsync(), await service.NewTenantAsync());
        await service.NumberEventsAsync();
        foreach (var (id, after) in new[] { (tenant.Id, 1), (fresh.Id, 0) })
        {
            await tenant.NewWorkspaceAsync();
            await service.NumberEventsAsync();
            if (service.Db.IsPostgres)
            {
                await service.ArrangeAsync(
                    """
                    UPDATE events SET previous_hash = NULL, hash = NULL
                    WHERE organization_code = @id AND sequence > (
                        SELECT MIN(sequence) FROM events WHERE organization_code = @id) - 1 + @after
                    """,
                    new { id, after });
            }
        }

        await tenant.NewWorkspaceAsync();
        await fresh.NewWorkspaceAsync();

        ChainVerifier.FindBroken(await ShownAsync(tenant)).Should().BeEmpty();
        ChainVerifier.FindBroken(await ShownAsync(fresh)).Should().BeEmpty();
        (await service.FindAsync()).Should().BeEmpty();
    }

    private static async Task<List<JsonElement>> ShownAsync(Tenant tenant)
    {
        var all = new List<JsonElement>();
        for (string? cursor = null; ;)
        {
            var next = cursor is null ? "" : $"&cursor={cursor}";
            var page = await (await tenant.Client.GetAsync(
                $"/v1/events?organization_id={tenant.Id}&limit=100{next}")).Json();
            all.AddRange(page.GetProperty("data").EnumerateArray());
            cursor = page.GetProperty("meta").GetProperty("cursor").GetString();
            if (cursor is null)
            {
                return all;
            }
        }
    }
}
