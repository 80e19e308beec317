using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.ServiceLines;

public static partial class PauseServiceLine
{
    public sealed record Command(Caller Caller, string ServiceLine, Precondition IfMatch = default)
        : IServiceLineTransition;

    private sealed class Handler(ConnectionFactory db)
        : ServiceLineTransitionHandler<Command>(db, ServiceLineLifecycle.Paused);
}
