using Carter;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Workspaces;

/// <summary>Shows the caller's own workspace with everyone in it, invited people included.</summary>
public static partial class ShowOwnWorkspace
{
    internal sealed class V4Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/api/v4/workspaces", Get)
                .WithName("v4." + nameof(ShowOwnWorkspace)).WithTags("V4")
                .WithSummary("Show the caller's own workspace");

        private static async Task<V4Answer<Response>> Get(
            CurrentWorkspaceCode own,
            [FromQuery(Name = "sort_by")] string? sortBy,
            [FromQuery(Name = "sort_to")] string? sortTo,
            Caller caller,
            IMediator mediator,
            CancellationToken ct) =>
            V4.Object(await mediator.Send(new Query(caller, own.Code, sortBy, sortTo), ct), workspace => workspace);
    }
}
