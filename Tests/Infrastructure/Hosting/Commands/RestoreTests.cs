using Dapper;
using Microsoft.Data.Sqlite;

namespace WorkspaceService.Infrastructure.Hosting.Commands;

/// <summary>A backup takes the place of the database, whole; or the database stays as it was.</summary>
public sealed class RestoreTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("restore_");
    private readonly TestDatabase _database = TestDatabase.InFile();

    private string File => Path.Combine(_folder.FullName, "backup.db");

    public async Task InitializeAsync()
    {
        (await CommandAsync("demo")).ShouldSucceed();
        (await CommandAsync("backup", File)).ShouldSucceed();
    }

    public async Task DisposeAsync()
    {
        _folder.Delete(recursive: true);
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task It_overwrites_a_database_with_force_only()
    {
        await OnDatabaseAsync("UPDATE workspaces SET name = 'Later'");

        (await CommandAsync("restore", File)).ShouldBeRefused("exists already; --force overwrites it");
        (await NamesAsync()).Should().OnlyContain(name => name == "Later");

        (await CommandAsync("restore", File, "--force")).ShouldSucceed();
        (await NamesAsync()).Should().Contain("Platform Engineering").And.NotContain("Later");
        (await CommandAsync("verify")).ShouldSucceed();
    }

    [Fact]
    public async Task It_makes_the_folder_of_a_database_that_is_not_there()
    {
        var there = Path.Combine(_folder.FullName, "new", "workspaces.db");

        (await ServiceProcess.CommandAsync("restore", File, $"--ConnectionStrings:Workspaces=Data Source={there}"))
            .ShouldSucceed();

        Directory.GetFiles(Path.GetDirectoryName(there)!).Should().BeEquivalentTo(there, $"{there}.lock");
    }

    [Fact]
    public async Task A_log_that_a_killed_service_left_behind_does_not_get_into_the_restored_file()
    {
        await using (var service = await ServiceProcess.ListeningAsync(_database))
        {
            for (var n = 0; n < 50; n++)
            {
                await service.Client().PostJson("/v1/users", new { name = "Late", email = $"late{n}@example.com" });
            }

            service.Kill();
            await service.EndAsync();
        }

        System.IO.File.Exists($"{_database.File}-wal").Should().BeTrue();

        (await CommandAsync("restore", File, "--force")).ShouldSucceed();

        System.IO.File.Exists($"{_database.File}-wal").Should().BeFalse();
        (await CommandAsync("verify")).ShouldSucceed();
        (await OnDatabaseAsync("SELECT COUNT(*) FROM users WHERE name = 'Late'")).Should().Be(0);
    }

    [Fact]
    public async Task A_damaged_database_and_its_log_are_replaced_too()
    {
        await System.IO.File.WriteAllTextAsync(_database.File, new string('x', 10000));
        await System.IO.File.WriteAllTextAsync($"{_database.File}-wal", new string('x', 10000));

        (await CommandAsync("restore", File, "--force")).ShouldSucceed();

        (await CommandAsync("verify")).ShouldSucceed();
        Directory.GetFiles(Path.GetTempPath(), Path.GetFileName(_database.File) + "*")
            .Should().BeEquivalentTo(_database.File, $"{_database.File}.lock");
    }

    [Fact]
    public async Task While_a_service_uses_the_file_it_is_refused()
    {
        await using var service = await ServiceProcess.ListeningAsync(_database);

        (await CommandAsync("restore", File, "--force")).ShouldBeRefused("A service uses");

        (await service.Client().GetAsync("/v1/workspaces/WS-26-000021")).IsSuccessStatusCode.Should().BeTrue();
    }

    [Fact]
    public async Task While_another_program_reads_the_file_it_is_refused()
    {
        await using (var other = new SqliteConnection($"{_database.ConnectionString};Pooling=false"))
        {
            await other.OpenAsync();
            await other.ExecuteAsync("BEGIN IMMEDIATE; UPDATE workspaces SET name = 'Later'");

            (await CommandAsync("restore", File, "--force")).ShouldBeRefused("another program uses");

            await other.ExecuteAsync("COMMIT;");
        }

        (await NamesAsync()).Should().OnlyContain(name => name == "Later");
        Directory.GetFiles(Path.GetTempPath(), Path.GetFileName(_database.File) + "*partial*").Should().BeEmpty();
    }

    [Fact]
    public async Task What_is_no_backup_is_refused_and_changes_nothing()
    {
        var before = await System.IO.File.ReadAllBytesAsync(_database.File);
        var other = Path.Combine(_folder.FullName, "other.db");

        (await CommandAsync("restore", other, "--force")).ShouldBeRefused("There is no file");
        (await CommandAsync("restore", _folder.FullName, "--force")).ShouldBeRefused("is a folder");
        (await CommandAsync("restore", _database.File, "--force")).ShouldBeRefused("the database itself");
        await System.IO.File.WriteAllTextAsync(other, new string('x', 10000));
        (await CommandAsync("restore", other, "--force")).ShouldBeRefused("is no SQLite database");
        System.IO.File.Delete(other);
        await OnAsync(other, "CREATE TABLE things (id INTEGER PRIMARY KEY)");
        (await CommandAsync("restore", other, "--force")).ShouldBeRefused("is no database of this service");
        System.IO.File.Copy(File, other, overwrite: true);
        await OnAsync(other, "INSERT INTO schema_migrations VALUES ('9999_tomorrow.sql', 0)");
        (await CommandAsync("restore", other, "--force"))
            .ShouldBeRefused("was written by a newer version of the service (it has 9999_tomorrow.sql)");
        System.IO.File.Copy(File, other, overwrite: true);
        await TestDatabase.DamageAsync(other);
        (await CommandAsync("restore", other, "--force")).ShouldBeRefused("is damaged: ");

        (await System.IO.File.ReadAllBytesAsync(_database.File)).Should().Equal(before);
        Directory.GetFiles(Path.GetTempPath(), Path.GetFileName(_database.File) + "*partial*").Should().BeEmpty();
    }

    [Fact]
    public async Task One_of_an_earlier_version_is_migrated_by_the_next_start()
    {
        var earlier = Path.Combine(_folder.FullName, "earlier.db");
        await EarlierVersion.WriteAsync(earlier);

        (await CommandAsync("restore", earlier, "--force")).ShouldSucceed()
            .Output.Should().Contain(line => line.Contains("of an earlier version, which the next start migrates"));
        (await CommandAsync("verify")).ShouldBeRefused("earlier version");

        await using (var service = await ServiceProcess.ListeningAsync(_database))
        {
            (await service.Client().GetAsync("/v1/users/USR-26-000007")).IsSuccessStatusCode.Should().BeTrue();
        }

        (await CommandAsync("verify")).ShouldSucceed();
    }

    [Fact]
    public async Task On_PostgreSQL_pg_restore_does_it() =>
        (await ServiceProcess.CommandAsync("restore", File, "--ConnectionStrings:Workspaces=Host=localhost"))
            .ShouldBeRefused("pg_restore");

    private Task<Ended> CommandAsync(params string[] args) => ServiceProcess.CommandAsync(_database, args);

    private Task<long> OnDatabaseAsync(string sql) => OnAsync(_database.File, sql);

    private static async Task<long> OnAsync(string file, string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=false");
        return await connection.ExecuteScalarAsync<long>(sql);
    }

    private async Task<IEnumerable<string>> NamesAsync()
    {
        await using var connection = new SqliteConnection($"{_database.ConnectionString};Pooling=false");
        return await connection.QueryAsync<string>("SELECT name FROM workspaces");
    }
}
