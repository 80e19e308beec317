using Carter;
using MediatR;
using WorkspaceService.Features.ServiceLines;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Workspaces;

public static partial class DeleteWorkspace
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        private const string Route = "/console/workspaces/{workspace}/delete";

        private static readonly Fault NotConfirmed =
            Fault.Invalid("/confirmation", "wrong_form", "Type the name exactly as it is written above.");

        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet(Route, Get);
            app.MapPost(Route, Post).WithName("console." + nameof(DeleteWorkspace));
        }

        private static async Task<IResult> Get(
            string workspace, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            var frame = await frames.OfWorkspaceAsync(caller, workspace, ct);
            return frame.Succeeded(out var found, out var unseen)
                ? await ShowAsync(found, Form.Of(), mediator, ct)
                : Html.Refused(unseen);
        }

        // The form asks for the name, so that nobody deletes another workspace than the one in mind.
        private static async Task<IResult> Post(
            string workspace, Form form, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            if (!(await frames.OfWorkspaceAsync(caller, workspace, ct)).Succeeded(out var frame, out var unseen))
            {
                return Html.Refused(unseen);
            }

            if (form["confirmation"] != frame.Workspace!.Name)
            {
                return await ShowAsync(frame, form.Refused(NotConfirmed), mediator, ct);
            }

            var command = new Command(caller, workspace, form.IsChecked("force"), form.IfMatch);
            return (await form.SendAsync(mediator, command, ct)).Succeeded(out var deleted, out var fault)
                ? Html.GoTo($"/console/organizations/{deleted.OrganizationId}", $"{deleted.Name} is deleted.")
                : await ShowAsync(frame, form.Refused(fault), mediator, ct);
        }

        private static async Task<IResult> ShowAsync(Frame frame, Form form, IMediator mediator, CancellationToken ct)
        {
            if (frame.RefusalInWorkspace(WorkspaceLifecycle.Deleting) is { } refused)
            {
                return Html.Refused(refused);
            }

            var active = await mediator.Send(Blockers(ServiceLineLifecycle.Active), ct);
            var paused = await mediator.Send(Blockers(ServiceLineLifecycle.Paused), ct);
            return active.And(paused).Match(
                both => Html.Show(new View(frame, form, [.. both.First.Items, .. both.Second.Items])), Html.Refused);

            ListServiceLines.Query Blockers(string status) =>
                new(frame.Caller, frame.Workspace!.Id, Status: status, Limit: 100);
        }
    }

    /// <param name="Blockers">The service lines that stand in the way, up to 100 of each status.</param>
    public sealed record View(Frame Frame, Form Form, IReadOnlyList<ServiceLineObject> Blockers)
        : IView<Pages.Workspaces.DeleteWorkspace.Page>;
}
