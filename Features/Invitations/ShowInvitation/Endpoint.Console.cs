using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Invitations;

public static partial class ShowInvitation
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/console/invitations/{token}", Get).AllowAnonymous().WithMetadata(new OptionalCaller())
                .WithName("console." + nameof(ShowInvitation));

        private static async Task<IResult> Get(
            string token, Caller? caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            var frame = caller is null ? null : await frames.OpenAsync(caller, ct);
            return (await mediator.Send(new Query(token), ct)).Match(
                invitation => Html.Show(new View(frame, token, invitation)), Html.Refused);
        }
    }

    /// <param name="Frame">Null for who is not signed in.</param>
    public sealed record View(Frame? Frame, string Token, Versioned<Response> Invitation)
        : IView<Pages.Invitations.ShowInvitation.Page>;
}
