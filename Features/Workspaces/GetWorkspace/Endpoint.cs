using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Workspaces;

/// <summary>Shows one workspace with its settings and this moment's metrics.</summary>
public static partial class GetWorkspace
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/workspaces/{workspace}", Get)
                .WithName(nameof(GetWorkspace)).WithTags("Workspaces").WithSummary("Get a workspace");

        private static async Task<NativeObject<WorkspaceObject>> Get(
            string workspace, Caller caller, IMediator mediator, CancellationToken ct) =>
            Native.Object(await mediator.Send(new Query(caller, workspace), ct));
    }
}
