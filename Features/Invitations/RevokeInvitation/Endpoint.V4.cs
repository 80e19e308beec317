using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Invitations;

public static partial class RevokeInvitation
{
    internal sealed class V4Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapDelete("/api/v4/invites/{invitationNumber}", Delete)
                .WithName("v4." + nameof(RevokeInvitation)).WithTags("V4").WithSummary("Take an invitation back");

        private static async Task<V4Answer<V4Success>> Delete(
            CurrentWorkspaceCode own,
            InvitationNumber invitation,
            Precondition ifMatch,
            Caller caller,
            IMediator mediator,
            CancellationToken ct) =>
            V4.Success(await mediator.Send(new Command(caller, own.Code, invitation.Code, ifMatch), ct));
    }
}
