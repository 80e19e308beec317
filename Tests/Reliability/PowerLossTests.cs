using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Xunit.Abstractions;

namespace WorkspaceService.Reliability;

/// <summary>
/// The power goes while a commit is on its way to the disk: of SQLite's log only a part is there, or a part that was
/// not written right. What is found then is exactly what was there before that commit.
/// </summary>
public sealed class PowerLossTests(ITestOutputHelper output)
{
    private const int FrameHeader = 24;
    private const int Frame = FrameHeader + 4096;

    [Fact]
    public async Task A_log_that_is_cut_at_any_byte_of_its_last_commit_gives_what_was_before_it()
    {
        await using var crash = await Crash.MakeAsync();
        using var log = new FileStream($"{crash.File}-wal", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        log.Length.Should().Be(crash.To);
        crash.Recover(Counts).Should().Be(crash.Counted);
        crash.Recover(StoredState.Of).Should().Be(crash.After);

        log.SetLength(crash.To - 1);
        var uncommitted = crash.Recover(Counts);
        uncommitted.Should().NotBe(crash.Counted);
        for (var length = crash.To - 1; length >= crash.From; length--)
        {
            log.SetLength(length);
            if ((length - crash.From) % (Frame / 4) is 0 or 1)
            {
                crash.Recover(Sound).Should().Be(crash.Before, "cut at {0}", length);
            }
            else
            {
                crash.Recover(Counts).Should().Be(uncommitted, "cut at {0}", length);
            }
        }

        output.WriteLine(
            $"{crash.To - crash.From} cuts of a commit of {(crash.To - crash.From) / Frame} pages");
    }

    [Fact]
    public async Task A_log_whose_last_commit_was_written_wrong_anywhere_gives_what_was_before_it()
    {
        await using var crash = await Crash.MakeAsync();
        using var log = new FileStream($"{crash.File}-wal", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var flips = 0;
        Flip(log, crash.From, 1);
        var uncommitted = crash.Recover(Counts);
        uncommitted.Should().NotBe(crash.Counted);
        Flip(log, crash.From, 1);
        for (var at = crash.From; at < crash.To; at += (at - crash.From) % Frame < FrameHeader ? 1 : 37)
        {
            Flip(log, at, (byte)(1 << (flips++ % 8)));
            crash.Recover(Counts).Should().Be(uncommitted, "flipped at {0}", at);
            if (flips % 20 == 0)
            {
                crash.Recover(Sound).Should().Be(crash.Before, "flipped at {0}", at);
            }

            Flip(log, at, (byte)(1 << ((flips - 1) % 8)));
        }

        crash.Recover(Sound).Should().Be(crash.After);
        output.WriteLine($"{flips} flipped bits of a commit of {(crash.To - crash.From) / Frame} pages");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    [InlineData(0.999)]
    [InlineData(1)]
    public async Task The_service_starts_on_what_is_left_and_goes_on(double part)
    {
        await using var crash = await Crash.MakeAsync();
        await using (var log = new FileStream($"{crash.File}-wal", FileMode.Open))
        {
            log.SetLength(crash.From + (long)(part * (crash.To - crash.From)));
        }

        await using var service = await ServiceProcess.ListeningAsync(crash.Database);
        using var root = service.Client();
        var added = await root.PostJson(
            $"/v1/workspaces/{crash.Estate.Workspace}/members",
            new { user_id = crash.Estate.Members[2], role = "member" });
        ((int)added.StatusCode).Should().Be(part < 1 ? 201 : 409);
        await root.MakeAsync("/v1/users", new { name = "Ada", email = "ada@example.com" });
        service.Kill();
        await service.EndAsync();
        await StoredState.OfSoundAsync(crash.File);
    }

    private static string Counts(SqliteConnection connection) => connection.QuerySingle<string>(
        """
        SELECT (SELECT COUNT(*) FROM members) || ' ' || (SELECT COUNT(*) FROM events) || ' '
               || (SELECT SUM(member_count) FROM workspaces) || ' ' || (SELECT SUM(last) FROM numbers)
        """);

    private static string Sound(SqliteConnection connection)
    {
        connection.Query<string>("PRAGMA integrity_check").Should().Equal("ok");
        connection.Query("PRAGMA foreign_key_check").Should().BeEmpty();
        return StoredState.Of(connection);
    }

    private static void Flip(FileStream log, long at, byte bits)
    {
        log.Position = at;
        var value = log.ReadByte();
        log.Position = at;
        log.WriteByte((byte)(value ^ bits));
        log.Flush();
    }

    /// <summary>A file and its log as a service left them that was killed behind a commit: a member's.</summary>
    /// <param name="From">The length of the log before that commit.</param>
    /// <param name="To">Its length with it.</param>
    /// <param name="Before">What is stored without it.</param>
    /// <param name="After">What is stored with it.</param>
    private sealed record Crash(
        TestDatabase Database, Estate Estate, long From, long To, string Before, string After, string Counted)
        : IAsyncDisposable
    {
        public string File => Database.File;

        public static async Task<Crash> MakeAsync()
        {
            var database = TestDatabase.InFile();
            Estate estate;
            await using (var first = await ServiceProcess.ListeningAsync(database))
            {
                estate = await Estate.MakeAsync(first.Client());
                first.Terminate();
                (await first.EndAsync()).Should().Be(0);
            }

            // The log is empty now, so that it is read quickly, but for one more commit.
            await using var service = await ServiceProcess.ListeningAsync(database);
            using var root = service.Client();
            await root.MakeAsync("/v1/users", new { name = "Before", email = "before@example.com" });
            using var reader = new SqliteConnection($"{database.ConnectionString};Pooling=false");
            await reader.OpenAsync();
            var (from, before) = (LogOf(database).Length, StoredState.Of(reader));

            await root.MakeAsync(
                $"/v1/workspaces/{estate.Workspace}/members",
                new { user_id = estate.Members[2], role = "member" },
                "user_id");

            var (to, after, counted) = (LogOf(database).Length, StoredState.Of(reader), Counts(reader));
            raw.sqlite3_db_config(reader.Handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);
            service.Kill();
            await service.EndAsync();
            from.Should().BePositive();
            to.Should().BeGreaterThan(from);
            after.Should().NotBe(before);
            return new(database, estate, from, to, before, after, counted);
        }

        /// <summary>Reads what the next user of the file finds, and leaves file and log as they are.</summary>
        public string Recover(Func<SqliteConnection, string> read)
        {
            System.IO.File.Delete($"{File}-shm");
            using var connection = new SqliteConnection($"Data Source={File};Pooling=false");
            connection.Open();
            raw.sqlite3_db_config(connection.Handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);
            return read(connection);
        }

        public async ValueTask DisposeAsync() => await Database.DisposeAsync();

        private static FileInfo LogOf(TestDatabase database) => new($"{database.File}-wal");
    }
}
