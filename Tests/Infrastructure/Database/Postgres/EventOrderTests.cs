using WorkspaceService.Features.Events;
using WorkspaceService.Features.Invitations;
using WorkspaceService.Features.Members;
using WorkspaceService.Features.Workspaces;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using static WorkspaceService.ServiceFixture;

namespace WorkspaceService.Infrastructure.Database.Postgres;

/// <summary>The events of all instances are one list, in which nothing comes before what it follows from.</summary>
public sealed class EventOrderTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [PostgresFact]
    public async Task Readers_on_both_instances_see_every_event_once_while_both_write_short_and_long()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var people = new[] { (await tenant.NewMemberAsync()).Id, (await tenant.NewMemberAsync()).Id };
        var writing = false;
        await FollowAsync(service, 100, 0);
        var start = (await service.ReadAsync<long>("SELECT MAX(sequence) FROM events")).Single();
        writing = true;
        var readers = new[] { service, service.Second, service, service.Second }
            .Select((instance, n) => Task.Run(() => FollowAsync(instance, n < 2 ? 3 : 100, start))).ToList();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(writer => Task.Run(async () =>
        {
            var instance = writer % 2 == 0 ? service : service.Second;
            for (var round = 0; round < 6; round++)
            {
                var made = await instance.Do(
                    new CreateWorkspace.Command(owner, tenant.Id, $"Writer {writer} round {round}"));
                foreach (var person in people)
                {
                    await instance.Do(new AddMember.Command(owner, made.Value.Id, person, Roles.Member));
                }

                if (writer % 4 < 2)
                {
                    await instance.Do(new InviteMembers.BatchCommand(owner, made.Value.Id,
                    [
                        .. Enumerable.Range(0, 60).Select(n => new InviteMembers.Invitee(
                            $"i{writer}-{round}-{n}@example.com", Roles.Member)),
                    ]));
                }
            }
        })));
        Volatile.Write(ref writing, false);
        var seen = await Task.WhenAll(readers);

        var written = await service.ReadAsync<string>(
            "SELECT code FROM events WHERE sequence > @start ORDER BY sequence", new { start });
        written.Should().HaveCount((16 * 6 * 3) + (8 * 6 * 60), "each change has one event");
        foreach (var reader in seen)
        {
            reader.Should().Equal(written);
        }

        (await service.FindAsync()).Should().BeEmpty();

        async Task<List<string>> FollowAsync(ServiceFixture instance, int limit, long after)
        {
            var all = new List<string>();
            while (true)
            {
                var isLast = !Volatile.Read(ref writing);
                var page = await instance.Do(new ListEvents.Query(RootCaller, After: $"{after}", Limit: limit));
                all.AddRange(page.Items.Select(e => e.Id));
                after = page.Items is [.., var last] ? last.Sequence : after;
                if (isLast && page.Items.Count == 0)
                {
                    return all;
                }
            }
        }
    }

    [PostgresFact]
    public async Task What_one_instance_does_after_the_other_comes_after_it()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var workspace = (await service.Second.Do(new CreateWorkspace.Command(owner, tenant.Id, "One"))).Value.Id;

        // So many by the one that its numbers are far ahead of the other's.
        for (var n = 0; n < 150; n++)
        {
            await service.Do(new UpdateWorkspace.Command(owner, workspace, new() { Name = $"Name {n}" }));
        }

        for (var n = 0; n < 10; n++)
        {
            await service.Do(new ArchiveWorkspace.Command(owner, workspace));
            await service.Second.Do(new RestoreWorkspace.Command(owner, workspace));
        }

        var types = new List<string>();
        for (var page = await ListAsync(null); ; page = await ListAsync(page.Next))
        {
            types.AddRange(page.Items.Select(e => e.Type));
            if (page.Next is null)
            {
                break;
            }
        }

        types[0].Should().Be("workspace.created");
        types.Skip(151).Should().Equal(
            Enumerable.Range(0, 20).Select(n => n % 2 == 0 ? "workspace.archived" : "workspace.restored"));

        Task<Pipeline.Page<EventObject>> ListAsync(string? cursor) =>
            service.Do(new ListEvents.Query(RootCaller, WorkspaceId: workspace, Cursor: cursor, Limit: 100));
    }
}
