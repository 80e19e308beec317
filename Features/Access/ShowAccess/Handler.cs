using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Access;

public static partial class ShowAccess
{
    public sealed record Query(Caller Caller, string Workspace, string? UserId, string? Role) : IQuery<AccessObject>;

    private sealed class Handler(AccessReader standings) : IRequestHandler<Query, Outcome<AccessObject>>
    {
        public async Task<Outcome<AccessObject>> Handle(Query query, CancellationToken ct)
        {
            var asked = await standings.AskAsync(query.Caller, new Pair(query.Workspace, query.UserId!), ct);
            return asked.Succeeded(out var standing, out var fault) ? AccessObject.Of(standing, query.Role!) : fault;
        }
    }
}
