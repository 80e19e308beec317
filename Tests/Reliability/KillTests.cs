using System.Net;
using Dapper;
using WorkspaceService.Infrastructure.Database.Maintenance;
using Xunit.Abstractions;

namespace WorkspaceService.Reliability;

/// <summary>
/// The service is killed where each statement of a write begins, and behind its COMMIT: the write is there as a whole,
/// with its event, or not at all, and no other is touched.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    /// <summary>
    /// FAULT_KILLS=all kills at every point of every write; otherwise some of those of writes with many are drawn.
    /// </summary>
    private static readonly bool KillsAll = Environment.GetEnvironmentVariable("FAULT_KILLS") == "all";

    private const int SeatLimit = 9; // three members, an invitation, and five that are free

    private const string Members = """
        SELECT u.code FROM members m JOIN users u ON u.id = m.user_id JOIN workspaces w ON w.id = m.workspace_id
        WHERE w.code = @Workspace
        """;

    private const string Added =
        "SELECT subject_id FROM events WHERE workspace_code = @Workspace AND type = 'member.added'";

    private static readonly IReadOnlyList<Write> Writes =
    [
        new("CreateWorkspace", HttpMethod.Post, _ => "/v1/workspaces",
            estate => new { organization_id = estate.Organization, name = "New", type = "default" }),
        new("AddMember", HttpMethod.Post, estate => $"/v1/workspaces/{estate.Workspace}/members",
            estate => new { user_id = estate.Members[2], role = "member" }, IsShort: true),
        new("AcceptInvitation", HttpMethod.Post, estate => $"/v1/invitations/{estate.Token}/accept",
            _ => new { name = "Guest" }),
        new("ArchiveWorkspace", HttpMethod.Post, estate => $"/v1/workspaces/{estate.Workspace}/archive",
            _ => new { force = true }),
        new("DeleteWorkspace", HttpMethod.Delete, estate => $"/v1/workspaces/{estate.Workspace}?force=true", _ => null),
        new("RecordMeteringEvents", HttpMethod.Post, _ => "/v1/metering/events", estate => new
        {
            events = Enumerable.Range(0, 5).Select(n => new
            {
                id = $"e{n}",
                service_line_id = estate.Line,
                metric = n < 3 ? "hours" : "tokens",
                quantity = 1.5,
                cost = 0.25,
                currency = "USD",
                occurred_at = "2026-04-01T17:00:00Z",
            }),
        }, IsShort: true),
        new("AddOrganizationMember", HttpMethod.Post, estate => $"/v1/orgs/{estate.Organization}/members",
            _ => new { name = "New", email = "new@example.com", role = "member" }),
        new("RemoveOrganizationMember", HttpMethod.Delete,
            estate => $"/v1/orgs/{estate.Organization}/members/{estate.Members[1]}", _ => null),
        new("RotateApiKey", HttpMethod.Post, estate => $"/v1/api-keys/{estate.Key}/rotate",
            _ => new { overlap_seconds = 60 }, IsShort: true),
    ];

    [Fact]
    public async Task A_write_that_is_killed_at_any_statement_is_there_as_a_whole_or_not_at_all()
    {
        await using var all = TestDatabase.InFile();
        var estate = await FillAsync(all);
        var seed = Seeded.Random(output).Next();
        await Parallel.ForEachAsync(
            Writes,
            new ParallelOptions { MaxDegreeOfParallelism = Math.Max(2, Environment.ProcessorCount) },
            async (write, _) => await WalkAsync(write, estate, all.File, new Random(seed)));
    }

    /// <summary>
    /// Eight adds to a workspace with five seats, most of them in one batch: what is refused undoes nothing of the
    /// others.
    /// </summary>
    [Fact]
    public async Task Writes_that_share_a_commit_are_there_as_they_were_acknowledged_wherever_they_are_killed()
    {
        await using var all = TestDatabase.InFile();
        var estate = await FillAsync(all);
        var random = Seeded.Random(output);
        var (kills, point) = (0, 0);
        for (var isOver = false; !isOver;)
        {
            point += KillsAll ? 1 : random.Next(5, 30);
            await using var database = Copy(all.File);
            var order = $"{database.File}.order";
            List<(string User, HttpStatusCode? Status)> answers;
            await using (var service = await ServiceProcess.ListeningAsync(
                database, StartupHook.With((KillPoint.Variable, order)), []))
            {
                using var root = service.Client();
                (await root.PatchJson($"/v1/workspaces/{estate.Workspace}", new { seat_limit = SeatLimit }))
                    .StatusCode.Should().Be(HttpStatusCode.OK);
                await File.WriteAllTextAsync(order, $"{point} 8");
                answers = [.. await Task.WhenAll(estate.Members.Skip(2).Take(8).Select(async user =>
                    (user, await StatusAsync(root, new(
                        user, HttpMethod.Post, _ => $"/v1/workspaces/{estate.Workspace}/members",
                        _ => new { user_id = user, role = "member" }), estate))))];
                isOver = answers.TrueForAll(answer => answer.Status is not null);
                service.Kill();
                (await service.EndAsync()).Should().Be(137);
            }

            kills += isOver ? 0 : 1;
            await StoredState.OfSoundAsync(database.File);
            await using var stored = SqliteFile.Open(database.File);
            var members = (await stored.QueryAsync<string>(Members, new { estate.Workspace })).AsList();
            var events = (await stored.QueryAsync<string>(Added, new { estate.Workspace })).AsList();
            With(HttpStatusCode.Created).Should().BeSubsetOf(members);
            With(HttpStatusCode.Forbidden).Should().NotIntersectWith(members);
            members.Should().HaveCountLessThanOrEqualTo(SeatLimit);
            members.Should().BeEquivalentTo([estate.Owner, .. events], "each has one event, but the owner");
            if (isOver)
            {
                With(HttpStatusCode.Created).Should().HaveCount(5);
                With(HttpStatusCode.Forbidden).Should().HaveCount(3);
            }

            IEnumerable<string> With(HttpStatusCode status) =>
                answers.Where(answer => answer.Status == status).Select(answer => answer.User);
        }

        output.WriteLine($"{kills} kills at {point} points at most");
        kills.Should().BeGreaterThan(2);
    }

    // One start for each kill: each is also the recovery from the one before.
    private async Task WalkAsync(Write write, Estate estate, string all, Random random)
    {
        await using var database = Copy(all);
        var before = await StoredState.OfSoundAsync(database.File);
        var after = await CompleteAsync(write, estate, all);
        after.Should().NotBe(before, write.Name);

        var order = $"{database.File}.order";
        var kills = 0;
        for (var point = 1; ; point += KillsAll || write.IsShort ? 1 : random.Next(1, 8))
        {
            kills++;
            await using (var service = await ServiceProcess.ListeningAsync(
                database, StartupHook.With((KillPoint.Variable, order)), []))
            {
                await File.WriteAllTextAsync(order, $"{point}");
                if (await StatusAsync(service.Client(), write, estate) is not null)
                {
                    // Behind its last point, which was passed over.
                    KillsAll.Should().BeFalse();
                    write.IsShort.Should().BeFalse();
                    service.Kill();
                }

                (await service.EndAsync()).Should().Be(137);
                File.Delete(order);
            }

            var found = await StoredState.OfSoundAsync(database.File);
            if (found == after)
            {
                output.WriteLine($"{write.Name}: {kills} kills, up to point {point}");
                point.Should().BeGreaterThan(4);
                break;
            }

            found.Should().Be(before, "{0}, killed at {1}", write.Name, point);
        }

        // Who was answered nothing asks again, and learns that it was done.
        await using var again = await ServiceProcess.ListeningAsync(database);
        var status = await StatusAsync(again.Client(), write, estate);
        if (write.Method == HttpMethod.Post)
        {
            ((int)status!).Should().BeInRange(200, 299, write.Name);
        }
        else
        {
            status.Should().Be(HttpStatusCode.NotFound, write.Name);
        }

        again.Kill();
        await again.EndAsync();
        (await StoredState.OfSoundAsync(database.File)).Should().Be(after, write.Name);
    }

    // Killed behind the answer, with which it was durable.
    private static async Task<string> CompleteAsync(Write write, Estate estate, string all)
    {
        await using var database = Copy(all);
        await using var service = await ServiceProcess.ListeningAsync(database);
        ((int)(await StatusAsync(service.Client(), write, estate))!).Should().BeInRange(200, 299, write.Name);
        service.Kill();
        await service.EndAsync();
        return await StoredState.OfSoundAsync(database.File);
    }

    private static async Task<Estate> FillAsync(TestDatabase database)
    {
        await using var service = await ServiceProcess.ListeningAsync(database);
        var estate = await Estate.MakeAsync(service.Client());
        service.Terminate();
        (await service.EndAsync()).Should().Be(0);
        return estate;
    }

    private static TestDatabase Copy(string file)
    {
        var database = TestDatabase.InFile();
        File.Copy(file, database.File);
        return database;
    }

    /// <summary>Null where the connection broke before an answer.</summary>
    private static async Task<HttpStatusCode?> StatusAsync(HttpClient client, Write write, Estate estate)
    {
        try
        {
            var response = await client.SendJson(
                write.Method,
                write.Path(estate),
                write.Body(estate),
                write.Method == HttpMethod.Post ? [("Idempotency-Key", write.Name)] : []);
            return response.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <param name="IsShort">It has few points, at each of which it is killed.</param>
    private sealed record Write(
        string Name,
        HttpMethod Method,
        Func<Estate, string> Path,
        Func<Estate, object?> Body,
        bool IsShort = false);
}
