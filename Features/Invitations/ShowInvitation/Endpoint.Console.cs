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
            var refusal = caller is null ? null : await frames.RefusalOfAnswerAsync(caller, token, ct);
            return (await mediator.Send(new Query(token), ct)).Match(
                invitation => Html.Show(new View(frame, token, invitation, refusal)), Html.Refused);
        }
    }

    /// <param name="Frame">Null for who is not signed in.</param>
    /// <param name="Refusal">Why the caller may not answer; null where it may, or is nobody yet.</param>
    public sealed record View(Frame? Frame, string Token, Versioned<Response> Invitation, Fault? Refusal)
        : IView<Pages.Invitations.ShowInvitation.Page>;
}
