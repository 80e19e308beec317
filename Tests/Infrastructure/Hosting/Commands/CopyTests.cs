using System.Net;
using Dapper;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Maintenance;

namespace WorkspaceService.Infrastructure.Hosting.Commands;

/// <summary>All of a SQLite file gets into an empty PostgreSQL database, or nothing.</summary>
public sealed class CopyTests : IAsyncLifetime
{
    private readonly TestDatabase _file = TestDatabase.InFile();
    private TestDatabase? _server;

    private TestDatabase Server => _server!;

    public async Task InitializeAsync() => _server =
        TestDatabase.HasServer ? await TestDatabase.NewOnServerAsync() : null;

    public async Task DisposeAsync()
    {
        await _file.DisposeAsync();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    [PostgresFact]
    public async Task A_service_on_the_copy_knows_keys_codes_and_events_from_before_and_goes_on_counting()
    {
        var demo = (await ServiceProcess.CommandAsync(_file, "demo")).ShouldSucceed();
        var key = demo.Output.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .First(words => words is ["user", ..])[1];
        string before;
        await using (var service = await ServiceProcess.ListeningAsync(_file))
        {
            before = await AnswersAsync(service.Client(key));
            service.Terminate();
            (await service.EndAsync()).Should().Be(0);
        }

        var bytes = await File.ReadAllBytesAsync(_file.File);

        var copied = await CopyAsync();

        copied.ShouldSucceed().Errors.Should().BeEmpty();
        copied.Output.Should().Contain(line => line.StartsWith("copying members: 21 of 21 rows"))
            .And.Contain(line => line.Contains("tables are copied; both sides are equal."));
        (await File.ReadAllBytesAsync(_file.File)).Should().Equal(bytes);
        (await ServiceProcess.CommandAsync(Server, "verify")).ShouldSucceed().Output.Should().BeEmpty();
        await using var on = await ServiceProcess.ListeningAsync(Server);
        (await AnswersAsync(on.Client(key))).Should().Be(before);
        var made = await (await on.Client().PostJson("/v1/users", new { name = "New", email = "new@example.com" }))
            .Data(HttpStatusCode.Created);
        made.GetProperty("id").GetString().Should().EndWith("-010003", "the last one before was USR-26-010002");
        var events = await (await on.Client().GetAsync("/v1/events?after=111")).Data();
        events.EnumerateArray().Should().ContainSingle()
            .Which.GetProperty("sequence").GetInt64().Should().Be(112);
    }

    [PostgresFact]
    public async Task Both_databases_have_the_same_tables_with_foreign_keys()
    {
        (await ServiceProcess.CommandAsync(_file, "demo")).ShouldSucceed();
        await using var onServer = Server.Connect();
        await using (var db = new ConnectionFactory(Server.ConnectionString, TimeProvider.System))
        {
            await db.MigrateAsync(TimeProvider.System);
        }

        var made = await Table.ListAsync(onServer);
        await onServer.CloseAsync();
        await using (var again = await TestDatabase.NewOnServerAsync())
        {
            (await CopyAsync(to: again)).ShouldSucceed();
            await using var copy = again.Connect();

            var tables = await Table.ListAsync(copy);

            tables.Should().HaveCountGreaterThan(10).And.BeEquivalentTo(made);
            tables.SelectMany(table => table.References).Should().HaveCountGreaterThan(20);
        }
    }

    [PostgresFact]
    public async Task One_of_an_earlier_version_is_migrated_on_the_way_and_stays_as_it_is()
    {
        await EarlierVersion.WriteAsync(_file.File);
        var before = await File.ReadAllBytesAsync(_file.File);

        (await CopyAsync()).ShouldSucceed();

        (await File.ReadAllBytesAsync(_file.File)).Should().Equal(before);
        Directory.GetFiles(Path.GetTempPath(), Path.GetFileName(_file.File) + "*")
            .Should().BeEquivalentTo(_file.File, $"{_file.File}.lock");
        (await OnServerAsync("SELECT email_key FROM users WHERE code = 'USR-26-000007'"))
            .Should().Be("ada@example.com");
        (await OnServerAsync("SELECT answer FROM idempotency_keys")).Should().Be("answer");
        (await ServiceProcess.CommandAsync(Server, "verify")).ShouldSucceed();
    }

    [PostgresFact]
    public async Task Into_a_database_that_holds_anything_nothing_is_copied()
    {
        (await ServiceProcess.CommandAsync(_file, "demo")).ShouldSucceed();
        await OnServerAsync("CREATE SCHEMA others; CREATE TABLE others.things (id BIGINT)");

        (await CopyAsync()).ShouldBeRefused("The PostgreSQL database is not empty: it has others.things.");

        await OnServerAsync("DROP SCHEMA others CASCADE; CREATE VIEW things AS SELECT 1 AS one");
        (await CopyAsync()).ShouldBeRefused("it has public.things");
        await OnServerAsync("DROP VIEW things");
        (await CopyAsync()).ShouldSucceed();
        (await CopyAsync()).ShouldBeRefused("is not empty");
    }

    [PostgresFact]
    public async Task What_is_damaged_is_not_copied_and_leaves_nothing_behind()
    {
        (await ServiceProcess.CommandAsync(_file, "demo")).ShouldSucceed();
        await OnFileAsync("UPDATE workspaces SET member_count = 15 WHERE id = 21");

        (await CopyAsync()).ShouldBeRefused("WS-26-000021: member_count is 15, but its active members are 14");

        await OnFileAsync("UPDATE workspaces SET member_count = 14, description = 'a' || char(0) || 'b' WHERE id = 21");
        (await CopyAsync()).ShouldBeRefused(
            "PostgreSQL cannot hold WS-26-000021: workspaces.description has a NUL character.");

        await OnFileAsync("UPDATE workspaces SET description = CAST(x'ff' AS TEXT) WHERE id = 21");
        (await CopyAsync()).ShouldBeRefused("workspaces.description is no Unicode text");

        await OnFileAsync("UPDATE workspaces SET description = NULL, created_at = 'yesterday' WHERE id = 21");
        (await CopyAsync()).ShouldBeRefused("workspaces.created_at");

        (await OnServerAsync("SELECT COUNT(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"))
            .Should().Be("0");
    }

    [PostgresFact]
    public async Task While_a_service_uses_the_file_it_is_refused()
    {
        await using var service = await ServiceProcess.ListeningAsync(_file);

        (await CopyAsync()).ShouldBeRefused("A service uses");
    }

    [Fact]
    public async Task What_cannot_be_copied_is_named()
    {
        const string server = "Host=127.0.0.1;Port=1;Username=nobody";
        (await CopyAsync(_file.ConnectionString, server)).ShouldBeRefused("copy: There is no file");
        (await CopyAsync(server, server)).ShouldBeRefused("--from must name a SQLite file");
        (await CopyAsync(_file.ConnectionString, _file.ConnectionString))
            .ShouldBeRefused("--to must name a PostgreSQL database");
        (await CopyAsync("nonsense", server)).ShouldBeRefused("--from cannot be used");
        (await ServiceProcess.CommandAsync(_file, "demo")).ShouldSucceed();
        (await CopyAsync(_file.ConnectionString, server)).ShouldBeRefused("Failed to connect");
        await OnFileAsync("INSERT INTO schema_migrations VALUES ('9999_tomorrow.sql', 0)");
        (await CopyAsync(_file.ConnectionString, server)).ShouldBeRefused("newer version");
    }

    [Fact]
    public void Digests_are_equal_for_the_same_rows_in_any_order_alone()
    {
        using var one = Digest((1, "a"), (2, "b"));
        using var turned = Digest((2, "b"), (1, "a"));
        using var mixed = Digest((1, "b"), (2, "a"));
        using var fewer = Digest((1, "a"));

        one.IsEqualTo(turned).Should().BeTrue();
        one.IsEqualTo(mixed).Should().BeFalse();
        one.IsEqualTo(fewer).Should().BeFalse();
    }

    private static TableDigest Digest(params (long Number, string Text)[] rows)
    {
        var digest = new TableDigest();
        foreach (var (number, text) in rows)
        {
            digest.Add(number);
            digest.Add(System.Text.Encoding.UTF8.GetBytes(text));
            digest.AddNull();
            digest.EndRow();
        }

        return digest;
    }

    private Task<Ended> CopyAsync(TestDatabase? to = null) =>
        CopyAsync(_file.ConnectionString, (to ?? Server).ConnectionString);

    private static Task<Ended> CopyAsync(string from, string to) =>
        ServiceProcess.CommandAsync("copy", "--from", from, "--to", to);

    private static async Task<string> AnswersAsync(HttpClient client)
    {
        string[] paths =
        [
            "/v1/me", "/v1/workspaces/WS-26-000021", "/v1/workspaces/WS-26-000021/members?limit=100",
            "/v1/service-lines?workspace_id=WS-26-000021", "/v1/events?organization_id=ORG-26-090500&limit=100",
        ];
        var answers = new List<string>();
        foreach (var path in paths)
        {
            var answer = await client.GetAsync(path);
            answer.StatusCode.Should().Be(HttpStatusCode.OK, path);
            answers.Add(await answer.Content.ReadAsStringAsync());
        }

        return string.Join('\n', answers);
    }

    private async Task OnFileAsync(string sql)
    {
        await using var connection = _file.Connect();
        await connection.ExecuteAsync(sql);
    }

    private async Task<string?> OnServerAsync(string sql)
    {
        await using var connection = Server.Connect();
        return Convert.ToString(
            await connection.ExecuteScalarAsync(sql), System.Globalization.CultureInfo.InvariantCulture);
    }
}
