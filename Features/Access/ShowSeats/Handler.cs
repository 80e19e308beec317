using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Access;

public static partial class ShowSeats
{
    public sealed record Query(Caller Caller, string Workspace) : IQuery<Response>;

    /// <param name="Limit">Null is unlimited.</param>
    /// <param name="Taken">Active members and pending, unexpired invitations together.</param>
    /// <param name="Pending">Those of them that invitations hold.</param>
    /// <param name="Free">Null is unlimited.</param>
    /// <example>{ "limit": 30, "taken": 16, "pending": 2, "free": 14 }</example>
    public sealed record Response(long? Limit, long Taken, long Pending, long? Free);

    private sealed class Handler(ConnectionFactory db) : QueryHandler<Query, WorkspaceAccess, Response>(db)
    {
        protected override ValueTask<Outcome<WorkspaceAccess>> FindAsync(Query query, Session session) =>
            WorkspaceAuthorization.FindAsync(session, query.Workspace, Need.Belong);

        protected override async Task<Outcome<Response>> HandleAsync(
            Query query, WorkspaceAccess workspace, Session session)
        {
            var seats = await Membership.CountSeatsAsync(session, workspace.Id);
            return new Response(seats.SeatLimit, seats.Taken, seats.Pending, seats.Free);
        }
    }
}
