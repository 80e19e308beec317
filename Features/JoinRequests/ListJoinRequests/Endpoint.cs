using Carter;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.JoinRequests;

/// <summary>Lists who asked to join a workspace, for its admins, in the order of asking.</summary>
public static partial class ListJoinRequests
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/workspaces/{workspace}/join-requests", Get)
                .WithName(nameof(ListJoinRequests)).WithTags("Join requests").WithSummary("List join requests");

        private static async Task<NativeList<JoinRequestObject>> Get(
            string workspace,
            [FromQuery(Name = "status")] string? status,
            [FromQuery(Name = "cursor")] string? cursor,
            [FromQuery(Name = "limit")] int? limit,
            Caller caller,
            IMediator mediator,
            CancellationToken ct) =>
            Native.List(await mediator.Send(new Query(caller, workspace, status, cursor, limit ?? 20), ct));
    }
}
