using System.Text.Json.Nodes;
using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Workspaces;

public static partial class UpdateWorkspace
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        private const string Route = "/console/workspaces/{workspace}/settings";

        // An archived workspace has a page too: for restoring and deleting it.
        private static readonly Need Seeing = Need.Manage(Permissions.Write) with { InArchived = true };

        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet(Route, Get);
            app.MapPost(Route, Post).WithName("console." + nameof(UpdateWorkspace));
        }

        private static Task<IResult> Get(string workspace, Caller caller, Frames frames, CancellationToken ct) =>
            ShowAsync(workspace, null, caller, frames, ct);

        private static async Task<IResult> Post(
            string workspace, Form form, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            var patch = new Body
            {
                Name = form["name"],
                Slug = form["slug"],
                Type = form["type"],
                Description = form["description"],
                SeatLimit = form.Number("seat_limit"),
                Settings = new JsonObject
                {
                    ["default_currency"] = form["settings/default_currency"],
                    ["require_task_service_line"] = form.IsChecked("settings/require_task_service_line"),
                },
            };
            var command = new Command(caller, workspace, patch, form.IfMatch);
            return (await form.SendAsync(mediator, command, ct)).Succeeded(out _, out var fault)
                ? Html.GoTo($"/console/workspaces/{workspace}/settings", "The settings are saved.")
                : await ShowAsync(workspace, form.Refused(fault), caller, frames, ct);
        }

        private static async Task<IResult> ShowAsync(
            string workspace, Form? form, Caller caller, Frames frames, CancellationToken ct)
        {
            if (!(await frames.OfWorkspaceAsync(caller, workspace, ct)).Succeeded(out var frame, out var unseen))
            {
                return Html.Refused(unseen);
            }

            return frame.RefusalInWorkspace(form is null ? Seeing : Need.Manage(Permissions.Write)) is { } refused
                ? Html.Refused(form?.Fault ?? refused)
                : Html.Show(new View(frame, form ?? FormOf(frame.Workspace!)));
        }

        private static Form FormOf(WorkspaceObject workspace)
        {
            var settings = workspace.Settings.ToObject();
            return Form.Of(
                ("name", workspace.Name),
                ("slug", workspace.Slug),
                ("type", workspace.Type),
                ("description", workspace.Description),
                ("seat_limit", workspace.SeatLimit),
                ("settings/default_currency", WorkspaceSettings.CurrencyOf(settings)),
                ("settings/require_task_service_line",
                    settings["require_task_service_line"]?.GetValue<bool>() == true ? "true" : null));
        }
    }

    public sealed record View(Frame Frame, Form Form) : IView<Pages.Workspaces.UpdateWorkspace.Page>;
}
