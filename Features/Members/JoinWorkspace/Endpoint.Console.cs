using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Members;

public static partial class JoinWorkspace
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPost("/console/workspaces/{workspace}/join", Post).WithName("console." + nameof(JoinWorkspace));

        private static async Task<IResult> Post(
            string workspace, Form form, Caller caller, IMediator mediator, Frames frames, CancellationToken ct) =>
            (await form.SendAsync(mediator, new Command(caller, workspace), ct)).Succeeded(out _, out var fault)
                ? Html.GoTo($"/console/workspaces/{workspace}", "You are a member of this workspace now.")
                : (await frames.OfWorkspaceAsync(caller, workspace, ct)).Match(
                    frame => Html.Show(new View(frame, form.Refused(fault))), Html.Refused);
    }

    public sealed record View(Frame Frame, Form Form) : IView<Pages.Members.JoinWorkspace.Page>;
}
