using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Members;

public static partial class GetMember
{
    public sealed record Query(Caller Caller, string Workspace, string User) : IQuery<Versioned<MemberObject>>;

    private sealed class Handler(ConnectionFactory db) : IRequestHandler<Query, Outcome<Versioned<MemberObject>>>
    {
        public async Task<Outcome<Versioned<MemberObject>>> Handle(Query query, CancellationToken ct)
        {
            await using var session = await db.OpenAsync(ct);
            var found = await session.WorkspaceAsync(query.Caller, query.Workspace, Need.Belong);
            if (!found.Succeeded(out var workspace, out var fault))
            {
                return fault;
            }

            var asked = new { WorkspaceId = workspace.Id, workspace.OrganizationId, query.User };
            if (!Codes.Is(Codes.User, query.User) || await session.FindAsync<MemberObject>(Sql.Find, asked) is not { } member)
            {
                return Faults.NotFound;
            }

            return new Versioned<MemberObject>(member.SeenBy(query.Caller), member.Version);
        }
    }
}
