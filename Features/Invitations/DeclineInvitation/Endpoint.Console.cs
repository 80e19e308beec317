using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Invitations;

public static partial class DeclineInvitation
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        private const string Route = "/console/invitations/{token}/decline";

        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet(Route, Get);
            app.MapPost(Route, Post).WithName("console." + nameof(DeclineInvitation));
        }

        private static Task<IResult> Get(string token, IMediator mediator, CancellationToken ct) =>
            ShowAsync(token, Form.Of(), mediator, ct);

        private static async Task<IResult> Post(
            string token, Form form, Caller caller, IMediator mediator, CancellationToken ct)
        {
            var command = new Command(caller, token, form.IfMatch);
            return (await form.SendAsync(mediator, command, ct)).Succeeded(out _, out var fault)
                ? Html.GoTo($"/console/invitations/{token}")
                : await ShowAsync(token, form.Refused(fault), mediator, ct);
        }

        private static async Task<IResult> ShowAsync(
            string token, Form form, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new ShowInvitation.Query(token), ct)).Match(
                invitation => Html.Show(new View(token, invitation, form)), Html.Refused);
    }

    public sealed record View(string Token, Versioned<ShowInvitation.Response> Invitation, Form Form)
        : IView<Pages.Invitations.DeclineInvitation.Page>;
}
