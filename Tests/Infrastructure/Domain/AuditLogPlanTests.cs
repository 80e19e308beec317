using System.Reflection;
using System.Text.RegularExpressions;
using Dapper;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>Each statement of the audit log reads through the index of its filter, in its order.</summary>
public sealed partial class AuditLogPlanTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private const int Rows = 30_000;

    private static readonly (string Statement, string Index)[] Plans =
    [
        ("OfOrganization", "events_by_organization"),
        ("OfActor", "events_by_organization_actor"),
        ("OfType", "events_by_organization_type"),
        ("OfWorkspace", "events_by_workspace"),
        ("OfWorkspaceActor", "events_by_workspace"),
        ("OfWorkspaceType", "events_by_workspace"),
        ("FindBoundsOfOrganization", "events_by_organization_time"),
        ("FindBoundsOfWorkspace", "events_by_workspace"),
        ("Refused", "refusals_by_organization"),
        ("RefusedOfActor", "refusals_by_organization_actor"),
        ("RefusedOfAction", "refusals_by_organization_action"),
        ("RefusedOfWorkspace", "refusals_by_workspace"),
        ("FindLast", "events_by_organization"),
    ];

    // Looks among the newest entries alone, or for one number.
    private static bool IsBounded(string name) =>
        name.StartsWith("FindRequest", StringComparison.Ordinal)
        || name.StartsWith("FindRef", StringComparison.Ordinal);

    [Fact]
    public async Task Each_filter_has_an_index_in_both_orders()
    {
        var (tenant, _) = await FillAsync(1_000_000);
        var statements = typeof(AuditLog).GetNestedType("Sql", BindingFlags.NonPublic)!
            .GetFields(BindingFlags.Static | BindingFlags.Public)
            .ToDictionary(field => field.Name, field => (string)field.GetRawConstantValue()!);
        statements.Keys.Select(name => name.Replace("Newest", "", StringComparison.Ordinal)).Distinct()
            .Where(name => !IsBounded(name))
            .Should().BeEquivalentTo(Plans.Select(plan => plan.Statement).Append("FindWorkspace"));
        var failures = new List<string>();

        await using var connection = await service.Db.ConnectAsync(CancellationToken.None);
        foreach (var (name, sql) in statements)
        {
            // Without a filter PostgreSQL may read the whole log in its order, as long as it is short.
            if (name == "FindWorkspace" || IsBounded(name) || (service.Db.IsPostgres
                && Regex.IsMatch(name, "^(Newest)?Of(Organization|Workspace)$")))
            {
                continue;
            }

            var index = Plans.Single(
                plan => plan.Statement == name.Replace("Newest", "", StringComparison.Ordinal)).Index;
            var isRare = name.Contains("Actor", StringComparison.Ordinal);
            var isNewest = name.StartsWith("Newest", StringComparison.Ordinal);
            var isTimed = name.StartsWith("FindBounds", StringComparison.Ordinal);
            var explain = service.Db.IsPostgres ? "EXPLAIN (ANALYZE, TIMING OFF)" : "EXPLAIN QUERY PLAN";
            var rows = await connection.QueryAsync($"{explain} {sql}", new
            {
                Organization = tenant.Id,
                Workspace = name.Contains("Workspace", StringComparison.Ordinal) ? "WS-26-900001" : null,
                ActorId = "USR-26-rare",
                ActorType = (string?)null,
                Action = isRare ? null : "rare.event",
                From = isTimed ? 1_000_000L : name.Contains("Refused", StringComparison.Ordinal) ? 0L : (long?)null,
                To = isTimed ? 1_000_100L : name.Contains("Refused", StringComparison.Ordinal)
                    ? long.MaxValue
                    : (long?)null,
                After = 0L,
                Before = long.MaxValue,
                At = isNewest ? long.MaxValue : 0L,
                Number = 0L,
                Take = 21,
            });
            var plan = string.Join(
                '\n',
                rows.Cast<IDictionary<string, object>>()
                    .Select(row => (string)row[service.Db.IsPostgres ? "QUERY PLAN" : "detail"]));
            var skipped = Removed().Matches(plan)
                .Sum(match => long.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));

            // PostgreSQL, which knows how many rows there are, may find the filter's index without the scope enough.
            var expected = service.Db.IsPostgres
                ? $@"\b{index[..index.IndexOf('_')]}_by_\w*{index[(index.LastIndexOf('_') + 1)..]}\b"
                : $@"\b{index}\b";
            if (!Regex.IsMatch(plan, expected)
                || Regex.IsMatch(plan, @"Seq Scan on|\bSCAN [er]\b|TEMP B-TREE|\bSort\b") || skipped >= 200)
            {
                failures.Add($"{name}:\n{plan}");
            }
        }

        string.Join("\n\n", failures).Should().BeEmpty();
    }

    [Fact]
    public async Task A_time_bounds_what_an_indexed_filter_reads_where_it_has_few_events()
    {
        var (tenant, other) = await FillAsync(2_000_000);
        var (from, to) = (DateTimeOffset.FromUnixTimeMilliseconds(2_000_000),
            DateTimeOffset.FromUnixTimeMilliseconds(2_900_000));
        await using var session = service.Db.Open(ServiceFixture.RootCaller, CancellationToken.None);

        // Of the 9000 events of the time every twentieth, from the 20001st on, is the tenant's.
        var timed = new AuditFilter(tenant.Id, From: from, To: to);
        foreach (var filter in new[] { timed, timed with { Action = "type.1" }, timed with { ActorId = "USR-26-a1" } })
        {
            (await AuditLog.FindBoundsAsync(session, filter))
                .Should().Be(AuditBounds.None with { After = 2_020_000, Before = 2_028_982 });
        }

        var many = new AuditFilter(other.Id, From: DateTimeOffset.UnixEpoch, To: to);
        (await AuditLog.FindBoundsAsync(session, many with { Action = "type.1" })).Should().Be(AuditBounds.None);
        (await AuditLog.FindBoundsAsync(session, many)).Before.Should().Be(2_029_000);
    }

    // Many entries of an organization among those of others; an action, an actor and a moment that few of them have.
    private async Task<(Tenant Tenant, Tenant Other)> FillAsync(long first)
    {
        var tenant = await service.NewTenantAsync();
        var other = await service.NewTenantAsync();
        const string Numbers =
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @Rows)";
        const string Cells = """
            i * 100,
            CASE WHEN i % 20 = 1 THEN @Organization ELSE @Other END,
            'WS-26-90000' || (i % 40),
            'user',
            'USR-26-' || CASE WHEN i % 5000 = 1 THEN 'rare' ELSE 'a' || (i % 10) END,
            'workspace', 'WS-26-900001', 'fill', '{}',
            CASE WHEN i % 5000 = 1 THEN 'rare.event' ELSE 'type.' || (i % 10) END
            """;
        await service.ArrangeAsync(
            $"""
            {Numbers}
            INSERT INTO events (id, code, sequence, occurred_at, organization_code, workspace_code, actor_kind,
                                actor_id, subject_kind, subject_id, request_id, changes, type)
            SELECT @first + i, 'EVT-26-' || (@first + i), @first + i, {Cells} FROM n;
            {Numbers}
            INSERT INTO refusals (id, fault, occurred_at, organization_code, workspace_code, actor_kind, actor_id,
                                  subject_kind, subject_id, request_id, changes, action)
            SELECT @first + i, 'forbidden', {Cells} FROM n
            """,
            new { first, Rows, Organization = tenant.Id, Other = other.Id });
        if (service.Db.IsPostgres)
        {
            await using var connection = await service.Db.ConnectAsync(CancellationToken.None);
            await connection.ExecuteAsync("VACUUM ANALYZE events");
            await connection.ExecuteAsync("VACUUM ANALYZE refusals");
        }

        return (tenant, other);
    }

    [GeneratedRegex(@"Rows Removed by \w+: (\d+)")]
    private static partial Regex Removed();
}
