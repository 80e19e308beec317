using Carter;
using MediatR;
using WorkspaceService.Features.ServiceLines;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Workspaces;

public static partial class ArchiveWorkspace
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        private const string Route = "/console/workspaces/{workspace}/archive";

        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet(Route, Get);
            app.MapPost(Route, Post).WithName("console." + nameof(ArchiveWorkspace));
        }

        private static Task<IResult> Get(
            string workspace, Caller caller, IMediator mediator, Frames frames, CancellationToken ct) =>
            ShowAsync(workspace, Form.Of(), caller, mediator, frames, ct);

        private static async Task<IResult> Post(
            string workspace, Form form, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            var command = new Command(caller, workspace, form.IsChecked("force"), form.IfMatch);
            return (await form.SendAsync(mediator, command, ct)).Succeeded(out var archived, out var fault)
                ? Html.GoTo($"/console/workspaces/{workspace}", $"{archived.Value.Name} is archived.")
                : await ShowAsync(workspace, form.Refused(fault), caller, mediator, frames, ct);
        }

        private static async Task<IResult> ShowAsync(
            string workspace, Form form, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            if (!(await frames.OfWorkspaceAsync(caller, workspace, ct)).Succeeded(out var frame, out var unseen))
            {
                return Html.Refused(unseen);
            }

            if (frame.RefusalInWorkspace(WorkspaceLifecycle.Archiving(false)) is { } refused)
            {
                return Html.Refused(form.Fault ?? refused);
            }

            var active = await mediator.Send(Blockers(ServiceLineLifecycle.Active), ct);
            var paused = await mediator.Send(Blockers(ServiceLineLifecycle.Paused), ct);
            return active.And(paused).Match(
                both => Html.Show(new View(frame, form, [.. both.First.Items, .. both.Second.Items])), Html.Refused);

            ListServiceLines.Query Blockers(string status) => new(caller, workspace, Status: status, Limit: 100);
        }
    }

    /// <param name="Blockers">The service lines that stand in the way, up to 100 of each status.</param>
    public sealed record View(Frame Frame, Form Form, IReadOnlyList<ServiceLineObject> Blockers)
        : IView<Pages.Workspaces.ArchiveWorkspace.Page>;
}
