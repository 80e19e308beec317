using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Search;

public static partial class SearchConsole
{
    /// <param name="Text">A code, the id of a request, or anything else.</param>
    public sealed record Query(Caller Caller, string Text) : IQuery<Response>;

    /// <param name="Found">What the text is the code of; null where it is none, or nothing that may be seen.</param>
    /// <param name="Entries">The entries of the audit log that the text is the id, or the request, of.</param>
    /// <param name="Organizations">How many organizations they were looked for in; null for all of the service.</param>
    public sealed record Response(
        Thing? Found, IReadOnlyList<AuditEntryObject> Entries, bool HasLooked = false, int? Organizations = null)
    {
        internal static readonly Response Nothing = new(null, []);
    }

    /// <summary>Something with a code, which its own page shows to those who may see it.</summary>
    /// <param name="Within">Its workspace, or a delivery's webhook, where its page is among theirs.</param>
    public sealed record Thing(string Kind, string Id, string? Within = null);

    /// <summary>How many events, and how many refusals, one search for a request reads at most.</summary>
    public const int Among = 50_000;

    private const int ShortestRequestId = 6;

    private const int LongestRequestId = 128;

    private const int MostOrganizations = 50;

    private static readonly (string Prefix, string Kind)[] WithPages =
    [
        (Codes.Organization, "organization"),
        (Codes.User, "user"),
        (Codes.Workspace, "workspace"),
        (Codes.ServiceLine, "service_line"),
        (Codes.ApiKey, "api_key"),
        (Codes.Webhook, "webhook"),
    ];

    private static readonly Need Inspecting = Need.Inspect(Permissions.Read);

    // As the service makes or takes them; a word without a digit is somebody's name rather.
    private static bool IsRequestId(string text) =>
        text.Length is >= ShortestRequestId and <= LongestRequestId
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or ':' or '-')
        && text.Any(char.IsAsciiDigit);

    // No QueryHandler: committed events may need sequence numbers first, which is a write.
    private sealed class Handler(ConnectionFactory db) : IRequestHandler<Query, Outcome<Response>>
    {
        public async Task<Outcome<Response>> Handle(Query query, CancellationToken ct)
        {
            var text = query.Text;
            var code = text.StartsWith(Codes.ApiKey + "_", StringComparison.OrdinalIgnoreCase)
                ? text.ToLowerInvariant()
                : text.ToUpperInvariant();
            if (Array.Find(WithPages, its => Codes.Is(its.Prefix, code)) is { Kind: { } kind })
            {
                return new Response(new Thing(kind, code), []);
            }

            if (!IsRequestId(text))
            {
                return Response.Nothing;
            }

            await EventOrder.AssignAllAsync(db, query.Caller, ct);
            await using var session = db.Open(query.Caller, ct);
            return await FindInsideAsync(session, code) is { } inside ? new Response(inside, [])
                : Codes.Is(Codes.Event, code) || Codes.Is(Codes.Refusal, code) ? await FindEntryAsync(session, code)
                : await FindRequestAsync(session, text);
        }

        // Where somebody sees it who may; to others it is not there.
        private static async Task<Thing?> FindInsideAsync(Session session, string code)
        {
            if (Codes.Is(Codes.Invitation, code))
            {
                return await session.ScalarAsync<string?>(Sql.FindWorkspaceOfInvitation, new { Code = code }) is { } its
                    && IsSeen(await InvitationAuthorization.FindAsync(session, its, code, Inspecting))
                        ? new Thing("invitation", code, its)
                        : null;
            }

            if (Codes.Is(Codes.JoinRequest, code))
            {
                return await session.ScalarAsync<string?>(Sql.FindWorkspaceOfRequest, new { Code = code }) is { } its
                    && IsSeen(await JoinRequestAuthorization.FindAsync(session, its, code, Inspecting))
                        ? new Thing("join_request", code, its)
                        : null;
            }

            if (Codes.Is(Codes.Integration, code))
            {
                var found = await IntegrationAuthorization.FindAsync(session, code, Inspecting);
                return found.Match(its => new Thing("integration", code, its.WorkspaceCode), _ => null!);
            }

            return Codes.Is(Codes.Delivery, code)
                && await session.ScalarAsync<string?>(Sql.FindWebhookOfDelivery, new { Code = code }) is { } webhook
                && IsSeen(await WebhookAuthorization.FindDeliveryAsync(session, webhook, code))
                    ? new Thing("delivery", code, webhook)
                    : null;
        }

        private static async Task<Response> FindEntryAsync(Session session, string code)
        {
            var isEvent = Codes.Is(Codes.Event, code);
            var row = isEvent
                ? await EventReader.FindAsync(session, code)
                : await AuditLog.FindRefusalAsync(session, Codes.NumberOf(code));
            return row?.Id == code
                && (await EventScope.FindAsync(session, row.OrganizationId, null)).Succeeded(out var scope, out _)
                && scope.Covers(row.OrganizationId, row.WorkspaceId)
                    ? new Response(null, [AuditEntryObject.Of(row as AuditEntry ?? AuditEntry.Of(row))])
                    : Response.Nothing;
        }

        private static async Task<Response> FindRequestAsync(Session session, string request)
        {
            if (!(await EventScope.FindAsync(session, null, null)).Succeeded(out var scope, out _))
            {
                return Response.Nothing;
            }

            var organizations = scope.Organizations?.Take(MostOrganizations).ToList();
            var rows = new List<AuditEntry>();
            foreach (var organization in organizations ?? [null!])
            {
                rows.AddRange(await AuditLog.FindRequestAsync(
                    session, organization, request, Among / (organizations?.Count ?? 1)));
            }

            var entries = rows.Where(row => scope.Covers(row.OrganizationId, row.WorkspaceId))
                .OrderByDescending(row => row.OccurredAt);
            return new Response(
                null, [.. entries.Select(AuditEntryObject.Of)], HasLooked: true, organizations?.Count);
        }

        private static bool IsSeen<T>(Outcome<T> found) => found.Succeeded(out _, out _);
    }
}
