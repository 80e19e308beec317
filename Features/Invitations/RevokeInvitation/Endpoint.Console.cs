using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Invitations;

public static partial class RevokeInvitation
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        private const string Route = "/console/workspaces/{workspace}/invitations/{invitation}/revoke";

        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet(Route, Get);
            app.MapPost(Route, Post).WithName("console." + nameof(RevokeInvitation));
        }

        private static Task<IResult> Get(
            string workspace,
            string invitation,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct) =>
            ShowAsync(workspace, invitation, Form.Of(), caller, mediator, frames, ct);

        private static async Task<IResult> Post(
            string workspace,
            string invitation,
            Form form,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            var command = new Command(caller, workspace, invitation, form.IfMatch);
            return (await form.SendAsync(mediator, command, ct)).Succeeded(out _, out var fault)
                ? Html.GoTo(
                    $"/console/workspaces/{workspace}/invitations", "The invitation is revoked, and its seat is free.")
                : await ShowAsync(workspace, invitation, form.Refused(fault), caller, mediator, frames, ct);
        }

        private static async Task<IResult> ShowAsync(
            string workspace,
            string invitation,
            Form form,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            var frame = await frames.OfWorkspaceAsync(caller, workspace, ct);
            var shown = await mediator.Send(new GetInvitation.Query(caller, workspace, invitation), ct);
            return frame.And(shown).Then<View>(both =>
                    both.First.RefusalInWorkspace(Need.Manage(Permissions.MembersManage)) is { } refused
                        ? form.Fault ?? refused
                        : new View(both.First, both.Second, form))
                .Match(Html.Show, Html.Refused);
        }
    }

    public sealed record View(Frame Frame, Versioned<InvitationObject> Invitation, Form Form)
        : IView<Pages.Invitations.RevokeInvitation.Page>;
}
