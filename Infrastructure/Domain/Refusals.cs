using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Postgres;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>A request that was refused, or the number of those that could not be written.</summary>
/// <param name="Action">The operation's id.</param>
/// <param name="Fault">The fault's code.</param>
/// <param name="Actor">The kind and the code of the caller: of its user, or of its key.</param>
/// <param name="Changes">JSON.</param>
public sealed record Refusal(
    string Organization,
    string? Workspace,
    string Action,
    string? Fault,
    DateTimeOffset OccurredAt,
    (string Kind, string Id) Actor,
    (string Kind, string Id) Subject,
    string RequestId,
    string Changes = "{}");

/// <summary>The refusals in the audit log; see <see cref="AuditLog"/>.</summary>
public static class Refusals
{
    /// <summary>How long they are kept, where the configuration does not say.</summary>
    public static readonly TimeSpan DefaultRetention = TimeSpan.FromDays(90);

    private const int PurgeBatch = 1000;

    /// <summary>Writes them in the order that they are given in.</summary>
    public static async Task AppendAsync(Session session, IReadOnlyList<Refusal> refusals)
    {
        await WriteLocks.SharedServiceAsync(session);
        var numbers = await Codes.MintManyAsync(session, Codes.Refusal, refusals.Count);
        var rows = refusals.Zip(numbers, (refusal, number) => new
        {
            id = number.Number,
            organization = refusal.Organization,
            workspace = refusal.Workspace,
            action = refusal.Action,
            fault = refusal.Fault,
            at = refusal.OccurredAt.ToUnixTimeMilliseconds(),
            actor_kind = refusal.Actor.Kind,
            actor = refusal.Actor.Id,
            subject_kind = refusal.Subject.Kind,
            subject = refusal.Subject.Id,
            request = refusal.RequestId,
            changes = refusal.Changes,
        });
        await session.ExecuteLaterAsync(Sql.Append, new { Rows = JsonRows.Serialize(rows) });
    }

    /// <summary>Deletes those before a time.</summary>
    public static async Task PurgeAsync(ConnectionFactory db, DateTimeOffset before, CancellationToken ct)
    {
        var row = new { Before = before, Take = PurgeBatch };
        while (await db.CleanUpAsync(Sql.DeleteOld, row, ct) == PurgeBatch)
        {
        }
    }

    private static class Sql
    {
        public const string Append = """
            INSERT INTO refusals (id, organization_code, workspace_code, action, fault, occurred_at, actor_kind,
                                  actor_id, subject_kind, subject_id, request_id, changes)
            SELECT CAST(value ->> 'id' AS BIGINT), value ->> 'organization', value ->> 'workspace', value ->> 'action',
                   value ->> 'fault', CAST(value ->> 'at' AS BIGINT), value ->> 'actor_kind', value ->> 'actor',
                   value ->> 'subject_kind', value ->> 'subject', value ->> 'request', value ->> 'changes'
            FROM json_each(@Rows)
            """;

        public const string DeleteOld = """
            DELETE FROM refusals
            WHERE id IN (
                SELECT id FROM refusals WHERE occurred_at < @Before ORDER BY occurred_at LIMIT @Take)
            """;
    }
}
