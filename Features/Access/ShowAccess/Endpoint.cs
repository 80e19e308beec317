using Carter;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Access;

/// <summary>Tells whether a person's effective role in a workspace ranks at least as high as a given one.</summary>
public static partial class ShowAccess
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/workspaces/{workspace}/access", Get)
                .WithName(nameof(ShowAccess)).WithTags("Access").WithSummary("Check one user's access");

        private static async Task<NativeValue<AccessObject>> Get(
            string workspace,
            [FromQuery(Name = "user_id")] string? userId,
            string? role,
            Caller caller,
            IMediator mediator,
            CancellationToken ct) =>
            Native.Value(await mediator.Send(new Query(caller, workspace, userId, role), ct));
    }
}
