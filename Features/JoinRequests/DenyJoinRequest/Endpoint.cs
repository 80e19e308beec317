using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.JoinRequests;

/// <summary>Turns down a request to join a workspace; the person may ask again.</summary>
public static partial class DenyJoinRequest
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPost("/v1/workspaces/{workspace}/join-requests/{request}/deny", Post)
                .WithName(nameof(DenyJoinRequest)).WithTags("Join requests").WithSummary("Deny a join request");

        private static async Task<NativeObject<JoinRequestObject>> Post(
            string workspace,
            string request,
            Precondition ifMatch,
            Caller caller,
            IMediator mediator,
            CancellationToken ct) =>
            Native.Object(await mediator.Send(new Command(caller, workspace, request, ifMatch), ct));
    }
}
