using MediatR;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.Operation;

public static partial class ShowLiveness
{
    public sealed record Query : IQuery<Response>;

    /// <param name="Status">live.</param>
    /// <example>{ "status": "live" }</example>
    public sealed record Response(string Status);

    private sealed class Handler : IRequestHandler<Query, Outcome<Response>>
    {
        private static readonly Task<Outcome<Response>> Live = Task.FromResult<Outcome<Response>>(new Response("live"));

        public Task<Outcome<Response>> Handle(Query query, CancellationToken ct) => Live;
    }
}
