using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Access;

public static partial class CheckAccess
{
    // No IQuery although it reads: it has a body, so validation errors are 422 with pointers.
    public sealed record Query(Caller Caller, IReadOnlyList<Check>? Checks) : IMessage<IReadOnlyList<AccessObject>>;

    private sealed class Handler(ConnectionFactory db) : QueryHandler<Query, IReadOnlyList<AccessObject>>(db)
    {
        protected override async Task<Outcome<IReadOnlyList<AccessObject>>> HandleAsync(Query query, Session session)
        {
            var checks = query.Checks!;
            var asked = new AccessKey[checks.Count];
            for (var i = 0; i < asked.Length; i++)
            {
                asked[i] = new AccessKey(checks[i].WorkspaceId!, checks[i].UserId!);
            }

            if (!(await AccessReader.CheckAsync(session, asked)).Succeeded(out var found, out var fault))
            {
                return fault;
            }

            var answers = new AccessObject[asked.Length];
            for (var i = 0; i < answers.Length; i++)
            {
                answers[i] = AccessObject.Of(found[i], checks[i].Role!);
            }

            return answers;
        }
    }
}
