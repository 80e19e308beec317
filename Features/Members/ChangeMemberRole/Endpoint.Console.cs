using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Members;

public static partial class ChangeMemberRole
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        private const string Route = "/console/workspaces/{workspace}/members/{user}/role";

        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet(Route, Get);
            app.MapPost(Route, Post).WithName("console." + nameof(ChangeMemberRole));
        }

        private static Task<IResult> Get(
            string workspace, string user, Caller caller, IMediator mediator, Frames frames, CancellationToken ct) =>
            ShowAsync(workspace, user, null, caller, mediator, frames, ct);

        private static async Task<IResult> Post(
            string workspace,
            string user,
            Form form,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            var command = new Command(caller, workspace, user, form["role"], form.IfMatch);
            return (await form.SendAsync(mediator, command, ct)).Succeeded(out var member, out var fault)
                ? Html.GoTo(
                    $"/console/workspaces/{workspace}/members",
                    $"{member.Value.Name} has the role {member.Value.Role} now.")
                : await ShowAsync(workspace, user, form.Refused(fault), caller, mediator, frames, ct);
        }

        private static async Task<IResult> ShowAsync(
            string workspace,
            string user,
            Form? form,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            var frame = await frames.OfWorkspaceAsync(caller, workspace, ct);
            var member = await mediator.Send(new GetMember.Query(caller, workspace, user), ct);
            return frame.And(member).Then<View>(both =>
                    both.First.RefusalInWorkspace(Need.Manage(Permissions.MembersManage)) is { } refused
                        ? form?.Fault ?? refused
                        : new View(both.First, both.Second, form ?? Form.Of(("role", both.Second.Value.Role))))
                .Match(Html.Show, Html.Refused);
        }
    }

    public sealed record View(Frame Frame, Versioned<MemberObject> Member, Form Form)
        : IView<Pages.Members.ChangeMemberRole.Page>;
}
