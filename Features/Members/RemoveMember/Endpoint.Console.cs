using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Members;

public static partial class RemoveMember
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        private const string Route = "/console/workspaces/{workspace}/members/{user}/remove";

        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet(Route, Get);
            app.MapPost(Route, Post).WithName("console." + nameof(RemoveMember));
        }

        private static Task<IResult> Get(
            string workspace, string user, Caller caller, IMediator mediator, Frames frames, CancellationToken ct) =>
            ShowAsync(workspace, user, Form.Of(), caller, mediator, frames, ct);

        private static async Task<IResult> Post(
            string workspace,
            string user,
            Form form,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            var command = new Command(caller, workspace, user, form.IfMatch);
            if (!(await form.SendAsync(mediator, command, ct)).Succeeded(out var removed, out var fault))
            {
                return await ShowAsync(workspace, user, form.Refused(fault), caller, mediator, frames, ct);
            }

            return user == caller.UserCode
                ? Html.GoTo("/console", "You have left the workspace.")
                : Html.GoTo($"/console/workspaces/{workspace}/members", $"{removed.Name} is no member any more.");
        }

        private static async Task<IResult> ShowAsync(
            string workspace,
            string user,
            Form form,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            var frame = await frames.OfWorkspaceAsync(caller, workspace, ct);
            var member = await mediator.Send(new GetMember.Query(caller, workspace, user), ct);
            return frame.And(member).Then<View>(both =>
                    both.First.RefusalInWorkspace(NeedFor(isLeave: user == caller.UserCode)) is { } refused
                        ? form.Fault ?? refused
                        : new View(both.First, both.Second, form))
                .Match(Html.Show, Html.Refused);
        }
    }

    public sealed record View(Frame Frame, Versioned<MemberObject> Member, Form Form)
        : IView<Pages.Members.RemoveMember.Page>;
}
