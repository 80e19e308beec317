using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Invitations;

public static partial class AcceptInvitation
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        private const string Route = "/console/invitations/{token}/accept";

        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet(Route, Get);
            app.MapPost(Route, Post).WithName("console." + nameof(AcceptInvitation));
        }

        private static Task<IResult> Get(
            string token, Caller caller, IMediator mediator, Frames frames, CancellationToken ct) =>
            ShowAsync(token, Form.Of(), caller, mediator, frames, ct);

        private static async Task<IResult> Post(
            string token, Form form, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            var command = new Command(caller, token, form["name"], form.IfMatch);
            if (!(await form.SendAsync(mediator, command, ct)).Succeeded(out var accepted, out var fault))
            {
                return await ShowAsync(token, form.Refused(fault), caller, mediator, frames, ct);
            }

            var workspace = $"/console/workspaces/{accepted.Value.WorkspaceId}";
            return accepted.Value.UserId == caller.UserCode
                ? Html.GoTo(workspace, "Welcome. You are a member of this workspace now.")
                : Html.GoTo($"{workspace}/members", $"{accepted.Value.Email} is a member now.");
        }

        private static async Task<IResult> ShowAsync(
            string token, Form form, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            var frame = await frames.OpenAsync(caller, ct);
            return (await mediator.Send(new ShowInvitation.Query(token), ct)).Match(
                invitation => Html.Show(new View(frame, token, invitation, form)), Html.Refused);
        }
    }

    public sealed record View(Frame Frame, string Token, Versioned<ShowInvitation.Response> Invitation, Form Form)
        : IView<Pages.Invitations.AcceptInvitation.Page>;
}
