using MediatR;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.Operation;

public static partial class ShowReadiness
{
    public sealed record Query : IQuery<Response>;

    /// <param name="Status">ready.</param>
    /// <example>{ "status": "ready" }</example>
    public sealed record Response(string Status);

    private sealed class Handler(DatabaseProbe database, IHostApplicationLifetime service)
        : IRequestHandler<Query, Outcome<Response>>
    {
        public async Task<Outcome<Response>> Handle(Query query, CancellationToken ct) =>
            !service.ApplicationStopping.IsCancellationRequested && await database.AnswersAsync(ct)
                ? new Response("ready")
                : Faults.Unavailable;
    }
}
