using MediatR;
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

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Query, Outcome<Response>>
    {
        public async Task<Outcome<Response>> Handle(Query query, CancellationToken ct)
        {
            await using var session = await db.OpenAsync(ct);
            var found = await session.WorkspaceAsync(query.Caller, query.Workspace, Need.Belong);
            if (!found.Succeeded(out var workspace, out var fault))
            {
                return fault;
            }

            var seats = await session.CountSeatsAsync(workspace.Id, clock.GetUtcNow());
            return new Response(seats.SeatLimit, seats.Taken, seats.Pending, seats.Free);
        }
    }
}
