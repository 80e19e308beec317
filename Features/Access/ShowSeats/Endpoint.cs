using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Access;

/// <summary>Tells how many seats a workspace has, how many are taken or held, and how many are left.</summary>
public static partial class ShowSeats
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/workspaces/{workspace}/seats", Get)
                .WithName(nameof(ShowSeats)).WithTags("Access").WithSummary("Show the seats of a workspace");

        private static async Task<NativeValue<Response>> Get(
            string workspace, Caller caller, IMediator mediator, CancellationToken ct) =>
            Native.Value(await mediator.Send(new Query(caller, workspace), ct));
    }
}
