using MediatR;
using WorkspaceService.Infrastructure.Hosting;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Workspaces;

/// <summary>Removes a workspace with everything in it, for good; only its events stay, and its slug is free again.</summary>
public static partial class DeleteWorkspace
{
    internal sealed class Endpoint : IEndpoint
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapDelete("/v1/workspaces/{workspace}", Delete)
                .WithName(nameof(DeleteWorkspace)).WithTags("Workspaces").WithSummary("Delete a workspace");

        private static async Task<NativeNothing> Delete(
            string workspace, bool? force, Precondition ifMatch, Caller caller, IMediator mediator, CancellationToken ct)
        {
            var outcome = await mediator.Send(new Command(caller, workspace, force ?? false, ifMatch), ct);
            return Native.Nothing(outcome.Match<Outcome<Done>>(_ => Done.It, fault => fault));
        }
    }
}
