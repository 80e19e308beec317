using System.Reflection;
using System.Text.RegularExpressions;
using Dapper;
using WorkspaceService.Features.Webhooks;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Dispatch;

/// <summary>
/// With many events and deliveries each statement finds its rows through an index and reads no other: the dispatcher
/// asks all the time.
/// </summary>
public sealed partial class WebhookPlanTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private const int Rows = 100_000;

    // The index of the large table that it reads; null where that is the primary key. Both databases name it alike.
    private static readonly (Type Of, string Statement, string? Index)[] Plans =
    [
        (typeof(WebhookStore), "Fingerprint", null),
        (typeof(WebhookStore), "ListEnabled", null),
        (typeof(WebhookStore), "Find", null),
        (typeof(WebhookStore), "Follow", null),
        (typeof(WebhookStore), "FindLast", null),
        (typeof(WebhookStore), "ListDueWebhooks", "webhook_deliveries_due"),
        (typeof(WebhookStore), "ListDue", "webhook_deliveries_due"),
        (typeof(WebhookStore), "FindNextDue", "webhook_deliveries_due"),
        (typeof(WebhookStore), "FindOldest", "webhook_deliveries_undelivered"),
        (typeof(WebhookStore), "FindReplay", null),
        (typeof(WebhookStore), "ListOfOrganization", null),
        (typeof(WebhookStore), "ListOfWorkspace", null),
        (typeof(WebhookStore), "Move", null),
        (typeof(WebhookStore), "MoveReplay", null),
        (typeof(WebhookStore), "EndReplay", null),
        (typeof(WebhookStore), "Insert", null),
        (typeof(WebhookStore), "SaveTries", null),
        (typeof(WebhookStore), "DeleteEnded", "webhook_deliveries_ended"),
        (typeof(WebhookStore), "DeleteOfDeleted", "webhook_deliveries_\\w+"),
        (typeof(WebhookStore), "DeleteReplays", null),
        (typeof(WebhookStore), "DeleteDeleted", "webhook_deliveries_\\w+"),
        (typeof(WebhookStore), "SetWorking", null),
        (typeof(WebhookStore), "SetFailing", null),
        (typeof(WebhookStore), "Disable", null),
        (typeof(WebhookAuthorization), "FindDelivery", null),
        (typeof(RetryWebhookDelivery), "Retry", null),
        (typeof(ListWebhookDeliveries), "List", "webhook_deliveries_by_webhook"),
        (typeof(ListWebhookDeliveries), "ListOfEvent", "webhook_deliveries_by_event"),
        (typeof(ListWebhookDeliveries), "ListDelivered", "webhook_deliveries_by_webhook"),
        (typeof(ListWebhookDeliveries), "ListUndelivered", "webhook_deliveries_undelivered"),
    ];

    [Fact]
    public async Task Each_statement_reads_through_an_index()
    {
        await FillAsync();
        foreach (var of in Plans.Select(plan => plan.Of).Distinct().Except([typeof(WebhookAuthorization)]))
        {
            StatementsOf(of).Keys.Should().BeEquivalentTo(
                Plans.Where(plan => plan.Of == of).Select(plan => plan.Statement));
        }

        var failures = new List<string>();
        await using var connection = await service.Db.ConnectAsync(CancellationToken.None);
        foreach (var (of, name, index) in Plans)
        {
            var explain = service.Db.IsPostgres ? "EXPLAIN" : "EXPLAIN QUERY PLAN";
            var rows = await connection.QueryAsync($"{explain} {StatementsOf(of)[name]}", new
            {
                Id = 1000007L,
                Number = 1000007L,
                WebhookId = 1000007L,
                Code = "DLV-26-1000007",
                OrganizationCode = "ORG-26-900001",
                WorkspaceCode = "WS-26-900001",
                EventId = "EVT-26-1000007",
                Status = "failed",
                Url = "https://hooks.example.com/",
                IsGone = 0,
                Limit = DateTimeOffset.FromUnixTimeMilliseconds(1_000_000),
                Now = DateTimeOffset.FromUnixTimeMilliseconds(1_000_000),
                At = DateTimeOffset.FromUnixTimeMilliseconds(1_000_000),
                Before = DateTimeOffset.FromUnixTimeMilliseconds(1_000_000),
                Rows = """
                    [{"id":1000007,"code":"x","number":1000007,"event":"x","type":"x","status":"delivered","round":0,
                      "next":null,"ended":1,"attempts":"[]","version":1}]
                    """,
                Seen = 1_090_000L,
                After = 1_050_000L,
                From = 1L,
                To = 2L,
                Last = long.MaxValue,
                Take = 21,
            });
            var plan = string.Join(
                '\n',
                rows.Cast<IDictionary<string, object>>()
                    .Select(row => (string)row[service.Db.IsPostgres ? "QUERY PLAN" : "detail"]));
            if (Scan().IsMatch(plan) || (index is not null && !Regex.IsMatch(plan, $@"\b{index}\b")))
            {
                failures.Add($"{name}:\n{plan}");
            }
        }

        string.Join("\n\n", failures).Should().BeEmpty();
    }

    private static Dictionary<string, string> StatementsOf(Type type) =>
        type.GetNestedType("Sql", BindingFlags.NonPublic)!.GetFields(BindingFlags.Static | BindingFlags.Public)
            .ToDictionary(field => field.Name, field => (string)field.GetRawConstantValue()!);

    // Two hundred webhooks: of their deliveries one in fifty waits for a try in the far future, one has failed.
    private async Task FillAsync()
    {
        await service.NewTenantAsync();
        await service.ArrangeAsync(
            """
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @Rows)
            INSERT INTO events (id, code, sequence, type, occurred_at, organization_code, workspace_code, actor_kind,
                                actor_id, subject_kind, subject_id, request_id, changes, previous_hash, hash)
            SELECT 1000000 + i, 'EVT-26-' || (1000000 + i), 1000000 + i, 'member.added', i * 100,
                   'ORG-26-90000' || (i % 4), 'WS-26-90000' || (i % 8), 'user', 'USR-26-1', 'workspace',
                   'WS-26-900001', 'fill', '{}', '', ''
            FROM n
            """,
            new { Rows });
        await service.ArrangeAsync(
            """
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
            INSERT INTO webhooks (id, code, organization_id, organization_code, url, events, status, secret,
                                  position, version, created_at)
            SELECT 1000000 + i, 'WHK-26-' || (1000000 + i), o.id, 'ORG-26-900001', 'https://hooks.example.com/', '*',
                   CASE WHEN i % 50 = 0 THEN 'deleted' ELSE 'enabled' END, 'whsec_AAAA',
                   CASE WHEN i % 2 = 0 THEN 9000000000000000000 END, 1, 1
            FROM n, (SELECT MIN(id) AS id FROM organizations) o;
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @Rows)
            INSERT INTO webhook_deliveries (id, code, webhook_id, event_id, event_code, event_type, status, round,
                                            next_attempt_at, attempts, ended_at, version)
            SELECT 1000000 + i, 'DLV-26-' || (1000000 + i), 1000001 + (i % 200), 1000000 + i,
                   'EVT-26-' || (1000000 + i), 'member.added',
                   CASE i / 200 % 50 WHEN 0 THEN 'pending' WHEN 1 THEN 'failed' ELSE 'delivered' END, 0,
                   CASE WHEN i / 200 % 50 = 0 THEN 4102444800000 END, '[]',
                   CASE WHEN i / 200 % 50 <> 0 THEN i * 100 END, 1
            FROM n;
            """,
            new { Rows });
        if (service.Db.IsPostgres)
        {
            await using var connection = await service.Db.ConnectAsync(CancellationToken.None);
            await connection.ExecuteAsync("VACUUM ANALYZE events");
            await connection.ExecuteAsync("VACUUM ANALYZE webhook_deliveries");
            await connection.ExecuteAsync("VACUUM ANALYZE webhooks");
        }
    }

    // Of events or deliveries; SQLite calls a walk through an index in its order a scan too, which reads what it needs.
    [GeneratedRegex(@"Seq Scan on (events|webhook_deliveries)|SCAN (d|e|x|events|webhook_deliveries)\b(?! USING)")]
    private static partial Regex Scan();
}
