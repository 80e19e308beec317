using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.JoinRequests;

public static partial class WithdrawJoinRequest
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        private const string Route = "/console/workspaces/{workspace}/join-requests/{request}/withdraw";

        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet(Route, Get);
            app.MapPost(Route, Post).WithName("console." + nameof(WithdrawJoinRequest));
        }

        private static Task<IResult> Get(
            string workspace,
            string request,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct) =>
            ShowAsync(workspace, request, Form.Of(), caller, mediator, frames, ct);

        private static async Task<IResult> Post(
            string workspace,
            string request,
            Form form,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            var command = new Command(caller, workspace, request, form.IfMatch);
            return (await form.SendAsync(mediator, command, ct)).Succeeded(out _, out var fault)
                ? Html.GoTo($"/console/workspaces/{workspace}", "Your request is withdrawn.")
                : await ShowAsync(workspace, request, form.Refused(fault), caller, mediator, frames, ct);
        }

        private static async Task<IResult> ShowAsync(
            string workspace,
            string request,
            Form form,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            var frame = await frames.OfWorkspaceAsync(caller, workspace, ct);
            var asked = await mediator.Send(new GetJoinRequest.Query(caller, workspace, request), ct);
            return frame.And(asked).Then<View>(both => both.Second.Value.UserId == caller.UserCode
                    ? new View(both.First, both.Second, form)
                    : Faults.Forbidden)
                .Match(Html.Show, Html.Refused);
        }
    }

    public sealed record View(Frame Frame, Versioned<JoinRequestObject> Request, Form Form)
        : IView<Pages.JoinRequests.WithdrawJoinRequest.Page>;
}
