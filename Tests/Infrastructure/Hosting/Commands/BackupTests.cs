using System.Collections.Concurrent;
using System.Net;
using Dapper;
using Microsoft.Data.Sqlite;

namespace WorkspaceService.Infrastructure.Hosting.Commands;

/// <summary>A backup is one commit of the database, whole; or there is none.</summary>
public sealed class BackupTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("backup_");

    private string File => Path.Combine(_folder.FullName, "backup.db");

    [Fact]
    public async Task Taken_while_the_service_writes_it_has_every_write_acknowledged_before_and_is_sound()
    {
        await using var database = TestDatabase.InFile();
        await using var copy = TestDatabase.InFile();
        var acknowledged = new ConcurrentQueue<string>();
        string[] before;
        await using (var service = await ServiceProcess.ListeningAsync(database))
        {
            using var stop = new CancellationTokenSource();
            var writers = Enumerable.Range(0, 8)
                .Select(n => WriteAsync(service.Client(), n, acknowledged, stop.Token)).ToList();
            while (acknowledged.Count < 300)
            {
                await Task.Delay(10);
            }

            before = [.. acknowledged];
            (await ServiceProcess.CommandAsync(database, "backup", File)).ShouldSucceed()
                .Output.Should().Contain(line => line.Contains("is backed up to"));
            var after = acknowledged.Count;
            while (acknowledged.Count < after + 50)
            {
                await Task.Delay(10);
            }

            await stop.CancelAsync();
            await Task.WhenAll(writers);
            (await ServiceProcess.CommandAsync(database, "verify")).ShouldSucceed();
        }

        Directory.GetFiles(_folder.FullName).Should().Equal(File);
        (await ServiceProcess.CommandAsync(copy, "restore", File)).ShouldSucceed();
        (await ServiceProcess.CommandAsync(copy, "verify")).ShouldSucceed().Output.Should().BeEmpty();
        await using var connection = new SqliteConnection($"{copy.ConnectionString};Pooling=false");
        (await connection.QueryAsync<string>("SELECT code FROM users")).Should().Contain(before);
        (await connection.QuerySingleAsync<long>("SELECT COUNT(*) FROM users")).Should().BeLessThan(
            acknowledged.Count, "the service went on meanwhile");
    }

    [Fact]
    public async Task What_it_cannot_be_taken_of_or_written_to_is_named_and_left_alone()
    {
        await using var database = TestDatabase.InFile();
        (await ServiceProcess.CommandAsync(database, "backup", File))
            .ShouldBeRefused($"backup: There is no file {database.File}.");
        (await ServiceProcess.CommandAsync(database, "demo")).ShouldSucceed();
        await System.IO.File.WriteAllTextAsync(File, "kept");

        (await ServiceProcess.CommandAsync(database, "backup", File)).ShouldBeRefused("exists already");
        (await ServiceProcess.CommandAsync(database, "backup", _folder.FullName)).ShouldBeRefused("exists already");
        (await ServiceProcess.CommandAsync(database, "backup", database.File)).ShouldBeRefused("the database itself");
        (await ServiceProcess.CommandAsync(database, "backup", $"{database.File}-wal"))
            .ShouldBeRefused("the database itself");
        (await ServiceProcess.CommandAsync(database, "backup", Path.Combine(_folder.FullName, "no", "x.db")))
            .ShouldBeRefused("There is no folder");

        (await System.IO.File.ReadAllTextAsync(File)).Should().Be("kept");
        Directory.GetFileSystemEntries(_folder.FullName).Should().Equal(File);
    }

    [Fact]
    public async Task Of_a_damaged_file_there_is_no_backup()
    {
        await using var database = TestDatabase.InFile();
        (await ServiceProcess.CommandAsync(database, "demo")).ShouldSucceed();
        await TestDatabase.DamageAsync(database.File);

        (await ServiceProcess.CommandAsync(database, "backup", File)).ShouldBeRefused("is damaged: ");
        Directory.GetFileSystemEntries(_folder.FullName).Should().BeEmpty();
    }

    [Fact]
    public async Task A_backup_that_the_disk_does_not_hold_leaves_nothing()
    {
        await using var database = TestDatabase.InFile();
        (await ServiceProcess.CommandAsync(database, "demo")).ShouldSucceed();
        await using (var connection = database.Connect())
        {
            await connection.ExecuteAsync("UPDATE workspaces SET description = printf('%.*c', 2000000, 'x')");
        }

        await using var command = ServiceProcess.Run(
            [$"--ConnectionStrings:Workspaces={database.ConnectionString}", "backup", File],
            limits: "trap '' XFSZ; ulimit -f 2048; export DOTNET_EnableWriteXorExecute=0");

        (await command.EndAsync()).Should().Be(1);
        command.Errors.Trim().Split('\n').Should().ContainSingle().Which.Should().Contain("cannot be copied");
        Directory.GetFileSystemEntries(_folder.FullName).Should().BeEmpty();
    }

    [Fact]
    public async Task On_PostgreSQL_pg_dump_takes_it() =>
        (await ServiceProcess.CommandAsync("backup", File, "--ConnectionStrings:Workspaces=Host=localhost"))
            .ShouldBeRefused("pg_dump");

    public void Dispose() => _folder.Delete(recursive: true);

    private static async Task WriteAsync(
        HttpClient client, int writer, ConcurrentQueue<string> acknowledged, CancellationToken stop)
    {
        for (var n = 0; !stop.IsCancellationRequested; n++)
        {
            var answer = await client.PostJson(
                "/v1/users", new { name = $"Person {n}", email = $"p{writer}-{n}@example.com" });
            acknowledged.Enqueue((await answer.Data(HttpStatusCode.Created)).GetProperty("id").GetString()!);
        }
    }
}
