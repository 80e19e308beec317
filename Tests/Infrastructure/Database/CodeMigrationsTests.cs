using System.Data.Common;
using Dapper;
using WorkspaceService.Infrastructure.Hosting.Commands.Verification;

namespace WorkspaceService.Infrastructure.Database;

/// <summary>What an earlier version has stored, taken over by the migrations that are written in C#.</summary>
#pragma warning disable CA1001 // xunit disposes of it
public sealed class CodeMigrationsTests : IAsyncLifetime
{
    private readonly TestDatabase _database = new();
    private ConnectionFactory _db = null!;
    private DbConnection _connection = null!;

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        _db = new ConnectionFactory(_database.ConnectionString, TimeProvider.System);
        await _db.MigrateAsync(TimeProvider.System);
        _connection = await _db.ConnectAsync(CancellationToken.None);

        // Back to the schema of the version before.
        await _connection.ExecuteAsync("ALTER TABLE integrations ADD COLUMN secrets TEXT");
        await _connection.ExecuteAsync("ALTER TABLE users DROP COLUMN name_search");
        await _connection.ExecuteAsync("ALTER TABLE invitations DROP COLUMN search");
        await _connection.ExecuteAsync("DELETE FROM schema_migrations WHERE name >= '0013' AND name < '0015'");
        await AddUserAsync(1, "Zoé", "sam@example.com", "sam@example.com");
        await _connection.ExecuteAsync(
            """
            INSERT INTO organizations (id, code, name, slug, search, billing_email, owner_id, status,
                                       subscription_status, settings, workspace_role_ceiling, workspace_count,
                                       member_count, active_service_lines, version, created_at, updated_at)
            VALUES (1, 'ORG-26-000001', 'CAFÉ', 'cafe', 'old', 'pay@bücher.example.com', 1, 'active', 'active', '{}',
                    1, 1, 1, 0, 1, 0, 0);
            INSERT INTO workspaces (id, code, organization_id, name, name_key, slug, search, type, status, owner_id,
                                    settings, currency, member_count, admin_count, active_service_lines, version,
                                    created_at, updated_at)
            VALUES (1, 'WS-26-000001', 1, 'Ångström', 'old', 'angstroem', 'old', 'private', 'active', 1, '{}', 'USD',
                    0, 0, 0, 1, 0, 0);
            """);
    }

    public async Task DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _db.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Integrations_and_events_hide_what_was_shown_before()
    {
        const string Config =
            """{"org":"apex","pat":"hush","url":"https://sam:hush@example.com","seats":1.50,"token":"***"}""";
        const string Hidden = """{"org":"apex","pat":"***","url":"***","seats":"***","token":"***"}""";
        await _connection.ExecuteAsync(
            """
            INSERT INTO integrations (id, code, workspace_id, organization_id, type, config, secrets, version,
                                      created_at)
            VALUES (1, 'INT-26-000001', 1, 1, 'github', @Config, @Config, 1, 0),
                   (2, 'INT-26-000002', 1, 1, 'slack', '{"channel":"ops"}', NULL, 1, 0)
            """,
            new { Config });
        await AddEventAsync(1, "integration.connected", $$"""{"type":[null,"github"],"config":[null,{{Config}}]}""");
        await AddEventAsync(2, "service_line.updated", $$"""{"config":[{{Config}},{"region":"eu","dsn":"hush"}]}""");
        await AddEventAsync(3, "workspace.updated", """{"name":["pat","hush"]}""");

        await MigrateAsync();

        (await _connection.QueryAsync<(string, long)>("SELECT config, version FROM integrations ORDER BY id"))
            .Should().Equal((Hidden, 2), ("""{"channel":"ops"}""", 1));
        (await _connection.QueryAsync<string>("SELECT changes FROM events ORDER BY id")).Should().Equal(
            $$"""{"type":[null,"github"],"config":[null,{{Hidden}}]}""",
            $$"""{"config":[{{Hidden}},{"region":"eu","dsn":"***"}]}""",
            """{"name":["pat","hush"]}""");
        var columns = (IDictionary<string, object>)await _connection.QueryFirstAsync("SELECT * FROM integrations");
        columns.Keys.Should().Contain("config").And.NotContain("secrets");
    }

    [Fact]
    public async Task Names_and_addresses_are_folded_anew()
    {
        await AddUserAsync(2, "Åsa", "jose\u0301@Bücher.example.com", "jose\u0301@bücher.example.com");
        await AddInvitationAsync(1, "pending", "ann\u00e9@bücher.example.com");

        await MigrateAsync();

        (await _connection.QuerySingleAsync<(string, string, string, string, long)>(
            "SELECT email, email_key, name_search, search, version FROM users WHERE id = 2")).Should().Be((
                "jos\u00e9@xn--bcher-kva.example.com",
                "jos\u00e9@xn--bcher-kva.example.com",
                "asa",
                "asa\njose@xn--bcher-kva.example.com\njose@bucher.example.com",
                2));
        (await _connection.QuerySingleAsync<(string, long)>("SELECT search, version FROM users WHERE id = 1"))
            .Should().Be(("zoe\nsam@example.com", 1));
        (await _connection.QuerySingleAsync<(string, string, long)>(
            "SELECT email_key, search, version FROM invitations")).Should().Be((
                "ann\u00e9@xn--bcher-kva.example.com",
                "anne@xn--bcher-kva.example.com\nanne@bucher.example.com",
                2));
        (await _connection.QuerySingleAsync<(string, string, long)>(
            "SELECT search, billing_email, version FROM organizations"))
            .Should().Be(("cafe\ncafe", "pay@xn--bcher-kva.example.com", 2));
        (await _connection.QuerySingleAsync<(string, string, long)>(
            "SELECT name_key, search, version FROM workspaces")).Should().Be(("ångström", "angstrom\nangstroem", 1));
    }

    [Fact]
    public async Task Two_who_turn_out_to_have_one_address_both_stay()
    {
        await AddUserAsync(2, "One", "jose\u0301@example.com", "jose\u0301@example.com");
        await AddUserAsync(3, "Two", "jos\u00e9@example.com", "jos\u00e9@example.com");
        await AddInvitationAsync(1, "pending", "jose\u0301@example.com");
        await AddInvitationAsync(2, "pending", "jos\u00e9@example.com");
        await AddInvitationAsync(3, "revoked", "jose\u0301@example.com");

        await MigrateAsync();

        (await _connection.QueryAsync<string>("SELECT email_key FROM users WHERE id > 1 ORDER BY id"))
            .Should().Equal("jose\u0301@example.com", "jos\u00e9@example.com");
        (await _connection.QueryAsync<string>("SELECT email_key FROM invitations ORDER BY id"))
            .Should().Equal("jose\u0301@example.com", "jos\u00e9@example.com", "jos\u00e9@example.com");
    }

    [Fact]
    public async Task Events_are_chained_in_their_order_and_organization()
    {
        await _connection.ExecuteAsync("ALTER TABLE events DROP COLUMN hash");
        await _connection.ExecuteAsync("ALTER TABLE events DROP COLUMN previous_hash");
        await _connection.ExecuteAsync("DELETE FROM schema_migrations WHERE name >= '0019' AND name < '0020'");
        await _connection.ExecuteAsync(
            """
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
            INSERT INTO events (id, code, sequence, type, occurred_at, organization_code, actor_kind, actor_id,
                                subject_kind, subject_id, request_id, changes)
            SELECT i, 'EVT-26-' || i, CASE WHEN i < 2500 THEN 10000 - i END, 'old.event', i * 777,
                   CASE WHEN i % 4 > 0 THEN 'ORG-26-' || (i % 4) END, 'root', 'root', 'thing', 'T', 'r',
                   '{"z": [null, 1.50], "a": ["\u0062", "c"]}'
            FROM n
            """);

        await MigrateAsync();

        var findings = new List<string>();
        var snapshot = Maintenance.Snapshot.Within(_connection, TimeProvider.System);
        await foreach (var finding in ChainCheck.OfEvents.FindAsync(snapshot, CancellationToken.None))
        {
            findings.Add(finding);
        }

        findings.Should().BeEmpty();
        (await _connection.QuerySingleAsync<(long, long, long)>(
            """
            SELECT COUNT(*), COUNT(hash), COUNT(CASE WHEN previous_hash = @Start THEN 1 END) FROM events
            """,
            new { Domain.EventChain.Start })).Should().Be((2500, 2499, 4));
    }

    [Fact]
    public async Task Each_is_recorded_and_none_runs_twice()
    {
        await MigrateAsync();
        await _connection.ExecuteAsync("UPDATE workspaces SET search = 'kept'");

        await MigrateAsync();

        (await _connection.QueryAsync<string>("SELECT name FROM schema_migrations ORDER BY applied_at, name"))
            .Should().Contain(Migrator.CodeMigrations.Select(migration => migration.Name));
        (await _connection.QuerySingleAsync<string>("SELECT search FROM workspaces")).Should().Be("kept");
    }

    private Task MigrateAsync() => _db.MigrateAsync(TimeProvider.System);

    private Task<int> AddUserAsync(long id, string name, string email, string key) => _connection.ExecuteAsync(
        """
        INSERT INTO users (id, code, name, email, email_key, search, status, version, created_at, updated_at)
        VALUES (@id, @code, @name, @email, @key, 'old', 'active', 1, 0, 0)
        """,
        new { id, code = $"USR-26-{id:000000}", name, email, key });

    private Task<int> AddInvitationAsync(long id, string status, string email) => _connection.ExecuteAsync(
        """
        INSERT INTO invitations (id, code, workspace_id, email, email_key, role, status, token_hash, invited_by,
                                 expires_at, version, created_at, updated_at)
        VALUES (@id, @code, 1, @email, @email, 'member', @status, @code, 1, 0, 1, 0, 0)
        """,
        new { id, code = $"INV-26-{id:000000}", status, email });

    private Task<int> AddEventAsync(long id, string type, string changes) => _connection.ExecuteAsync(
        """
        INSERT INTO events (id, code, sequence, type, occurred_at, actor_kind, actor_id, subject_kind, subject_id,
                            request_id, changes)
        VALUES (@id, @code, @id, @type, 0, 'root', 'root', 'workspace', 'WS-26-000001', 'r', @changes)
        """,
        new { id, code = $"EVT-26-{id:000000}", type, changes });
}
