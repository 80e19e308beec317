using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Workspaces;

/// <summary>
/// Removes a workspace with everything in it, for good; only its events stay, and its slug is free again.
/// </summary>
public static partial class DeleteWorkspace
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapDelete("/v1/workspaces/{workspace}", Delete)
                .WithName(nameof(DeleteWorkspace)).WithTags("Workspaces").WithSummary("Delete a workspace");

        private static async Task<NativeNothing> Delete(
            string workspace,
            bool? force,
            Precondition ifMatch,
            Caller caller,
            IMediator mediator,
            CancellationToken ct)
        {
            var command = new Command(caller, workspace, force ?? false, ifMatch);
            return Native.Nothing((await mediator.Send(command, ct)).ToDone());
        }
    }
}
