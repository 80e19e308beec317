using System.Globalization;
using MediatR;
using WorkspaceService.Infrastructure;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Objects;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Integrations;

public static partial class ListIntegrations
{
    public sealed record Query(
        Caller Caller,
        string? WorkspaceId = null,
        string? OrganizationId = null,
        string? Type = null,
        string? Cursor = null,
        int Limit = 20) : IQuery<Page<IntegrationObject>>;

    private sealed class Handler(ConnectionFactory db) : IRequestHandler<Query, Outcome<Page<IntegrationObject>>>
    {
        public async Task<Outcome<Page<IntegrationObject>>> Handle(Query query, CancellationToken ct)
        {
            var binding = Cursor.Binding("integrations", query.WorkspaceId, query.OrganizationId, query.Type);
            var after = 0L;
            if (query.Cursor is { } cursor
                && !(Cursor.Decode(binding, cursor, 1) is [var last] && long.TryParse(last, CultureInfo.InvariantCulture, out after)))
            {
                return Faults.InvalidCursor;
            }

            await using var session = await db.OpenAsync(ct);
            var looked = await session.FieldOfViewAsync(query.Caller, query.WorkspaceId, query.OrganizationId, Need.Inspect(Permissions.Read));
            if (!looked.Succeeded(out var view, out var fault))
            {
                return fault;
            }

            var integrations = await session.ListAsync<IntegrationObject>(
                Statement(view.Extent),
                new { view.WorkspaceId, view.OrganizationId, query.Caller.UserId, query.Type, After = after, Take = query.Limit + 1 });
            if (integrations.Count <= query.Limit)
            {
                return new Page<IntegrationObject>(integrations, Next: null);
            }

            integrations.RemoveAt(query.Limit);
            return new Page<IntegrationObject>(integrations, Cursor.Encode(binding, integrations[^1].Number.ToString(CultureInfo.InvariantCulture)));
        }

        private static string Statement(Extent extent) => extent switch
        {
            Extent.Workspace => Sql.ListInWorkspace,
            Extent.Organization => Sql.ListInOrganization,
            Extent.Everything => Sql.ListAll,
            _ => Sql.ListByOwnRoles,
        };
    }
}
