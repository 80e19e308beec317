using System.Globalization;
using MediatR;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Postgres;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Events;

public static partial class ListEvents
{
    /// <param name="OrganizationId">Null for all that the caller may audit.</param>
    /// <param name="WorkspaceId">May be deleted by now: events outlive what they speak of.</param>
    /// <param name="From">RFC 3339; events of this moment are in.</param>
    /// <param name="To">RFC 3339; events of this moment are out.</param>
    /// <param name="After">
    /// The id or the sequence number of an event, or a cursor; the page begins with the next one.
    /// </param>
    public sealed record Query(
        Caller Caller,
        string? OrganizationId = null,
        string? WorkspaceId = null,
        string? Type = null,
        string? ActorId = null,
        string? From = null,
        string? To = null,
        string? After = null,
        string? Cursor = null,
        int Limit = Paging.DefaultLimit) : IQuery<Page<Response>>;

    /// <param name="Sequence">
    /// The order of events: whoever has seen one with this number has been able to see all before it.
    /// </param>
    /// <param name="Actor">kind root, user or api_key; the user's id, or the key's.</param>
    /// <param name="Subject">What was changed.</param>
    /// <param name="Changes">For each changed field, what it was before and after.</param>
    /// <example>
    /// {
    ///   "id": "EVT-26-000317",
    ///   "sequence": 317,
    ///   "type": "workspace.updated",
    ///   "occurred_at": "2026-04-01T09:00:00Z",
    ///   "organization_id": "ORG-26-090500",
    ///   "workspace_id": "WS-26-000021",
    ///   "actor": { "kind": "user", "id": "USR-26-000044" },
    ///   "subject": { "kind": "workspace", "id": "WS-26-000021" },
    ///   "request_id": "req_01993f1c5a7d7f3e8f0e6d1c2b3a4958",
    ///   "changes": { "name": ["Platform Engineering", "Platform &amp; Infrastructure Engineering"] }
    /// }
    /// </example>
    public sealed record Response(
        string Id,
        long Sequence,
        string Type,
        DateTimeOffset OccurredAt,
        string? OrganizationId,
        string? WorkspaceId,
        Reference Actor,
        Reference Subject,
        string RequestId,
        RawJson Changes) : INumbered
    {
        long INumbered.Number => Sequence;
    }

    public sealed record Reference(string Kind, string Id);

    private static readonly Fault AfterUnknown = Fault.Parameter(
        "after", "must be the id or the sequence number of an event that you may see, or a cursor of this list.");

    private static DateTimeOffset? TimeOf(string? text) => JsonConventions.TryTime(text, out var time) ? time : null;

    // No QueryHandler: before the last page, events may need sequence numbers, which is a write, and a second read.
    private sealed class Handler(ConnectionFactory db) : IRequestHandler<Query, Outcome<Page<Response>>>
    {
        public async Task<Outcome<Page<Response>>> Handle(Query query, CancellationToken ct)
        {
            for (long? last = null; ; await NumberAsync(query.Caller, ct))
            {
                await using var session = db.Open(query.Caller, ct);

                // Read before the list: every event that has a sequence by then is in the list.
                var unnumbered = session.CommitsInOrder
                    ? new()
                    : (await session.FindAsync<Unnumbered>(Sql.FindUnnumbered))!;
                last ??= unnumbered.Last;
                if (!(await ListAsync(session, query)).Succeeded(out var page, out var fault))
                {
                    return fault;
                }

                // Events without a sequence come after all others, so they matter for the last page only.
                if (page.Next is not null || unnumbered.First is null || unnumbered.First > last)
                {
                    return page;
                }
            }
        }

        // Ids are allocated before the commit, and transactions commit in another order. Sequences are therefore
        // assigned afterwards, to committed events only: a reader that sees one sequence sees all lower ones.
        private Task<Outcome<Done>> NumberAsync(Caller caller, CancellationToken ct) =>
            db.TransactAsync<Done>(
                caller,
                async session =>
                {
                    await WriteLocks.EventOrderAsync(session);
                    await session.ExecuteAsync(Sql.NumberPostgres);
                    return Done.It;
                },
                ct);

        private static async Task<Outcome<Page<Response>>> ListAsync(Session session, Query query)
        {
            if (!(await ScopeAsync(session, query)).Succeeded(out var scope, out var fault))
            {
                return fault;
            }

            // The cursor is not bound to After, which only sets the start of the first page.
            var list = query with { After = null };
            if (!Paging.After(list, query.Cursor).Succeeded(out var shown, out var damaged))
            {
                return damaged;
            }

            if (await AfterAsync(session, scope, list, query.After) is not { } after)
            {
                return AfterUnknown;
            }

            var statements = StatementsFor(scope);
            var filters = new Filters
            {
                Workspace = scope.Workspace,
                Organization = scope.Organizations?[0],
                UserId = query.Caller.UserId,
                Type = query.Type,
                ActorId = query.ActorId,
                From = TimeOf(query.From),
                To = TimeOf(query.To),
                After = Math.Max(after, shown),
                Take = query.Limit + 1,
            };

            // Events are all but sorted by time, so the ones in question lie close together; a page that goes on does
            // so among them already.
            if (query is { Type: null, ActorId: null }
                && (filters.To is not null || (filters.From is not null && filters.After == 0)))
            {
                var range = (await session.FindAsync<Range>(statements.Bounds, filters with
                {
                    From = filters.From ?? DateTimeOffset.UnixEpoch,
                    To = filters.To ?? DateTimeOffset.MaxValue,
                }))!;
                filters = filters with { After = (range.First - 1) ?? filters.After, Last = range.Last ?? 0 };
            }

            var statement = query.ActorId is not null ? statements.OfActor
                : query.Type is not null ? statements.OfType
                : statements.Any;
            var rows = await session.ListAsync<Row>(statement, filters);
            return rows.ConvertAll(row => row.ToResponse()).ToPage(query.Limit, list);
        }

        private static Statements StatementsFor(Scope scope) => scope switch
        {
            { Workspace: not null } => new(
                Sql.ListOfWorkspace,
                Sql.ListOfWorkspaceOfType,
                Sql.ListOfWorkspaceOfActor,
                Sql.FindBoundsOfWorkspace),
            { Organizations: null } => new(
                Sql.ListAll, Sql.ListAllOfType, Sql.ListAllOfActor, Sql.FindBoundsOfAll),
            { Organizations: [_] } => new(
                Sql.ListOfOrganization,
                Sql.ListOfOrganizationOfType,
                Sql.ListOfOrganizationOfActor,
                Sql.FindBoundsOfOrganization),
            _ => new(
                Sql.ListOfAdministered,
                Sql.ListOfAdministeredOfType,
                Sql.ListOfAdministeredOfActor,
                Sql.FindBoundsOfAdministered),
        };

        private static async Task<Outcome<Scope>> ScopeAsync(Session session, Query query)
        {
            var caller = query.Caller;
            Scope? organization = null;
            if ((query.OrganizationId ?? (caller.WorkspaceId is null ? caller.OrganizationCode : null)) is { } code)
            {
                var found = await OrganizationAuthorization.FindAsync(session, code, Auditing);
                if (!found.Succeeded(out var named, out var fault))
                {
                    return fault;
                }

                organization = new Scope([named.Code], null);
            }

            if ((query.WorkspaceId ?? caller.WorkspaceCode) is { } workspaceCode)
            {
                return (await WorkspaceAsync(session, workspaceCode)).Then<Scope>(workspace =>
                    organization?.Covers(workspace.Organizations![0], null) == false ? Faults.NotFound : workspace);
            }

            if (organization is not null || caller.IsRoot)
            {
                return organization ?? new Scope(null, null);
            }

            var administered = await session.ListAsync<string>(Sql.ListAdministered, new { caller.UserId });
            return administered.Count == 0 ? Faults.Forbidden : new Scope(administered, null);
        }

        private static async Task<Outcome<Scope>> WorkspaceAsync(Session session, string code)
        {
            var need = Auditing with { OfOrganization = !session.Caller.IsService };
            var found = await WorkspaceAuthorization.FindAsync(session, code, need);
            if (found.Succeeded(out var workspace, out var fault))
            {
                return new Scope([workspace.OrganizationCode], workspace.Code);
            }

            // A deleted workspace exists in its events only; visible to callers that may audit its organization.
            return fault == Faults.NotFound && Codes.Is(Codes.Workspace, code)
                && await session.ScalarAsync<string?>(
                    Sql.FindOrganizationOfWorkspace, new { Workspace = code }) is { } organization
                && (await OrganizationAuthorization.FindAsync(session, organization, Auditing)).Succeeded(out _, out _)
                    ? new Scope([organization], code)
                    : fault;
        }

        private static async Task<long?> AfterAsync(Session session, Scope scope, Query list, string? after)
        {
            if (after is null)
            {
                return 0;
            }

            if (long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
            {
                return sequence;
            }

            if (Codes.Is(Codes.Event, after))
            {
                var seen = await session.FindAsync<Row>(Sql.Find, new { Id = Codes.NumberOf(after), Code = after });
                return seen is not null && scope.Covers(seen.OrganizationId, seen.WorkspaceId) ? seen.Sequence : null;
            }

            return Paging.After(list, after).Match(shown => shown, _ => (long?)null);
        }

        private static readonly Need Auditing = Need.Inspect(Permissions.AuditRead);
    }

    /// <param name="Organizations">Null for all.</param>
    private sealed record Scope(IReadOnlyList<string>? Organizations, string? Workspace)
    {
        public bool Covers(string? organization, string? workspace) =>
            (Organizations is null || Organizations.Contains(organization))
            && (Workspace is null || Workspace == workspace);
    }

    /// <summary>The statements of one scope: by the filter that an index serves.</summary>
    private sealed record Statements(string Any, string OfType, string OfActor, string Bounds);

    private sealed record Filters
    {
        public string? Workspace { get; init; }

        public string? Organization { get; init; }

        public long? UserId { get; init; }

        public string? Type { get; init; }

        public string? ActorId { get; init; }

        public DateTimeOffset? From { get; init; }

        public DateTimeOffset? To { get; init; }

        public long After { get; init; }

        public long Last { get; init; } = long.MaxValue;

        public int Take { get; init; }
    }

    /// <summary>The lowest and the highest sequence of the events of a time; null for none.</summary>
    private sealed record Range
    {
        public long? First { get; init; }

        public long? Last { get; init; }
    }

    /// <summary>The lowest and the highest id of the events without a sequence.</summary>
    private sealed record Unnumbered
    {
        public long? First { get; init; }

        public long? Last { get; init; }
    }

    private sealed record Row
    {
        public string Id { get; init; } = "";

        public long? Sequence { get; init; }

        public string Type { get; init; } = "";

        public DateTimeOffset OccurredAt { get; init; }

        public string? OrganizationId { get; init; }

        public string? WorkspaceId { get; init; }

        public string ActorKind { get; init; } = "";

        public string ActorId { get; init; } = "";

        public string SubjectKind { get; init; } = "";

        public string SubjectId { get; init; } = "";

        public string RequestId { get; init; } = "";

        public RawJson Changes { get; init; }

        public Response ToResponse() => new(
            Id,
            Sequence!.Value,
            Type,
            OccurredAt,
            OrganizationId,
            WorkspaceId,
            new(ActorKind, ActorId),
            new(SubjectKind, SubjectId),
            RequestId,
            Changes);
    }
}
