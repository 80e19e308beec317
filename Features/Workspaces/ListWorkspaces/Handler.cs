using System.Globalization;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Workspaces;

public static partial class ListWorkspaces
{
    /// <param name="OrganizationId">Without it, every organization that the caller belongs to.</param>
    /// <param name="Q">Found in name or slug, without regard to case and accents.</param>
    /// <param name="Slug">Only those with this slug: one of an organization.</param>
    /// <param name="Sort">What to sort by; with <c>-</c> before it, the other way round.</param>
    public sealed record Query(
        Caller Caller,
        string? OrganizationId = null,
        string? Status = null,
        string? Type = null,
        string? Q = null,
        string Sort = "id",
        string? Cursor = null,
        int Limit = Paging.DefaultLimit,
        string? Slug = null) : IQuery<Page<WorkspaceRow>>;

    private sealed class Handler(ConnectionFactory db) : QueryHandler<Query, Page<WorkspaceRow>>(db)
    {
        protected override async Task<Outcome<Page<WorkspaceRow>>> HandleAsync(Query query, Session session)
        {
            var caller = query.Caller;
            if (IsOutOfReach(caller, query.OrganizationId))
            {
                return Faults.NotFound;
            }

            if (!caller.May(Permissions.Read))
            {
                return Faults.Forbidden;
            }

            var order = Order.Of(query.Sort);
            var organization = query.OrganizationId ?? caller.OrganizationCode;
            var binding = Cursor.Binding(
                nameof(ListWorkspaces),
                organization,
                caller.WorkspaceCode,
                query.Status,
                query.Type,
                query.Slug,
                query.Q,
                query.Sort);
            if (order.After(binding, query.Cursor) is not { } after)
            {
                return Faults.InvalidCursor;
            }

            var isAdmin = false;
            if (query.OrganizationId is { } named && caller.WorkspaceId is null)
            {
                var found = await OrganizationAuthorization.FindAsync(session, named, Need.Read);
                if (!found.Succeeded(out var access, out var fault))
                {
                    return fault;
                }

                isAdmin = access.IsAdministered;
            }

            var rows = await session.ListCachedAsync<Row>(StatementFor(caller, organization, isAdmin, order), new
            {
                caller.UserId,
                caller.WorkspaceId,
                Organization = organization,
                query.Status,
                query.Type,
                query.Slug,
                Q = SearchText.Pattern(query.Q),
                after.Key,
                after.Id,
                Take = query.Limit + 1,
                Month = Month.Of(session.Now),
            });

            return rows.Count <= query.Limit
                ? new Page<WorkspaceRow>(rows, Next: null)
                : new Page<WorkspaceRow>(rows[..query.Limit], rows[query.Limit - 1].ToCursor(binding));
        }

        private static bool IsOutOfReach(Caller caller, string? organization) => organization is not null
            && (!Codes.Is(Codes.Organization, organization)
                || (caller.OrganizationCode is { } only && only != organization));

        // An organization admin sees all of its workspaces, so the statement need not check roles.
        private static string StatementFor(Caller caller, string? organization, bool isAdmin, Order order) =>
            caller.WorkspaceId is not null ? Sql.FindOne
            : caller.Kind == CallerKind.User && !isAdmin ? order.Visible
            : organization is not null ? order.OfOrganization
            : order.All;
    }

    /// <summary>A sort order: its statements, one per scope, and its start position.</summary>
    private sealed record Order(string All, string OfOrganization, string Visible, Position Start)
    {
        // Sorts after every name, which has at most 120 characters.
        private static readonly string LastName = string.Concat(Enumerable.Repeat("\U0010FFFF", 120));

        private static readonly Position First = new(0L, 0);

        private static readonly Position FirstTime = new(long.MinValue, 0);

        private static readonly Position Last = new(long.MaxValue, long.MaxValue);

        private static readonly Dictionary<string, Order> ByName = new()
        {
            ["id"] = new(Sql.AllById, Sql.OfOrganizationById, Sql.VisibleById, First),
            ["-id"] = new(Sql.AllByIdDown, Sql.OfOrganizationByIdDown, Sql.VisibleByIdDown, Last),
            ["name"] = new(Sql.AllByName, Sql.OfOrganizationByName, Sql.VisibleByName, new("", 0)),
            ["-name"] = new(
                Sql.AllByNameDown, Sql.OfOrganizationByNameDown, Sql.VisibleByNameDown, new(LastName, long.MaxValue)),
            ["created_at"] = new(
                Sql.AllByCreated, Sql.OfOrganizationByCreated, Sql.VisibleByCreated, FirstTime),
            ["-created_at"] = new(
                Sql.AllByCreatedDown, Sql.OfOrganizationByCreatedDown, Sql.VisibleByCreatedDown, Last),
            ["updated_at"] = new(
                Sql.AllByUpdated, Sql.OfOrganizationByUpdated, Sql.VisibleByUpdated, FirstTime),
            ["-updated_at"] = new(
                Sql.AllByUpdatedDown, Sql.OfOrganizationByUpdatedDown, Sql.VisibleByUpdatedDown, Last),
        };

        public static IEnumerable<string> Names => ByName.Keys;

        public static Order Of(string sort) => ByName[sort];

        /// <summary>The row after which the page begins; null for an invalid cursor.</summary>
        public Position? After(string binding, string? cursor) =>
            cursor is null ? Start
            : Cursor.Decode(binding, cursor, 2) is [var key, var id] && Number(id) is { } number
                && (Start.Key is string ? key : (object?)Number(key)) is { } typed ? new Position(typed, number)
            : null;

        private static long? Number(string text) =>
            long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                ? number
                : null;
    }

    /// <param name="Key">The sort key: a string or a number.</param>
    private sealed record Position(object Key, long Id);

    private sealed record Row : WorkspaceRow
    {
        public long Number { get; init; }

        public string SortKey { get; init; } = "";

        public string ToCursor(string binding) =>
            Cursor.Encode(binding, SortKey, Number.ToString(CultureInfo.InvariantCulture));
    }
}
