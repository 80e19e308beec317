using Carter;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Access;

/// <summary>Tells whether a person may use the site in a workspace, and if not, the one reason.</summary>
public static partial class CanUseSite
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/can-use-site", Get)
                .WithName(nameof(CanUseSite)).WithTags("Access").WithSummary("Ask whether a user may use the site");

        private static async Task<NativeValue<Response>> Get(
            [FromQuery(Name = "user_id")] string? userId,
            [FromQuery(Name = "workspace_id")] string? workspaceId,
            Caller caller,
            IMediator mediator,
            CancellationToken ct) =>
            Native.Value(await mediator.Send(new Query(caller, workspaceId, userId), ct));
    }
}
