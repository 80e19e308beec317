using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Workspaces;

public static partial class DeleteWorkspace
{
    internal sealed class TapeEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapDelete("/v1/workspace/{workspaceNumber}", Delete)
                .WithName("tape." + nameof(DeleteWorkspace)).WithTags("Tape").WithSummary("Delete a workspace");

        private static async Task<TapeAnswer<TapeWorkspace>> Delete(
            WorkspaceNumber workspace,
            Precondition ifMatch,
            Caller caller,
            IMediator mediator,
            CancellationToken ct) =>
            Tape.Answer(
                await mediator.Send(new Command(caller, workspace.Code, IfMatch: ifMatch), ct), TapeWorkspace.Of);
    }
}
