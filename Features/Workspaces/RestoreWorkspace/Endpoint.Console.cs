using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Workspaces;

public static partial class RestoreWorkspace
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        private const string Route = "/console/workspaces/{workspace}/restore";

        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet(Route, Get);
            app.MapPost(Route, Post).WithName("console." + nameof(RestoreWorkspace));
        }

        private static Task<IResult> Get(string workspace, Caller caller, Frames frames, CancellationToken ct) =>
            ShowAsync(workspace, Form.Of(), caller, frames, ct);

        private static async Task<IResult> Post(
            string workspace, Form form, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            var command = new Command(caller, workspace, form.IfMatch);
            return (await form.SendAsync(mediator, command, ct)).Succeeded(out var restored, out var fault)
                ? Html.GoTo($"/console/workspaces/{workspace}", $"{restored.Value.Name} is in use again.")
                : await ShowAsync(workspace, form.Refused(fault), caller, frames, ct);
        }

        private static async Task<IResult> ShowAsync(
            string workspace, Form form, Caller caller, Frames frames, CancellationToken ct)
        {
            if (!(await frames.OfWorkspaceAsync(caller, workspace, ct)).Succeeded(out var frame, out var unseen))
            {
                return Html.Refused(unseen);
            }

            var refused = frame.RefusalInWorkspace(WorkspaceLifecycle.Restoring)
                ?? (frame.IsArchived ? null : WorkspaceLifecycle.NotArchived);
            return refused is null ? Html.Show(new View(frame, form)) : Html.Refused(form.Fault ?? refused);
        }
    }

    public sealed record View(Frame Frame, Form Form) : IView<Pages.Workspaces.RestoreWorkspace.Page>;
}
