using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Me;

public static partial class ShowMe
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/console", Get).WithName("console." + nameof(ShowMe));

        // The first page: what the caller's key is about.
        private static async Task<IResult> Get(Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Query(caller), ct)).Match(
                me => Html.GoTo(
                    me.Scope.WorkspaceId is { } workspace ? $"/console/workspaces/{workspace}"
                    : me.Organization is { } organization ? $"/console/organizations/{organization.Id}"
                    : "/console/organizations"),
                Html.Refused);
    }
}
