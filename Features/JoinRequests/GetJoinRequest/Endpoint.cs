using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.JoinRequests;

/// <summary>Shows one join request to the person who asked, and to the workspace's admins.</summary>
public static partial class GetJoinRequest
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/workspaces/{workspace}/join-requests/{request}", Get)
                .WithName(nameof(GetJoinRequest)).WithTags("Join requests").WithSummary("Get a join request");

        private static async Task<NativeObject<JoinRequestObject>> Get(
            string workspace, string request, Caller caller, IMediator mediator, CancellationToken ct) =>
            Native.Object(await mediator.Send(new Query(caller, workspace, request), ct));
    }
}
