using System.Text.Json;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>
/// The changed fields of an event: <c>[before, after]</c> each; a field whose values are equal is left out.
/// </summary>
public sealed class Changes : Dictionary<string, object?[]>
{
    public static Changes Of(string field, object? before, object? after) => new Changes().Set(field, before, after);

    public Changes Set(string field, object? before, object? after)
    {
        if (!Equals(before, after))
        {
            this[field] = [before, after];
        }

        return this;
    }
}

/// <summary>
/// The audit log: every write appends its event in its own transaction, so events and changes are committed together.
/// Events never contain secrets.
/// </summary>
public static class EventLog
{
    /// <summary>Appends an event of a workspace; actor and request id are those of the session's caller.</summary>
    /// <param name="type"><c>domain.action</c>, such as <c>workspace.created</c>.</param>
    /// <param name="subject">The changed entity: its kind, such as <c>workspace</c>, and its code.</param>
    /// <returns>The event's id.</returns>
    public static Task<string> AppendAsync(
        Session session, string type, IWorkspace workspace, (string Kind, string Id) subject, Changes changes) =>
        AppendAsync(session, type, workspace.OrganizationCode, workspace.Code, subject, changes);

    /// <summary>Appends an event; actor and request id are those of the session's caller.</summary>
    /// <param name="organization">The organization's code; null for none.</param>
    /// <param name="workspace">The workspace's code; null for none.</param>
    /// <returns>The event's id.</returns>
    public static async Task<string> AppendAsync(
        Session session,
        string type,
        string? organization,
        string? workspace,
        (string Kind, string Id) subject,
        Changes changes)
    {
        var (number, code) = await Codes.MintAsync(session, Codes.Event);
        var (kind, actor) = ActorOf(session);
        session.Announce();
        var appended = new EventRow
        {
            Id = code,
            Type = type,
            OccurredAt = session.Now,
            OrganizationId = organization,
            WorkspaceId = workspace,
            ActorKind = kind,
            ActorId = actor,
            SubjectKind = subject.Kind,
            SubjectId = subject.Id,
            RequestId = session.Caller.RequestId,
            Changes = new(Text(changes)),
        };
        if (session.Events is { } events)
        {
            events.Append(number, appended);
            return code;
        }

        // Without a sequence, which EventOrder gives it later.
        await session.ExecuteLaterAsync(Sql.Append, new
        {
            Id = number,
            Code = code,
            Type = type,
            appended.OccurredAt,
            OrganizationCode = organization,
            WorkspaceCode = workspace,
            ActorKind = kind,
            ActorId = actor,
            SubjectKind = subject.Kind,
            SubjectId = subject.Id,
            session.Caller.RequestId,
            Changes = appended.Changes.Text,
        });
        return code;
    }

    /// <summary>
    /// Appends an event of the same type and changes for each of <paramref name="subjects"/>, in two statements
    /// regardless of their number.
    /// </summary>
    /// <param name="subjects">Workspace code, kind and code of each changed entity.</param>
    public static async Task AppendManyAsync(
        Session session,
        string type,
        string? organization,
        IReadOnlyList<(string? Workspace, string Kind, string Id)> subjects,
        Changes changes)
    {
        if (subjects.Count == 0)
        {
            return;
        }

        var minted = await Codes.MintManyAsync(session, Codes.Event, subjects.Count);
        var (kind, actor) = ActorOf(session);
        session.Announce();
        var template = new EventRow
        {
            Type = type,
            OccurredAt = session.Now,
            OrganizationId = organization,
            ActorKind = kind,
            ActorId = actor,
            RequestId = session.Caller.RequestId,
            Changes = new(Text(changes)),
        };
        if (session.Events is { } events)
        {
            foreach (var ((number, code), subject) in minted.Zip(subjects))
            {
                events.Append(number, template with
                {
                    Id = code,
                    WorkspaceId = subject.Workspace,
                    SubjectKind = subject.Kind,
                    SubjectId = subject.Id,
                });
            }

            return;
        }

        var rows = minted.Zip(subjects, (number, subject) => new
        {
            id = number.Number,
            code = number.Code,
            workspace = subject.Workspace,
            kind = subject.Kind,
            subject = subject.Id,
        });
        await session.ExecuteLaterAsync(Sql.AppendMany, new
        {
            Rows = JsonRows.Serialize(rows),
            Type = type,
            template.OccurredAt,
            OrganizationCode = organization,
            ActorKind = kind,
            ActorId = actor,
            session.Caller.RequestId,
            Changes = template.Changes.Text,
        });
    }

    /// <summary>Who does what this caller does.</summary>
    internal static (string Kind, string Id) ActorOf(Caller caller)
    {
        var kind = caller.Kind switch
        {
            CallerKind.Root => "root",
            CallerKind.User => "user",
            CallerKind.System => "system",
            _ => "api_key",
        };
        return (kind, caller.UserCode ?? caller.KeyId);
    }

    private static (string Kind, string Id) ActorOf(Session session) => session.InTransaction
        ? ActorOf(session.Caller)
        : throw new InvalidOperationException("Only a transaction appends events.");

    private static string Text(Changes changes) =>
        changes.Count == 0 ? "{}" : JsonSerializer.Serialize(changes, JsonConventions.Lenient);

    private static class Sql
    {
        public const string Append = """
            INSERT INTO events (id, code, type, occurred_at, organization_code, workspace_code,
                                actor_kind, actor_id, subject_kind, subject_id, request_id, changes)
            VALUES (@Id, @Code, @Type, @OccurredAt, @OrganizationCode, @WorkspaceCode,
                    @ActorKind, @ActorId, @SubjectKind, @SubjectId, @RequestId, @Changes)
            """;

        public const string AppendMany = """
            INSERT INTO events (id, code, type, occurred_at, organization_code, workspace_code,
                                actor_kind, actor_id, subject_kind, subject_id, request_id, changes)
            SELECT CAST(value ->> 'id' AS BIGINT), value ->> 'code',
                   @Type, @OccurredAt, @OrganizationCode, value ->> 'workspace',
                   @ActorKind, @ActorId, value ->> 'kind', value ->> 'subject', @RequestId, @Changes
            FROM json_each(@Rows)
            """;
    }
}
