using System.Net;
using Xunit.Abstractions;

namespace WorkspaceService.Reliability;

/// <summary>
/// A disk that is full, fails or is read-only: 503 on every surface and no half-done write, reads go on, and all is
/// well again, without a restart, when the disk is.
/// </summary>
public sealed class DiskTests(ITestOutputHelper output)
{
    [DiskFact]
    public async Task A_full_disk_is_unavailable_to_writers_until_there_is_room()
    {
        await using var disk = await SmallDisk.MountAsync(4096);
        await using var service = await ServiceProcess.ListeningAsync(disk.ConnectionString, disk.Limits);
        using var root = service.Client();
        await FillAsync(disk.PathOf("ballast"), 1024);

        var (estate, client) = await PrepareAsync(service);
        var acknowledged = await WriteUntilRefusedAsync(root);
        await service.HasSaidAsync("database or disk is full");
        await ShouldRefuseWritesAloneAsync(client, estate);
        await ShouldHoldAsync(root, acknowledged);

        File.Delete(disk.PathOf("ballast"));
        await ShouldWriteAgainAsync(root, client, acknowledged);
        output.WriteLine($"{acknowledged.Count} users written, the last after there was room again");

        service.Kill();
        await service.EndAsync();
        await ShouldBeSoundAsync(disk, estate);
    }

    [DiskFact]
    public async Task A_service_that_is_started_on_a_full_disk_reads_and_writes_again_when_there_is_room()
    {
        await using var disk = await SmallDisk.MountAsync(4096);
        await using (var first = await ServiceProcess.ListeningAsync(disk.ConnectionString, disk.Limits))
        {
            await first.Client().MakeAsync("/v1/users", new { name = "Ada", email = "ada@example.com" });
            first.Kill();
            await first.EndAsync();
        }

        await FillAsync(disk.PathOf("ballast"), int.MaxValue);
        await using var service = await ServiceProcess.ListeningAsync(disk.ConnectionString, disk.Limits);
        using var root = service.Client();
        (await root.AllAsync("/v1/users")).Should().HaveCount(1);
        var acknowledged = await WriteUntilRefusedAsync(root); // the log has room that was written before

        File.Delete(disk.PathOf("ballast"));
        acknowledged.Add(await NewUserAsync(root, acknowledged.Count));
        await ShouldHoldAsync(root, acknowledged);
    }

    /// <summary>The system refuses every write to a file (EFBIG), as a failing disk does (EIO).</summary>
    [Fact]
    public async Task A_disk_that_takes_no_write_is_unavailable_to_writers_until_it_does()
    {
        await using var database = TestDatabase.InFile();
        await using var service = await ServiceProcess.ListeningAsync(
            database, ServiceProcess.FilesMayBeLimited, []);
        using var root = service.Client();
        var (estate, client) = await PrepareAsync(service);
        var acknowledged = new List<string> { await NewUserAsync(root, 0) };

        service.LimitFiles("0");
        await (await PostUserAsync(root, 1)).ShouldBeUnavailableAsync();
        await service.HasSaidAsync("disk I/O error");
        await ShouldRefuseWritesAloneAsync(client, estate);

        service.LimitFiles("unlimited");
        await ShouldWriteAgainAsync(root, client, acknowledged);
        service.Kill();
        await service.EndAsync();
        await StoredState.OfSoundAsync(database.File);
    }

    [DeviceFact]
    public async Task A_disk_that_turns_read_only_is_unavailable_to_writers_and_keeps_what_was_written()
    {
        await using var disk = await SmallDisk.OnDeviceAsync(16 * 1024);
        var acknowledged = new List<string>();
        await using (var service = await ServiceProcess.ListeningAsync(disk.ConnectionString, disk.Limits))
        {
            using var root = service.Client();
            var (estate, client) = await PrepareAsync(service);
            acknowledged.Add(await NewUserAsync(root, 0));

            disk.Fail();
            await (await PostUserAsync(root, 1)).ShouldBeUnavailableAsync();
            await ShouldRefuseWritesAloneAsync(client, estate);
            await ShouldHoldAsync(root, acknowledged);
            service.Terminate();
            (await service.EndAsync()).Should().Be(0);
        }

        disk.Repair();
        await using var again = await ServiceProcess.ListeningAsync(disk.ConnectionString, disk.Limits);
        using var client2 = again.Client();
        await ShouldHoldAsync(client2, acknowledged);
        acknowledged.Add(await NewUserAsync(client2, 1));
        await ShouldHoldAsync(client2, acknowledged);
    }

    [DiskFact]
    public async Task A_read_only_disk_stops_the_start_and_is_named()
    {
        await using var disk = await SmallDisk.MountAsync(4096);
        await using (var first = await ServiceProcess.ListeningAsync(disk.ConnectionString, disk.Limits))
        {
            first.Terminate();
            (await first.EndAsync()).Should().Be(0);
        }

        disk.MakeReadOnly();
        await using var service = ServiceProcess.Run(
            [$"--ConnectionStrings:Workspaces={disk.ConnectionString}", "--urls=http://127.0.0.1:0"],
            limits: disk.Limits);

        (await service.EndAsync()).Should().Be(1);
        service.Errors.Trim().Split('\n').Should().ContainSingle().Which.Should()
            .StartWith("WorkspaceService cannot start: the database of ConnectionStrings:Workspaces cannot be opened");
        service.Output.Should().BeEmpty();
    }

    // An estate, and a client that calls with its owner's key.
    private static async Task<(Estate Estate, HttpClient Client)> PrepareAsync(ServiceProcess service)
    {
        using var root = service.Client();
        var estate = await Estate.MakeAsync(root);
        var key = await (await root.PostJson(
            "/v1/api-keys", new { name = "Owner", type = "user", user_id = estate.Owner }))
            .Data(HttpStatusCode.Created);
        return (estate, service.Client(key.GetProperty("key").GetString()));
    }

    private static async Task<List<string>> WriteUntilRefusedAsync(HttpClient root)
    {
        var acknowledged = new List<string>();
        for (var response = await PostUserAsync(root, 0); ; response = await PostUserAsync(root, acknowledged.Count))
        {
            if (response.StatusCode != HttpStatusCode.Created)
            {
                await response.ShouldBeUnavailableAsync();
                return acknowledged;
            }

            acknowledged.Add((await response.Data(HttpStatusCode.Created)).GetProperty("id").GetString()!);
            acknowledged.Should().HaveCountLessThan(5000, "the disk is small");
        }
    }

    private static async Task ShouldRefuseWritesAloneAsync(HttpClient client, Estate estate)
    {
        foreach (var (method, path, body) in Unavailable.Writes.Skip(1).Append(
            (HttpMethod.Post, "/v1/workspaces", new { organization_id = estate.Organization, name = "x" })))
        {
            await (await client.SendJson(method, path, body)).ShouldBeUnavailableAsync();
        }

        foreach (var path in Unavailable.Reads.Append("/readyz"))
        {
            (await client.GetAsync(path)).StatusCode.Should().Be(HttpStatusCode.OK, path);
        }
    }

    private static async Task ShouldWriteAgainAsync(HttpClient root, HttpClient client, List<string> acknowledged)
    {
        acknowledged.Add(await NewUserAsync(root, acknowledged.Count));
        (await client.PutJson("/api/v4/workspaces", new { workspace = new { name = "Renamed" } })).StatusCode
            .Should().Be(HttpStatusCode.OK);
        await ShouldHoldAsync(root, acknowledged);
    }

    // What was acknowledged, each with its event, and nothing of what was not.
    private static async Task ShouldHoldAsync(HttpClient root, List<string> acknowledged)
    {
        (await root.AllAsync("/v1/users?q=writer")).Texts("id").Should().Equal(acknowledged);
        var users = (await root.AllAsync("/v1/users")).Texts("id");
        (await root.AllAsync("/v1/events?type=user.created")).Texts("subject", "id").Should().Equal(users);
    }

    private static async Task ShouldBeSoundAsync(SmallDisk disk, Estate estate)
    {
        await using var copy = TestDatabase.InFile();
        foreach (var end in new[] { "", "-wal" })
        {
            File.Copy(disk.PathOf($"workspaces.db{end}"), copy.File + end);
        }

        (await StoredState.OfSoundAsync(copy.File)).Should().Contain(estate.Workspace);
    }

    private static async Task FillAsync(string file, int kilobytes)
    {
        await using var ballast = new FileStream(
            file, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 });
        try
        {
            for (var n = 0; n < kilobytes; n++)
            {
                await ballast.WriteAsync(new byte[1024]);
            }
        }
        catch (IOException)
        {
            // It is full.
        }
    }

    private static Task<HttpResponseMessage> PostUserAsync(HttpClient root, int n) =>
        root.PostJson("/v1/users", new { name = $"Writer {n}", email = $"writer{n}@example.com" });

    private static async Task<string> NewUserAsync(HttpClient root, int n) =>
        (await (await PostUserAsync(root, n)).Data(HttpStatusCode.Created)).GetProperty("id").GetString()!;
}
