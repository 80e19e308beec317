using System.Reflection;
using System.Text.RegularExpressions;
using Dapper;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Events;

/// <summary>Each statement of the list reads through the index of its scope and filter, and nothing beside.</summary>
public sealed partial class ListEventsPlanTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private const int Events = 30_000;

    private static readonly (string Statement, string Index)[] Plans =
    [
        ("ListAllOfType", "events_by_organization_type"),
        ("ListAllOfActor", "events_by_organization_actor"),
        ("FindBoundsOfAll", "events_by_organization_time"),
        ("ListOfOrganizationOfType", "events_by_organization_type"),
        ("ListOfOrganizationOfActor", "events_by_organization_actor"),
        ("FindBoundsOfOrganization", "events_by_organization_time"),
        ("ListOfWorkspaceOfType", "events_by_workspace"),
        ("ListOfWorkspaceOfActor", "events_by_workspace"),
        ("FindBoundsOfWorkspace", "events_by_workspace"),
        ("ListOfAdministeredOfType", "events_by_organization_type"),
        ("ListOfAdministeredOfActor", "events_by_organization_actor"),
        ("FindBoundsOfAdministered", "events_by_organization_time"),
    ];

    // Read in the order of the log, through an index that is no filter's.
    private static readonly string[] Unfiltered =
        ["ListAll", "ListOfOrganization", "ListOfWorkspace", "ListOfAdministered"];

    [Fact]
    public async Task Each_filter_has_an_index_in_each_scope()
    {
        var tenant = await FillAsync();
        var statements = typeof(EventReader).GetNestedType("Sql", BindingFlags.NonPublic)!
            .GetFields(BindingFlags.Static | BindingFlags.Public)
            .ToDictionary(field => field.Name, field => (string)field.GetRawConstantValue()!);
        statements.Keys.Where(name => Regex.IsMatch(name, "^(List(All|Of)|FindBounds)"))
            .Should().BeEquivalentTo(Plans.Select(plan => plan.Statement).Concat(Unfiltered));
        var failures = new List<string>();

        await using var connection = await service.Db.ConnectAsync(CancellationToken.None);
        foreach (var (name, index) in Plans)
        {
            var explain = service.Db.IsPostgres ? "EXPLAIN (ANALYZE, TIMING OFF)" : "EXPLAIN QUERY PLAN";
            var isTimed = name.StartsWith("FindBounds", StringComparison.Ordinal);
            var rows = await connection.QueryAsync($"{explain} {statements[name]}", new
            {
                Organization = tenant.Id,
                Workspace = "WS-26-900001",
                UserId = (await tenant.OwnerAsync()).UserId,
                Type = name.EndsWith("OfActor", StringComparison.Ordinal) ? null : "rare.event",
                ActorId = "USR-26-rare",
                From = isTimed ? DateTimeOffset.FromUnixTimeMilliseconds(1_000_000) : (DateTimeOffset?)null,
                To = isTimed ? DateTimeOffset.FromUnixTimeMilliseconds(1_000_100) : (DateTimeOffset?)null,
                After = 0L,
                Last = long.MaxValue,
                Take = 21,
            });
            var plan = string.Join(
                '\n',
                rows.Cast<IDictionary<string, object>>()
                    .Select(row => (string)row[service.Db.IsPostgres ? "QUERY PLAN" : "detail"]));
            var skipped = Removed().Matches(plan)
                .Sum(match => long.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));

            // PostgreSQL, which knows how many rows there are, may find the filter's index without the scope enough.
            var expected = service.Db.IsPostgres ? $@"\bevents_by_\w*{index[(index.LastIndexOf('_') + 1)..]}\b"
                : $@"\b{index}\b";
            var isRight = Regex.IsMatch(plan, expected)
                && !Regex.IsMatch(plan, @"Seq Scan on events|SCAN e\b") && skipped < 200
                && (Regex.IsMatch(name, "Administered|^ListAll")
                    || !plan.Contains("TEMP B-TREE", StringComparison.Ordinal));
            if (!isRight)
            {
                failures.Add($"{name}:\n{plan}");
            }
        }

        string.Join("\n\n", failures).Should().BeEmpty();
    }

    // Many events of two organizations; a type, an actor and a moment that few of them have.
    private async Task<Tenant> FillAsync()
    {
        var tenant = await service.NewTenantAsync();
        var other = await service.NewTenantAsync();
        await service.ArrangeAsync(
            """
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @Events)
            INSERT INTO events (id, code, sequence, type, occurred_at, organization_code, workspace_code, actor_kind,
                                actor_id, subject_kind, subject_id, request_id, changes)
            SELECT 1000000 + i, 'EVT-26-' || i, 1000000 + i,
                   CASE WHEN i % 5000 = 1 THEN 'rare.event' ELSE 'type.' || (i % 10) END,
                   i * 100,
                   CASE WHEN i % 2 = 1 THEN @Organization ELSE @Other END,
                   'WS-26-90000' || (i % 4),
                   'user',
                   'USR-26-' || CASE WHEN i % 5000 = 1 THEN 'rare' ELSE 'a' || (i % 10) END,
                   'workspace', 'WS-26-900001', 'fill', '{}'
            FROM n
            """,
            new { Events, Organization = tenant.Id, Other = other.Id });
        if (service.Db.IsPostgres)
        {
            await using var connection = await service.Db.ConnectAsync(CancellationToken.None);
            await connection.ExecuteAsync("VACUUM ANALYZE events");
        }

        return tenant;
    }

    [GeneratedRegex(@"Rows Removed by \w+: (\d+)")]
    private static partial Regex Removed();
}
