using System.Text.Json.Nodes;
using Dapper;
using Npgsql;
using WorkspaceService.Features.Invitations;
using WorkspaceService.Features.Organizations;
using WorkspaceService.Features.Users;
using WorkspaceService.Features.Workspaces;
using WorkspaceService.Infrastructure.Database.Maintenance;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Infrastructure.Hosting.Commands;

/// <summary>
/// Each kind of damage is found where it is planted, and what is said of it names what it is about. Nothing is found
/// before; what is planted is rolled back.
/// </summary>
public sealed class VerifyTests(DemoFixture service) : IClassFixture<DemoFixture>
{
    private const string Line = "(SELECT MIN(id) FROM service_lines WHERE workspace_id = 21 AND status = 'active')";

    [Theory]
    [InlineData(
        "WS-26-000021: member_count is 15, but its active members are 14",
        "UPDATE workspaces SET member_count = 15 WHERE id = 21")]
    [InlineData(
        "WS-26-000021: admin_count is 0, but its active admins are ",
        "UPDATE workspaces SET admin_count = 0 WHERE id = 21")]
    [InlineData(
        "WS-26-000021: active_service_lines is 7, but its active service lines are 6",
        "UPDATE workspaces SET active_service_lines = 7 WHERE id = 21")]
    [InlineData(
        "WS-26-000021: health_count is 5, but the scores of its active service lines are 6",
        "UPDATE workspaces SET health_count = 5 WHERE id = 21")]
    [InlineData(
        "WS-26-000021: health_sum is 1, but the scores of its active service lines add up to ",
        "UPDATE workspaces SET health_sum = 1 WHERE id = 21")]
    [InlineData(
        "ORG-26-090500: workspace_count is 0, but its workspaces are ",
        "UPDATE organizations SET workspace_count = 0 WHERE id = 90500")]
    [InlineData(
        "ORG-26-090500: member_count is 0, but its active members are ",
        "UPDATE organizations SET member_count = 0 WHERE id = 90500")]
    [InlineData(
        "ORG-26-090500: active_service_lines is 0, but its active service lines are ",
        "UPDATE organizations SET active_service_lines = 0 WHERE id = 90500")]
    [InlineData(
        "@Code: usage_days of 20",
        "UPDATE usage_days SET quantity_whole = quantity_whole + 1 WHERE service_line_id = @Line")]
    [InlineData(
        "@Code: usage_days of 20",
        "UPDATE usage_days SET quantity_micros = quantity_micros + 1 WHERE service_line_id = @Line")]
    [InlineData(
        "@Code: usage_days of 20",
        "UPDATE usage_days SET cost_micros = cost_micros + 1 WHERE service_line_id = @Line")]
    [InlineData(
        "@Code: usage_days of 2020-02-29",
        "UPDATE usage_days SET day = 20200229 WHERE service_line_id = @Line AND day % 100 = 1")]
    [InlineData("@Code: usage_days of 20", "DELETE FROM usage_days WHERE service_line_id = @Line")]
    [InlineData("@Code: usage_days of 20", "DELETE FROM metering_events WHERE service_line_id = @Line")]
    [InlineData(
        "WS-26-000021: workspace_costs of 20",
        "UPDATE workspace_costs SET cost_micros = cost_micros + 1 WHERE workspace_id = 21")]
    [InlineData("WS-26-000021: workspace_costs of 20", "DELETE FROM workspace_costs WHERE workspace_id = 21")]
    [InlineData(
        "WS-26-000022: its number is 21, and its code is not that of a WS of this number",
        "UPDATE workspaces SET code = 'WS-26-000022' WHERE id = 21")]
    [InlineData(
        "USR-26-000021: its number is 21, and its code is not that of a WS",
        "UPDATE workspaces SET code = 'USR-26-000021' WHERE id = 21")]
    [InlineData("EVT-26-000002: its number is 1", "UPDATE events SET code = 'EVT-26-000002' WHERE id = 1")]
    [InlineData(
        ": its sequence 1 is that of 2 events",
        """
        CREATE TABLE loose AS SELECT * FROM events;
        DROP TABLE events;
        ALTER TABLE loose RENAME TO events;
        UPDATE events SET sequence = 1 WHERE id IN (1, 2);
        """)]
    [InlineData(
        "ORG-26-090500: workspace_role_ceiling is 0, which its settings do not say",
        "UPDATE organizations SET workspace_role_ceiling = 0 WHERE id = 90500")]
    [InlineData(
        "WS-26-000021: currency is EUR, which its settings do not say",
        "UPDATE workspaces SET currency = 'EUR' WHERE id = 21")]
    [InlineData("ORG-26-090500: search is not", "UPDATE organizations SET search = 'x' WHERE id = 90500")]
    [InlineData("WS-26-000021: search is not", "UPDATE workspaces SET search = 'x' WHERE id = 21")]
    [InlineData("WS-26-000021: name_key is not", "UPDATE workspaces SET name_key = 'x' WHERE id = 21")]
    [InlineData("USR-26-000044: email_key is not", "UPDATE users SET email_key = 'x' WHERE id = 44")]
    [InlineData("USR-26-000044: name_search is not", "UPDATE users SET name_search = 'x' WHERE id = 44")]
    [InlineData("USR-26-000044: search is not", "UPDATE users SET search = 'x' WHERE id = 44")]
    [InlineData("INV-26-000001: email_key is not", "UPDATE invitations SET email_key = 'x' WHERE id = 1")]
    [InlineData("INV-26-000001: search is not", "UPDATE invitations SET search = 'x' WHERE id = 1")]
    [InlineData(
        "INT-26-000001: it belongs to WS-26-000021, but names another organization",
        "UPDATE integrations SET organization_id = 1337 WHERE id = 1")]
    [InlineData(
        "@Code: it belongs to WS-26-000021, but names another organization",
        "UPDATE service_lines SET organization_id = 1337 WHERE id = @Line")]
    [InlineData(
        "ORG-26-090500: its owner USR-26-000081 is no active member of it with the role owner",
        "UPDATE organizations SET owner_id = 81 WHERE id = 90500")]
    [InlineData(
        "ORG-26-090500: USR-26-000044 has the role owner, but is not its owner",
        "UPDATE organizations SET owner_id = 81 WHERE id = 90500")]
    [InlineData(
        "ORG-26-090500: its owner USR-26-000044 is no active member of it with the role owner",
        "UPDATE organization_members SET role = 'admin' WHERE organization_id = 90500 AND user_id = 44")]
    [InlineData(
        "WS-26-000021: its owner USR-26-000081 is none of its active admins (R2)",
        "UPDATE workspaces SET owner_id = 81 WHERE id = 21")]
    [InlineData(
        "WS-26-000021: its member USR-26-000044 is no member of the organization (R4)",
        "DELETE FROM organization_members WHERE organization_id = 90500 AND user_id = 44")]
    [InlineData(
        "WS-26-000021: the role of its member USR-26-000044 outranks",
        "UPDATE organization_members SET role = 'guest' WHERE organization_id = 90500 AND user_id = 44")]
    [InlineData(
        "WS-26-000021: it has no active admin (R7)",
        "UPDATE members SET role = 'member' WHERE workspace_id = 21")]
    [InlineData("WS-26-000021: it has no active admin (R7)", "UPDATE users SET status = 'deactivated'")]
    [InlineData("seats are taken, but its limit is 3 (R8)", "UPDATE workspaces SET seat_limit = 3 WHERE id = 21")]
    [InlineData(
        "INV-26-000001: it is pending, but USR-26-000081 left the organization after it was sent (R13)",
        """
        UPDATE invitations SET status = 'pending', expires_at = 99999999999999, updated_at = 1,
            email_key = (SELECT email_key FROM users WHERE id = 81)
        WHERE id = 1;
        UPDATE events SET type = 'organization.member_removed', organization_code = 'ORG-26-000030'
        WHERE subject_id = 'USR-26-000081' AND type = 'organization.member_added';
        DELETE FROM organization_members WHERE user_id = 81;
        """)]
    [InlineData(
        "INV-26-000001: it is pending, but USR-26-000081 is a deactivated member of the organization",
        """
        UPDATE users SET status = 'deactivated' WHERE id = 81;
        UPDATE organization_members SET organization_id = 30 WHERE user_id = 81;
        UPDATE invitations SET status = 'pending', expires_at = 99999999999999,
            email_key = (SELECT email_key FROM users WHERE id = 81)
        WHERE id = 1;
        """)]
    [InlineData(
        "JRQ-26-000001: it is pending, but USR-26-000044 is no member of the organization (R13)",
        """
        INSERT INTO join_requests (id, code, workspace_id, user_id, status, version, created_at, updated_at)
        SELECT 1, 'JRQ-26-000001', MIN(id), 44, 'pending', 1, 0, 0 FROM workspaces WHERE organization_id = 1337;
        """)]
    [InlineData(
        "USR-26-000044: members.workspace_id is 999, which no row of workspaces is",
        "UPDATE members SET workspace_id = 999 WHERE workspace_id = 21 AND user_id = 44")]
    [InlineData(
        "WS-26-000021: members.user_id is 999, which no row of users is",
        "UPDATE members SET user_id = 999 WHERE workspace_id = 21 AND user_id = 44")]
    [InlineData(
        "WS-26-000021: workspaces.owner_id is 999, which no row of users is",
        "UPDATE workspaces SET owner_id = 999 WHERE id = 21")]
    [InlineData(
        "usage_days: usage_days.service_line_id is 999, which no row of service_lines is",
        "UPDATE usage_days SET service_line_id = 999 WHERE service_line_id = @Line")]
    [InlineData(
        "@Event: its hash is not that of what it says",
        "UPDATE events SET changes = '{}' WHERE code = '@Event'")]
    [InlineData(
        "@Event: its hash is not that of what it says",
        "UPDATE events SET changes = 'none' WHERE code = '@Event'")]
    [InlineData(
        "@Event: its hash is not that of what it says",
        "UPDATE events SET occurred_at = occurred_at + 1000 WHERE code = '@Event'")]
    [InlineData(
        "@Next: its previous_hash is not the hash of @Event, which comes before it",
        "UPDATE events SET hash = (SELECT hash FROM events WHERE code = '@Next') WHERE code = '@Event'")]
    [InlineData("@Event: its hash is not that of what it says", "UPDATE events SET hash = NULL WHERE code = '@Event'")]
    [InlineData(
        "@Event: its previous_hash is not the hash of ",
        """
        UPDATE events SET previous_hash = (SELECT x.previous_hash FROM events x WHERE x.code = '@Next')
        WHERE code = '@Event'
        """)]
    [InlineData("@Next: its previous_hash is not the hash of ", "DELETE FROM events WHERE code = '@Event'")]
    [InlineData(
        "@First: its previous_hash is not 64 zeros, but no event of its organization comes before it",
        "UPDATE events SET previous_hash = hash WHERE code = '@First'")]
    public async Task What_is_planted_is_found(string finding, string plant)
    {
        var code = (await service.ReadAsync<string>($"SELECT code FROM service_lines WHERE id = {Line}"))[0];

        await service.NumberEventsAsync();
        var events = await service.ReadAsync<string>(
            "SELECT code FROM events WHERE organization_code = 'ORG-26-090500' ORDER BY sequence LIMIT 7");

        await ShouldFindAsync(Named(finding), Named(plant));

        string Named(string text) => text.Replace("@Code", code, StringComparison.Ordinal)
            .Replace("@Line", Line, StringComparison.Ordinal)
            .Replace("@First", events[0], StringComparison.Ordinal)
            .Replace("@Event", events[5], StringComparison.Ordinal)
            .Replace("@Next", events[6], StringComparison.Ordinal);
    }

    [Fact]
    public Task Numbers_that_would_be_given_again_are_found() => ShouldFindAsync(
        "WS-26-000091: numbers of WS are given after 0, so 91 would be given again",
        service.Db.IsPostgres
            ? "DROP SEQUENCE numbers_ws; CREATE SEQUENCE numbers_ws"
            : "DELETE FROM numbers WHERE prefix = 'WS'");

    [Fact]
    public async Task Codes_are_checked_in_every_table_that_has_them()
    {
        await using var connection = await service.Db.ConnectAsync(CancellationToken.None);
        var coded = (await Table.ListAsync(connection)).Where(table => table.HasCode).Select(table => table.Name)
            .ToList();
        coded.Should().HaveCountGreaterThan(5);
        foreach (var table in coded)
        {
            var plant = table switch
            {
                "join_requests" => "INSERT INTO join_requests SELECT 1, 'X', 21, 44, 'denied', NULL, 1, 0, 0",
                "webhook_deliveries" => """
                    INSERT INTO webhook_deliveries (id, code, webhook_id, event_id, event_code, event_type, status,
                                                    round, attempts, version)
                    VALUES (1, 'X', 1, 1, 'EVT-26-000001', 'member.added', 'pending', 0, '[]', 1)
                    """,
                _ => $"UPDATE {table} SET code = 'X' WHERE id = (SELECT MIN(id) FROM {table})",
            };

            await ShouldFindAsync("X: its number is ", plant);
        }
    }

    private async Task ShouldFindAsync(string finding, string plant)
    {
        await using var connection = await service.Db.ConnectAsync(CancellationToken.None);
        if (connection is not NpgsqlConnection)
        {
            await connection.ExecuteAsync("PRAGMA foreign_keys = OFF");
        }

        await using var transaction = await connection.BeginTransactionAsync();
        if (connection is NpgsqlConnection)
        {
            await connection.ExecuteAsync("SET LOCAL session_replication_role = replica");
        }

        (await service.FindAsync(connection)).Should().BeEmpty();

        await connection.ExecuteAsync(plant);

        (await service.FindAsync(connection)).Should().Contain(line => line.Contains(finding));
    }
}

/// <summary>Where requests alone have been at work nothing is found, whatever they led to.</summary>
public sealed class VerifyAfterRequestsTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task No_state_that_requests_lead_to_is_a_finding()
    {
        var root = ServiceFixture.RootCaller;
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var workspace = (await tenant.NewWorkspaceAsync(type: "closed", seatLimit: 9)).Id;

        // Above the ceiling by a demotion, and by a ceiling that came later.
        var demoted = await tenant.NewMemberOfAsync(workspace, Roles.Admin);
        await service.Do(new ChangeOrganizationMemberRole.Command(root, tenant.Id, demoted.Id, Roles.Guest));
        var loose = await service.NewTenantAsync(ceiling: false);
        await loose.NewMemberOfAsync((await loose.NewWorkspaceAsync()).Id, Roles.Admin, Roles.Guest);
        await service.Do(new UpdateOrganization.Command(
            root, loose.Id, new() { Settings = new JsonObject { ["workspace_role_ceiling"] = true } }));

        // Gone and invited again; expired, gone and sent again.
        var (gone, late) = (await tenant.NewMemberAsync(), await tenant.NewMemberAsync());
        var expired = await tenant.InviteAsync(workspace, late.Email, expiresAt: service.Clock.Now.AddMinutes(2));
        service.Clock.Advance(TimeSpan.FromMinutes(3));
        await service.Do(new RemoveOrganizationMember.Command(root, tenant.Id, gone.Id));
        await service.Do(new RemoveOrganizationMember.Command(root, tenant.Id, late.Id));
        service.Clock.Advance(TimeSpan.FromSeconds(1));
        await tenant.InviteAsync(workspace, gone.Email);
        await service.Do(new ResendInvitation.Command(owner, workspace, expired.Id));

        // Deactivated, and only then of an address that is invited; deactivated and invited, but no member.
        var renamed = await tenant.NewMemberOfAsync(workspace);
        await tenant.InviteAsync(workspace, "later@example.com");
        await service.Do(new UpdateUser.Command(root, renamed.Id, new() { Status = "deactivated" }));
        await service.Do(new UpdateUser.Command(root, renamed.Id, new() { Email = "later@example.com" }));
        var stranger = await service.NewUserAsync();
        await service.Do(new UpdateUser.Command(root, stranger.Id, new() { Status = "deactivated" }));
        await tenant.InviteAsync(workspace, stranger.Email!);

        // Asked to join, and deactivated; deleted and archived with all that was metered.
        var asking = await tenant.NewMemberAsync();
        (await asking.Client.PostJson($"/v1/workspaces/{workspace}/join-requests", new { })).EnsureSuccessStatusCode();
        await service.Do(new UpdateUser.Command(root, asking.Id, new() { Status = "deactivated" }));
        var (deleted, archived) = (await tenant.NewWorkspaceAsync(), await tenant.NewWorkspaceAsync());
        foreach (var metered in new[] { deleted.Id, archived.Id })
        {
            var line = await tenant.NewLineAsync(metered, "active");
            await service.MeterAsync(owner, service.Usage(line.Id), service.Usage(line.Id));
        }

        await service.Do(new DeleteWorkspace.Command(owner, deleted.Id, Force: true));
        await service.Do(new ArchiveWorkspace.Command(owner, archived.Id, Force: true));

        await using var connection = await service.Db.ConnectAsync(CancellationToken.None);
        (await service.FindAsync(connection)).Should().BeEmpty();
    }
}

/// <summary>The command itself: what it prints, and its exit code.</summary>
public sealed class VerifyCommandTests
{
    [Fact]
    public async Task It_prints_findings_alone_and_tells_by_its_exit_code_while_the_service_runs()
    {
        await using var database = await TestDatabase.NewAsync();
        await using var service = await ServiceProcess.ListeningAsync(database, "--demo");

        (await ServiceProcess.CommandAsync(database, "verify")).ShouldSucceed().Output.Should().BeEmpty();

        await using (var connection = database.Connect())
        {
            await connection.ExecuteAsync("UPDATE workspaces SET member_count = 15 WHERE id = 21");
        }

        var found = await ServiceProcess.CommandAsync(database, "verify");
        found.ExitCode.Should().Be(1);
        found.Output.Should().Equal("WS-26-000021: member_count is 15, but its active members are 14");
        found.Errors.Should().ContainSingle().Which.Should().EndWith("1 finding");
    }

    [Fact]
    public async Task A_damaged_file_is_a_finding_and_the_rest_is_checked_still()
    {
        await using var database = TestDatabase.InFile();
        (await ServiceProcess.CommandAsync(database, "demo")).ShouldSucceed();
        await TestDatabase.DamageAsync(database.File);

        var found = await ServiceProcess.CommandAsync(database, "verify");

        found.ExitCode.Should().Be(1);
        found.Output.Should().Contain(line => line.StartsWith("the file: ", StringComparison.Ordinal));
        found.Errors.Should().ContainSingle().Which.Should().StartWith("verifying: ");
    }

    [Fact]
    public async Task What_is_no_database_of_this_service_is_refused()
    {
        await using var database = TestDatabase.InFile();
        (await ServiceProcess.CommandAsync(database, "verify")).ShouldBeRefused("There is no file");
        File.Exists(database.File).Should().BeFalse();

        await using (var connection = database.Connect())
        {
            await connection.ExecuteAsync("CREATE TABLE things (id INTEGER)");
        }

        (await ServiceProcess.CommandAsync(database, "verify")).ShouldBeRefused("is no database of this service");
    }
}
