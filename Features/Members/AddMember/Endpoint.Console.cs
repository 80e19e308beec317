using Carter;
using MediatR;
using WorkspaceService.Features.Organizations;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Members;

public static partial class AddMember
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet("/console/workspaces/{workspace}/members/add", Get);
            app.MapPost("/console/workspaces/{workspace}/members/add", Post).WithName("console." + nameof(AddMember));
        }

        private static Task<IResult> Get(
            string workspace,
            PageAddress address,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct) =>
            ShowAsync(workspace, Form.Of(("role", Roles.Member)), address, caller, mediator, frames, ct);

        private static async Task<IResult> Post(
            string workspace,
            Form form,
            PageAddress address,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            var command = new Command(caller, workspace, form["user_id"], form["role"]);
            return (await form.SendAsync(mediator, command, ct)).Succeeded(out var member, out var fault)
                ? Html.GoTo($"/console/workspaces/{workspace}/members", $"{member.Value.Name} is a member now.")
                : await ShowAsync(
                    workspace,
                    form.Refused(fault, (Faults.NotOrganizationMember.Code, "user_id"), ("already_member", "user_id")),
                    address,
                    caller,
                    mediator,
                    frames,
                    ct);
        }

        private static async Task<IResult> ShowAsync(
            string workspace,
            Form form,
            PageAddress address,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            if (!(await frames.OfWorkspaceAsync(caller, workspace, ct)).Succeeded(out var frame, out var unseen))
            {
                return Html.Refused(unseen);
            }

            if (!frame.MayInWorkspace(Adding))
            {
                return Html.Refused(form.Fault ?? Faults.Forbidden);
            }

            var people = await mediator.Send(
                new ListOrganizationMembers.Query(
                    caller, frame.Workspace!.OrganizationId, Status: UserObject.Active, Q: address["q"]),
                ct);
            return Html.Show(new View(frame, address, form, people.Match(page => page, _ => new([], null))));
        }
    }

    /// <param name="People">Active members of the organization, as many as a page has.</param>
    public sealed record View(Frame Frame, PageAddress Address, Form Form, Page<MemberObject> People)
        : IView<Pages.Members.AddMember.Page>;
}
