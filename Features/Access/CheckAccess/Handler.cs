using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Access;

public static partial class CheckAccess
{
    // It reads, but what it reads comes in a body: what its validator refuses is 422 with pointers.
    public sealed record Query(Caller Caller, IReadOnlyList<Check>? Checks) : IRequest<Outcome<IReadOnlyList<AccessObject>>>;

    private sealed class Handler(AccessReader standings) : IRequestHandler<Query, Outcome<IReadOnlyList<AccessObject>>>
    {
        public async Task<Outcome<IReadOnlyList<AccessObject>>> Handle(Query query, CancellationToken ct)
        {
            var checks = query.Checks!;
            var pairs = new Pair[checks.Count];
            for (var i = 0; i < pairs.Length; i++)
            {
                pairs[i] = new Pair(checks[i].WorkspaceId!, checks[i].UserId!);
            }

            if (!(await standings.AskAsync(query.Caller, pairs, ct)).Succeeded(out var found, out var fault))
            {
                return fault;
            }

            var answers = new AccessObject[pairs.Length];
            for (var i = 0; i < answers.Length; i++)
            {
                answers[i] = AccessObject.Of(found[i], checks[i].Role!);
            }

            return answers;
        }
    }
}
