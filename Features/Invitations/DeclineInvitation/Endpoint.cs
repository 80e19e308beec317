using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Invitations;

/// <summary>Turns a pending invitation down and frees its seat.</summary>
public static partial class DeclineInvitation
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPost("/v1/invitations/{token}/decline", Post)
                .WithName(nameof(DeclineInvitation)).WithTags("Invitations").WithSummary("Decline an invitation");

        private static async Task<NativeObject<InvitationObject>> Post(
            string token, Precondition ifMatch, Caller caller, IMediator mediator, CancellationToken ct) =>
            Native.Object(await mediator.Send(new Command(caller, token, ifMatch), ct));
    }
}
