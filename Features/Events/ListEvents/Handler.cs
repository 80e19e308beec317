using System.Globalization;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
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
        int Limit = Paging.DefaultLimit) : IQuery<Page<EventObject>>;

    private static readonly Fault AfterUnknown = Fault.Parameter(
        "after", "must be the id or the sequence number of an event that you may see, or a cursor of this list.");

    private static DateTimeOffset? TimeOf(string? text) => JsonConventions.TryTime(text, out var time) ? time : null;

    // No QueryHandler: before the last page, events may need sequence numbers, which is a write, and a second read.
    private sealed class Handler(ConnectionFactory db) : IRequestHandler<Query, Outcome<Page<EventObject>>>
    {
        public async Task<Outcome<Page<EventObject>>> Handle(Query query, CancellationToken ct)
        {
            for (long? last = null; ; await EventOrder.AssignAsync(db, query.Caller, ct))
            {
                await using var session = db.Open(query.Caller, ct);

                // Read before the list: every event that has a sequence by then is in the list.
                var waiting = await EventOrder.FindWaitingAsync(session);
                last ??= waiting.Last;
                if (!(await ListAsync(session, query)).Succeeded(out var page, out var fault))
                {
                    return fault;
                }

                // Events without a sequence come after all others, so they matter for the last page only.
                if (page.Next is not null || waiting.First is null || waiting.First > last)
                {
                    return page;
                }
            }
        }

        private static async Task<Outcome<Page<EventObject>>> ListAsync(Session session, Query query)
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
            var rows = await session.ListAsync<EventRow>(statement, filters);
            return rows.ConvertAll(EventObject.Of).ToPage(query.Limit, list);
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
                var seen = await session.FindAsync<EventRow>(
                    Sql.Find, new { Id = Codes.NumberOf(after), Code = after });
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
}
