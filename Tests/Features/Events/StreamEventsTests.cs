using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using WorkspaceService.Features.ApiKeys;
using WorkspaceService.Features.Organizations;
using WorkspaceService.Features.Workspaces;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Dispatch;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Events;

public sealed class StreamEventsTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task An_event_is_sent_as_the_list_shows_it()
    {
        var tenant = await service.NewTenantAsync();
        using var stream = await EventFollower.OpenAsync(tenant.Client, $"?organization_id={tenant.Id}");

        var workspace = await tenant.NewWorkspaceAsync("Crème brûlée \"1\"");

        var sent = await stream.NextAsync();
        var listed = (await (await tenant.Client.GetAsync(
            $"/v1/events?organization_id={tenant.Id}&workspace_id={workspace.Id}")).Json()).GetProperty("data")[0];
        sent.Data.Should().Be(listed.GetRawText());
        sent.EventId.Should().Be(listed.GetProperty("sequence").GetRawText());
        sent.EventType.Should().Be("workspace.created");
    }

    [Fact]
    public async Task Without_a_place_it_begins_now()
    {
        var tenant = await service.NewTenantAsync();
        await tenant.NewWorkspaceAsync("Before");
        using var stream = await EventFollower.OpenAsync(tenant.Client);

        var after = await tenant.NewWorkspaceAsync("After");

        (await SubjectsAsync(stream, 1)).Should().Equal(after.Id);
    }

    [Fact]
    public async Task It_goes_on_after_the_last_event_that_was_seen_which_counts_before_after()
    {
        var tenant = await service.NewTenantAsync();
        var one = await tenant.NewWorkspaceAsync("One");
        var two = await tenant.NewWorkspaceAsync("Two");
        var three = await tenant.NewWorkspaceAsync("Three");
        var events = (await (await tenant.Client.GetAsync($"/v1/events?organization_id={tenant.Id}&limit=100")).Json())
            .GetProperty("data").EnumerateArray().ToList();
        string PlaceOf(string subject, string member) =>
            events.Single(e => e.GetProperty("subject").GetProperty("id").GetString() == subject)
                .GetProperty(member).ToString();

        using var bySequence = await EventFollower.OpenAsync(tenant.Client, $"?after={PlaceOf(one.Id, "sequence")}");
        using var byId = await EventFollower.OpenAsync(tenant.Client, $"?after={PlaceOf(two.Id, "id")}");
        using var again = await EventFollower.OpenAsync(
            tenant.Client, $"?after={PlaceOf(two.Id, "sequence")}", PlaceOf(one.Id, "sequence"));
        using var fromTheBeginning = await EventFollower.OpenAsync(
            tenant.Client, $"?after=0&organization_id={tenant.Id}");
        var four = await tenant.NewWorkspaceAsync("Four");

        (await SubjectsAsync(bySequence, 3)).Should().Equal(two.Id, three.Id, four.Id);
        (await SubjectsAsync(byId, 2)).Should().Equal(three.Id, four.Id);
        (await SubjectsAsync(again, 3)).Should().Equal(two.Id, three.Id, four.Id);
        (await fromTheBeginning.TakeAsync(events.Count + 1)).Take(events.Count).Select(e => e.GetRawText())
            .Should().Equal(events.Select(e => e.GetRawText()));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("EVT-26-999999999")]
    [InlineData("nonsense")]
    [InlineData("99999999999999999999")]
    public async Task A_place_that_is_none_is_400(string place)
    {
        var tenant = await service.NewTenantAsync();

        using var byHeader = await EventFollower.AskAsync(tenant.Client, lastEventId: place);
        using var byParameter = await EventFollower.AskAsync(tenant.Client, $"?after={place}");

        byHeader.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        byParameter.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await byHeader.Json()).GetProperty("parameter").GetString().Should().Be("Last-Event-ID");
        (await byParameter.Json()).GetProperty("parameter").GetString().Should().Be("after");
    }

    [Fact]
    public async Task An_event_of_another_tenant_is_no_place()
    {
        var tenant = await service.NewTenantAsync();
        var other = await service.NewTenantAsync();
        var event1 = (await service.EventsAsync(organization: other.Id))[0].Id;

        using var answer = await EventFollower.AskAsync(tenant.Client, lastEventId: event1);

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Filters_are_those_of_the_list()
    {
        var tenant = await service.NewTenantAsync();
        var other = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        using var ofWorkspace = await EventFollower.OpenAsync(tenant.Client, $"?workspace_id={workspace.Id}");
        using var ofType = await EventFollower.OpenAsync(
            service.Root, $"?organization_id={tenant.Id}&type=workspace.archived");
        using var ofActor = await EventFollower.OpenAsync(service.Root, $"?actor_id={tenant.Owner.Id}");
        using var ofAll = await EventFollower.OpenAsync(tenant.Client);
        using var ofThePast = await EventFollower.OpenAsync(tenant.Client, "?to=2001-01-01T00:00:00Z&after=0");

        await other.NewWorkspaceAsync();
        var second = await tenant.NewWorkspaceAsync();
        await service.Do(new ArchiveWorkspace.Command(ServiceFixture.RootCaller, workspace.Id));
        await service.Do(new ArchiveWorkspace.Command(await tenant.OwnerAsync(), second.Id));

        (await TypesAsync(ofWorkspace, 1)).Should().Equal("workspace.archived " + workspace.Id);
        (await TypesAsync(ofType, 2)).Should()
            .Equal("workspace.archived " + workspace.Id, "workspace.archived " + second.Id);
        (await TypesAsync(ofActor, 2)).Should().Contain("workspace.archived " + second.Id);
        (await TypesAsync(ofAll, 3)).Should().Equal(
            "workspace.created " + second.Id,
            "workspace.archived " + workspace.Id,
            "workspace.archived " + second.Id);
        ofThePast.Waiting.Should().BeEmpty();
    }

    [Fact]
    public async Task Only_who_may_read_the_log_may_follow_it()
    {
        var tenant = await service.NewTenantAsync();
        var stranger = await service.NewTenantAsync();
        var member = await tenant.NewMemberAsync();
        var deaf = service.Client(await tenant.ServiceKeyAsync(permissions: ["read"]));
        var listener = service.Client(await tenant.ServiceKeyAsync(permissions: ["audit:read"]));

        await IsAsync(HttpStatusCode.Unauthorized, service.Client(null), "");
        await IsAsync(HttpStatusCode.Forbidden, member.Client, "");
        await IsAsync(HttpStatusCode.Forbidden, deaf, "");
        await IsAsync(HttpStatusCode.NotFound, stranger.Client, $"?organization_id={tenant.Id}");
        await IsAsync(HttpStatusCode.BadRequest, tenant.Client, "?type=nothing");
        await IsAsync(HttpStatusCode.BadRequest, tenant.Client, "?from=yesterday");
        await IsAsync(HttpStatusCode.BadRequest, tenant.Client, "?colour=red");
        using var stream = await EventFollower.OpenAsync(listener);
        var workspace = await tenant.NewWorkspaceAsync();
        (await SubjectsAsync(stream, 1)).Should().Equal(workspace.Id);

        static async Task IsAsync(HttpStatusCode expected, HttpClient client, string query)
        {
            using var answer = await EventFollower.AskAsync(client, query);
            answer.StatusCode.Should().Be(expected);
            answer.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        }
    }

    [Fact]
    public async Task It_ends_when_the_key_is_revoked_or_the_role_lost()
    {
        var tenant = await service.NewTenantAsync();
        var admin = await tenant.NewMemberAsync(Roles.Admin);
        var key = await tenant.ServiceKeyAsync(permissions: ["audit:read"]);
        using var ofKey = await EventFollower.OpenAsync(service.Client(key));
        using var ofRole = await EventFollower.OpenAsync(admin.Client, $"?organization_id={tenant.Id}");
        using var ofUser = await EventFollower.OpenAsync(admin.Client);
        using var ofOwner = await EventFollower.OpenAsync(tenant.Client);

        await service.Do(new RevokeApiKey.Command(
            ServiceFixture.RootCaller, (await service.CallerAsync(key)).KeyId));
        await service.Do(new ChangeOrganizationMemberRole.Command(
            ServiceFixture.RootCaller, tenant.Id, admin.Id, Roles.Member));

        await ofKey.EndAsync();
        await ofRole.EndAsync();
        await ofUser.EndAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        (await ofOwner.TakeAsync(3)).Select(e => e.GetProperty("subject").GetProperty("id").GetString())
            .Last().Should().Be(workspace.Id);
    }

    [Fact]
    public async Task Nothing_of_an_organization_comes_after_it_may_not_be_read_any_more()
    {
        var tenant = await service.NewTenantAsync();
        var other = await service.NewTenantAsync();
        var admin = await tenant.NewMemberAsync(Roles.Admin);
        await service.Do(new AddOrganizationMember.Command(
            ServiceFixture.RootCaller, other.Id, admin.Id, Role: Roles.Admin));
        using var stream = await EventFollower.OpenAsync(admin.Client);
        await service.Do(new ChangeOrganizationMemberRole.Command(
            ServiceFixture.RootCaller, tenant.Id, admin.Id, Roles.Member));
        (await TypesAsync(stream, 1)).Should().Equal("organization.member_role_changed " + admin.Id);
        await Task.Delay(TimeSpan.FromSeconds(1.5)); // the longest staleness, and a margin

        await tenant.NewWorkspaceAsync();
        var seen = await other.NewWorkspaceAsync();

        (await SubjectsAsync(stream, 1)).Should().Equal(seen.Id);
    }

    [Fact]
    public async Task With_many_writers_it_misses_nothing_and_keeps_the_order_of_the_list()
    {
        const int writers = 8;
        const int each = 40;
        var tenant = await service.NewTenantAsync();
        using var stream = await EventFollower.OpenAsync(tenant.Client);
        var late = tenant.Client;

        var writing = Enumerable.Range(0, writers).Select(n => Task.Run(async () =>
        {
            for (var i = 0; i < each; i++)
            {
                await service.Do(new CreateWorkspace.Command(
                    ServiceFixture.RootCaller, tenant.Id, $"Of {n}, {i}"));
            }
        })).ToList();
        await stream.TakeAsync(1);
        using var second = await EventFollower.OpenAsync(late, $"?after=0&organization_id={tenant.Id}");
        await Task.WhenAll(writing);

        var listed = (await ListAsync(tenant)).Select(e => e.Id).ToList();
        listed.Should().HaveCountGreaterThanOrEqualTo(writers * each);
        (await second.TakeAsync(listed.Count)).Select(e => e.GetProperty("id").GetString()).Should().Equal(listed);
        (await stream.TakeAsync((writers * each) - 1)).Select(e => e.GetProperty("id").GetString())
            .Should().Equal(listed[^((writers * each) - 1)..]);
    }

    [Fact]
    public async Task A_reader_that_does_not_read_is_left_behind_and_goes_on_from_the_log()
    {
        const int many = 400;
        var tenant = await service.NewTenantAsync();
        var streams = service.Services.GetRequiredService<EventStreams>();
        var stream = await service.Do(new StreamEvents.Query(await tenant.OwnerAsync(), tenant.OwnerKey));
        await using var reader = stream.Items.GetAsyncEnumerator();
        (await reader.MoveNextAsync()).Should().BeTrue();
        var before = streams.Count;

        for (var n = 0; n < many; n++)
        {
            await service.Do(new UpdateOrganization.Command(
                ServiceFixture.RootCaller, tenant.Id, new() { Name = $"Name {n}" }));
        }

        for (var n = 0; n < 200 && streams.Count >= before; n++)
        {
            await Task.Delay(50);
        }

        streams.Count.Should().BeLessThan(before, "what is not read is not kept");
        var read = new List<long>();
        while (read.Count < many && await reader.MoveNextAsync())
        {
            if (reader.Current is { } next)
            {
                read.Add(next.Sequence);
            }
        }

        read.Should().Equal((await ListAsync(tenant))
            .Where(e => e.Type == "organization.updated").Select(e => e.Sequence));
    }

    [Fact]
    public async Task Silence_is_broken_by_a_comment()
    {
        var tenant = await service.NewTenantAsync();
        using var response = await EventFollower.AskAsync(tenant.Client);
        await using var body = await response.Content.ReadAsStreamAsync();

        var comments = new byte[6];
        await body.ReadExactlyAsync(comments).AsTask().WaitAsync(TimeSpan.FromSeconds(60));

        Encoding.ASCII.GetString(comments).Should().Be(":\n\n:\n\n");
    }

    [Fact]
    public async Task Asked_for_its_head_it_ends_at_once()
    {
        var tenant = await service.NewTenantAsync();
        using var answer = await tenant.Client.SendAsync(new(HttpMethod.Head, "/v1/events/stream"))
            .WaitAsync(TimeSpan.FromSeconds(60));

        using var open = await EventFollower.AskAsync(tenant.Client);
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        foreach (var each in new[] { answer, open })
        {
            each.Content.Headers.ContentType!.MediaType.Should().Be("text/event-stream");
            each.Headers.CacheControl!.Private.Should().BeTrue();
            each.Headers.Vary.Should().Contain("Authorization");
        }
    }

    [Fact]
    public async Task A_reader_that_leaves_is_forgotten()
    {
        var tenant = await service.NewTenantAsync();
        var streams = service.Services.GetRequiredService<EventStreams>();
        int before;
        using (await EventFollower.OpenAsync(tenant.Client))
        {
            before = streams.Count;
            before.Should().BePositive();
        }

        for (var n = 0; n < 200 && streams.Count >= before; n++)
        {
            await Task.Delay(50);
        }

        streams.Count.Should().BeLessThan(before);
    }

    [PostgresFact]
    public async Task What_another_instance_commits_comes_too()
    {
        var tenant = await service.NewTenantAsync();
        using var stream = await EventFollower.OpenAsync(service.Second.Client(tenant.OwnerKey));

        var workspaces = new List<string>();
        for (var n = 0; n < 20; n++)
        {
            workspaces.Add((await tenant.NewWorkspaceAsync()).Id);
        }

        (await SubjectsAsync(stream, 20)).Should().Equal(workspaces);
    }

    private async Task<List<EventObject>> ListAsync(Tenant tenant)
    {
        var all = new List<EventObject>();
        for (string? cursor = null; ;)
        {
            var page = await service.Do(new ListEvents.Query(
                ServiceFixture.RootCaller, tenant.Id, Cursor: cursor, Limit: 100));
            all.AddRange(page.Items);
            if ((cursor = page.Next) is null)
            {
                return all;
            }
        }
    }

    private static async Task<IEnumerable<string?>> SubjectsAsync(EventFollower stream, int count) =>
        (await stream.TakeAsync(count)).Select(e => e.GetProperty("subject").GetProperty("id").GetString());

    private static async Task<IEnumerable<string>> TypesAsync(EventFollower stream, int count) =>
        (await stream.TakeAsync(count)).Select(e =>
            $"{e.GetProperty("type")} {e.GetProperty("subject").GetProperty("id")}");
}
