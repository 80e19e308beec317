using System.Net;

namespace WorkspaceService.Reliability;

/// <summary>
/// The file is moved, deleted or replaced while the service uses it: nothing is acknowledged that would be lost with
/// the process, and nothing is written into another file.
/// </summary>
public sealed class MissingFileTests
{
    [Fact]
    public async Task A_file_that_is_moved_away_is_unavailable_until_it_is_back()
    {
        await using var database = TestDatabase.InFile();
        await using var service = await ServiceProcess.ListeningAsync(database);
        using var root = service.Client();
        using var stop = new CancellationTokenSource();
        var clients = new LoadClients(service);
        var load = clients.RunAsync(stop.Token);
        await clients.HaveWrittenAsync(100);

        foreach (var end in Ends)
        {
            File.Move(database.File + end, $"{database.File}.aside{end}");
        }

        await Until.TrueAsync(() => clients.Unavailable > 20);
        await (await root.GetAsync("/readyz")).ShouldBeUnavailableAsync();
        service.Output.Should().Contain("was deleted, moved or replaced while it is in use");
        File.Exists(database.File).Should().BeFalse("no new one is made");
        var written = clients.Acknowledged.Count;
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async n => await (await root.PostJson(
            "/v1/users", new { name = $"{n}", email = $"lost{n}@example.com" })).ShouldBeUnavailableAsync()));
        clients.Acknowledged.Should().HaveCount(written);

        foreach (var end in Ends)
        {
            File.Move($"{database.File}.aside{end}", database.File + end);
        }

        await clients.HaveWrittenAsync(written + 100);
        await stop.CancelAsync();
        await load;
        clients.Statuses.Should().BeSubsetOf(
            [HttpStatusCode.OK, HttpStatusCode.Created, HttpStatusCode.ServiceUnavailable]);
        (await root.GetAsync("/readyz")).StatusCode.Should().Be(HttpStatusCode.OK);
        service.Kill();
        await service.EndAsync();
        var stored = await StoredState.OfSoundAsync(database.File);
        clients.Acknowledged.Should().OnlyContain(id => stored.Contains(id)).And.HaveCountGreaterThan(199);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-wal")]
    public async Task Where_the_file_or_its_log_is_deleted_nothing_is_acknowledged_any_more(string end)
    {
        await using var database = TestDatabase.InFile();
        await using var service = await ServiceProcess.ListeningAsync(database);
        using var root = service.Client();
        await root.MakeAsync("/v1/users", new { name = "Ada", email = "ada@example.com" });

        File.Delete(database.File + end);

        await (await root.PostJson("/v1/users", new { name = "Bob", email = "bob@example.com" }))
            .ShouldBeUnavailableAsync();
        await (await root.GetAsync("/readyz")).ShouldBeUnavailableAsync();
        (await root.GetAsync("/livez")).StatusCode.Should().Be(HttpStatusCode.OK);
        var reads = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => root.GetAsync("/v1/events")));
        reads.Select(answer => answer.StatusCode).Should().BeSubsetOf(
            [HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable]);
        service.Terminate();
        (await service.EndAsync()).Should().Be(0);
    }

    [Fact]
    public async Task A_log_that_another_program_has_made_anew_is_not_taken_for_the_one_that_was_deleted()
    {
        await using var database = TestDatabase.InFile();
        await using var copy = TestDatabase.InFile();
        await using var service = await ServiceProcess.ListeningAsync(database);
        using var root = service.Client();
        await root.MakeAsync("/v1/users", new { name = "Ada", email = "ada@example.com" });
        File.Delete($"{database.File}-wal");

        await ServiceProcess.CommandAsync(database, "backup", copy.File);
        await File.WriteAllBytesAsync($"{database.File}-wal", []);

        await (await root.PostJson("/v1/users", new { name = "Bob", email = "bob@example.com" }))
            .ShouldBeUnavailableAsync();
    }

    [Fact]
    public async Task A_file_that_took_its_place_is_neither_read_nor_written_before_the_next_start()
    {
        await using var database = TestDatabase.InFile();
        await using var backup = TestDatabase.InFile();
        await using (var service = await ServiceProcess.ListeningAsync(database))
        {
            using var root = service.Client();
            await root.MakeAsync("/v1/users", new { name = "Ada", email = "ada@example.com" });
            (await ServiceProcess.CommandAsync(database, "backup", backup.File)).ShouldSucceed();
            await root.MakeAsync("/v1/users", new { name = "Bob", email = "bob@example.com" });

            File.Move(backup.File, database.File, overwrite: true);

            await (await root.PostJson("/v1/users", new { name = "Cy", email = "cy@example.com" }))
                .ShouldBeUnavailableAsync();
            var reads = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => root.GetAsync("/v1/users?limit=50")));
            foreach (var read in reads.Where(read => read.StatusCode != HttpStatusCode.ServiceUnavailable))
            {
                (await read.Data()).GetArrayLength().Should().Be(2, "of its own file alone");
            }

            service.Kill();
            await service.EndAsync();
        }

        // The log of the other file is no use to it.
        File.Delete($"{database.File}-wal");
        await using var next = await ServiceProcess.ListeningAsync(database);
        (await next.Client().AllAsync("/v1/users")).Texts("name").Should().Equal("Ada");
    }

    private static readonly string[] Ends = ["", "-wal", "-shm"];
}
