using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Workspaces;

public static partial class CreateWorkspace
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet("/console/workspaces/new", Get);
            app.MapPost("/console/workspaces/new", Post).WithName("console." + nameof(CreateWorkspace));
        }

        private static Task<IResult> Get(PageAddress address, Caller caller, Frames frames, CancellationToken ct) =>
            ShowAsync(Form.Of(("type", WorkspaceSettings.Private)), address, caller, frames, ct);

        private static async Task<IResult> Post(
            Form form, PageAddress address, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            var command = new Command(
                caller,
                address["organization_id"],
                form["name"],
                form["slug"],
                form["type"],
                form["description"],
                SeatLimit: form.Number("seat_limit"));
            return (await form.SendAsync(mediator, command, ct)).Succeeded(out var workspace, out var fault)
                ? Html.GoTo(
                    $"/console/workspaces/{workspace.Value.Id}", $"The workspace {workspace.Value.Name} is ready.")
                : await ShowAsync(form.Refused(fault), address, caller, frames, ct);
        }

        private static async Task<IResult> ShowAsync(
            Form form, PageAddress address, Caller caller, Frames frames, CancellationToken ct)
        {
            if (address["organization_id"] is not { } organization)
            {
                return Html.GoTo("/console/organizations", "Choose the organization that the workspace is for.");
            }

            if (!(await frames.OfOrganizationAsync(caller, organization, ct)).Succeeded(out var frame, out var unseen))
            {
                return Html.Refused(unseen);
            }

            return frame.MayCreateWorkspaces
                ? Html.Show(new View(frame, form, address["step"] == "3"))
                : Html.Refused(form.Fault ?? Faults.Forbidden);
        }
    }

    /// <param name="IsFirstVisit">True at the end of the way that a first visit goes.</param>
    public sealed record View(Frame Frame, Form Form, bool IsFirstVisit)
        : IView<Pages.Workspaces.CreateWorkspace.Page>;
}
