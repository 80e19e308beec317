using System.Collections.Concurrent;
using System.Net;
using Dapper;
using Microsoft.Data.Sqlite;

namespace WorkspaceService.Infrastructure.Database;

/// <summary>What goes wrong under the service loses nothing that was answered, and leaves nothing half done.</summary>
public sealed class OutageTests
{
    [Fact]
    public async Task Killed_under_load_it_has_lost_no_write_that_it_acknowledged()
    {
        await using var database = await TestDatabase.NewAsync();
        var acknowledged = new ConcurrentBag<string>();
        await using (var service = await ServiceProcess.ListeningAsync(database))
        {
            var writers = Enumerable.Range(0, 16).Select(n => WriteAsync(service.Client(), n, acknowledged)).ToList();
            while (acknowledged.Count < 500)
            {
                await Task.Delay(10);
            }

            service.Kill();
            await Task.WhenAll(writers);
        }

        await using var again = await ServiceProcess.ListeningAsync(database);
        var users = await UsersAsync(again.Client());
        users.Should().Contain(acknowledged);
        (await EventSubjectsAsync(again.Client()))
            .Should().BeEquivalentTo(users, "no change is without its event, and no event without its change");
        if (database.ConnectionString.StartsWith("Data Source=", StringComparison.Ordinal))
        {
            await ShouldBeSoundAsync(database);
        }
    }

    [Fact]
    public async Task A_locked_file_is_unavailable_to_writers_until_it_is_free_again()
    {
        await using var database = TestDatabase.InFile();
        await using var service = await ServiceProcess.ListeningAsync(database);
        var client = service.Client();
        var known = await NewUserAsync(client, "before");

        await using (var other = new SqliteConnection(database.ConnectionString))
        {
            await other.OpenAsync();
            await other.ExecuteAsync("BEGIN IMMEDIATE");

            var refused = await PostAsync(client, "during");
            await refused.ShouldBeProblem(HttpStatusCode.ServiceUnavailable, "unavailable");
            refused.Headers.RetryAfter.Should().NotBeNull();
            (await client.GetAsync($"/v1/users/{known}")).StatusCode
                .Should().Be(HttpStatusCode.OK, "readers wait for nobody");
            await other.ExecuteAsync("ROLLBACK");
        }

        var later = await NewUserAsync(client, "during");
        (await UsersAsync(client)).Should().Equal(known, later);
    }

    [Fact]
    public async Task Many_writers_at_a_locked_file_do_not_wait_one_after_the_other()
    {
        await using var database = TestDatabase.InFile();
        await using var service = await ServiceProcess.ListeningAsync(database);
        await using var other = new SqliteConnection(database.ConnectionString);
        await other.OpenAsync();
        await other.ExecuteAsync("BEGIN IMMEDIATE");

        // One after the other would take them five seconds each.
        var refused = await Task.WhenAll(Enumerable.Range(0, 24).Select(n => PostAsync(service.Client(), $"{n}")))
            .WaitAsync(TimeSpan.FromSeconds(60));

        refused.Should().OnlyContain(answer => answer.StatusCode == HttpStatusCode.ServiceUnavailable);
        await other.ExecuteAsync("ROLLBACK");
        (await UsersAsync(service.Client())).Should().BeEmpty();
    }

    [Fact]
    public async Task A_second_process_on_the_same_file_is_refused_and_one_after_the_other_is_not()
    {
        await using var database = TestDatabase.InFile();
        await using (await ServiceProcess.ListeningAsync(database))
        {
            await using var second = ServiceProcess.Run(
                [$"--ConnectionStrings:Workspaces={database.ConnectionString}", "--urls=http://127.0.0.1:0"]);
            (await second.EndAsync()).Should().Be(1);
            second.Errors.Should().Contain("cannot be opened: another process uses");
        }

        await using var next = await ServiceProcess.ListeningAsync(database);
    }

    [Fact]
    public async Task A_full_disk_is_unavailable_to_writers_and_keeps_what_was_written()
    {
        await using var database = TestDatabase.InFile();
        var acknowledged = new List<string>();
        await using (await ServiceProcess.ListeningAsync(database))
        {
            // Makes the tables, for which there is room.
        }

        // 512 KB a file, in blocks of 512 bytes.
        await using (var service = await ServiceProcess.ListeningAsync(
            database, $"{ServiceProcess.FilesMayBeLimited}; ulimit -f 1024", []))
        {
            var client = service.Client();
            var response = await PostAsync(client, "0");
            while (response.StatusCode == HttpStatusCode.Created && acknowledged.Count < 5000)
            {
                acknowledged.Add((await response.Data(HttpStatusCode.Created)).GetProperty("id").GetString()!);
                response = await PostAsync(client, $"{acknowledged.Count}");
            }

            await response.ShouldBeProblem(HttpStatusCode.ServiceUnavailable, "unavailable");
            response.Headers.RetryAfter.Should().NotBeNull();
            (await PostAsync(client, "again")).StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
            (await UsersAsync(client)).Should().Equal(acknowledged);
        }

        await ShouldBeSoundAsync(database);
        await using var roomier = await ServiceProcess.ListeningAsync(database);
        acknowledged.Add(await NewUserAsync(roomier.Client(), "again"));
        (await UsersAsync(roomier.Client())).Should().Equal(acknowledged);
        (await EventSubjectsAsync(roomier.Client())).Should().Equal(acknowledged);
    }

    private static async Task WriteAsync(HttpClient client, int writer, ConcurrentBag<string> acknowledged)
    {
        try
        {
            for (var n = 0; ; n++)
            {
                acknowledged.Add(await NewUserAsync(client, $"{writer}-{n}"));
            }
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException)
        {
            // The service is: what it had not answered may be there or not.
        }
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string name) =>
        client.PostJson("/v1/users", new { name, email = $"{name}@example.com" });

    private static async Task<string> NewUserAsync(HttpClient client, string name) =>
        (await (await PostAsync(client, name)).Data(HttpStatusCode.Created)).GetProperty("id").GetString()!;

    private static Task<List<string>> UsersAsync(HttpClient client) =>
        ListAsync(client, "/v1/users?limit=100", row => row.GetProperty("id").GetString()!);

    private static Task<List<string>> EventSubjectsAsync(HttpClient client) =>
        ListAsync(
            client,
            "/v1/events?type=user.created&limit=100",
            row => row.GetProperty("subject").GetProperty("id").GetString()!);

    private static async Task<List<string>> ListAsync(
        HttpClient client, string url, Func<System.Text.Json.JsonElement, string> idOf)
    {
        var ids = new List<string>();
        for (var cursor = ""; cursor is not null;)
        {
            var page = await (await client.GetAsync(url + cursor)).Json();
            ids.AddRange(page.GetProperty("data").EnumerateArray().Select(idOf));
            cursor = page.GetProperty("meta").GetProperty("cursor").GetString() is { } next ? $"&cursor={next}" : null;
        }

        return ids;
    }

    private static async Task ShouldBeSoundAsync(TestDatabase database)
    {
        await using var connection = new SqliteConnection(database.ConnectionString);
        (await connection.QueryAsync<string>("PRAGMA integrity_check")).Should().Equal("ok");
        (await connection.QueryAsync("PRAGMA foreign_key_check")).Should().BeEmpty();
    }
}
