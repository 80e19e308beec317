using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Workspaces;

/// <summary>Brings an archived workspace back into use, with everything that was in it.</summary>
public static partial class RestoreWorkspace
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPost("/v1/workspaces/{workspace}/restore", Post)
                .WithName(nameof(RestoreWorkspace)).WithTags("Workspaces").WithSummary("Restore an archived workspace");

        private static async Task<NativeObject<WorkspaceObject>> Post(
            string workspace, Precondition ifMatch, Caller caller, IMediator mediator, CancellationToken ct) =>
            Native.Object(await mediator.Send(new Command(caller, workspace, ifMatch), ct));
    }
}
