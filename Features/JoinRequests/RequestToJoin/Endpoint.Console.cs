using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.JoinRequests;

public static partial class RequestToJoin
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPost("/console/workspaces/{workspace}/join-requests", Post)
                .WithName("console." + nameof(RequestToJoin));

        private static async Task<IResult> Post(
            string workspace, Form form, Caller caller, IMediator mediator, Frames frames, CancellationToken ct) =>
            (await form.SendAsync(mediator, new Command(caller, workspace), ct)).Succeeded(out _, out var fault)
                ? Html.GoTo(
                    $"/console/workspaces/{workspace}", "You have asked to join. An admin of the workspace decides.")
                : (await frames.OfWorkspaceAsync(caller, workspace, ct)).Match(
                    frame => Html.Show(new View(frame, form.Refused(fault))), Html.Refused);
    }

    public sealed record View(Frame Frame, Form Form) : IView<Pages.JoinRequests.RequestToJoin.Page>;
}
