using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Invitations;

/// <summary>Shows whoever holds its token what an invitation is to, and from whom.</summary>
public static partial class ShowInvitation
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/invitations/{token}", Get).AllowAnonymous()
                .WithName(nameof(ShowInvitation)).WithTags("Invitations")
                .WithSummary("Show an invitation to its invitee");

        private static async Task<NativeObject<Response>> Get(string token, IMediator mediator, CancellationToken ct) =>
            Native.Object(await mediator.Send(new Query(token), ct));
    }
}
