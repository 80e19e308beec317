using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.ServiceLines;

public static partial class GetServiceLine
{
    public sealed record Query(Caller Caller, string ServiceLine) : IQuery<Versioned<ServiceLineObject>>;

    private sealed class Handler(ConnectionFactory db)
        : QueryHandler<Query, ServiceLineAccess, Versioned<ServiceLineObject>>(db)
    {
        protected override ValueTask<Outcome<ServiceLineAccess>> FindAsync(Query query, Session session) =>
            ServiceLineAuthorization.FindAsync(session, query.ServiceLine, Need.Belong);

        protected override async Task<Outcome<Versioned<ServiceLineObject>>> HandleAsync(
            Query query, ServiceLineAccess line, Session session) =>
            await ServiceLineObject.ReadAsync(session, line.Id);
    }
}
