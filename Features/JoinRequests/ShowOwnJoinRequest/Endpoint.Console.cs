using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.JoinRequests;

/// <summary>Shows a person's own request to join a workspace while it waits for an answer.</summary>
public static partial class ShowOwnJoinRequest
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/console/workspaces/{workspace}/join-requests/own", Get)
                .WithName("console." + nameof(ShowOwnJoinRequest));

        private static async Task<IResult> Get(
            string workspace, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            var frame = await frames.OfWorkspaceAsync(caller, workspace, ct);
            return frame.And(await mediator.Send(new Query(caller, workspace), ct)).Match(
                both => Html.Show(new View(both.First, both.Second)), Html.Refused);
        }
    }

    public sealed record View(Frame Frame, Versioned<JoinRequestObject> Request)
        : IView<Pages.JoinRequests.ShowOwnJoinRequest.Page>;
}
