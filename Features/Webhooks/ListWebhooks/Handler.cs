using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Webhooks;

public static partial class ListWebhooks
{
    /// <param name="WorkspaceId">Only webhooks that send the events of this workspace alone.</param>
    public sealed record Query(
        Caller Caller,
        string? OrganizationId = null,
        string? WorkspaceId = null,
        string? Status = null,
        string? Cursor = null,
        int Limit = Paging.DefaultLimit) : IListQuery<WebhookObject>;

    private sealed class Handler(ConnectionFactory db) : ListHandler<Query, Scope, WebhookObject>(db)
    {
        protected override async ValueTask<Outcome<Scope>> FindAsync(Query query, Session session)
        {
            var caller = query.Caller;
            var workspace = query.WorkspaceId ?? caller.WorkspaceCode;
            if ((query.OrganizationId ?? caller.OrganizationCode) is { } organization)
            {
                return (await WebhookAuthorization.ReachAsync(session, organization, workspace, writes: false))
                    .Then<Scope>(found => new Scope(found.Id, workspace));
            }

            return new Scope(null, workspace);
        }

        protected override Task<List<WebhookObject>> ListAsync(
            Query query, Scope scope, PageRequest page, Session session)
        {
            var statement = scope.OrganizationId is not null ? Sql.ListOfOrganization
                : query.Caller.IsRoot ? Sql.ListAll
                : Sql.ListOfAdministered;
            return session.ListAsync<WebhookObject>(statement, new
            {
                scope.OrganizationId,
                scope.WorkspaceCode,
                query.Caller.UserId,
                query.Status,
                page.After,
                page.Take,
            });
        }
    }

    /// <param name="OrganizationId">Null for all that the caller administers.</param>
    private sealed record Scope(long? OrganizationId, string? WorkspaceCode);
}
