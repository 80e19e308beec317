using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Invitations;

/// <summary>Shows one invitation to the admins of its workspace.</summary>
public static partial class GetInvitation
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/workspaces/{workspace}/invitations/{invitation}", Get)
                .WithName(nameof(GetInvitation)).WithTags("Invitations").WithSummary("Get an invitation");

        private static async Task<NativeObject<InvitationObject>> Get(
            string workspace, string invitation, Caller caller, IMediator mediator, CancellationToken ct) =>
            Native.Object(await mediator.Send(new Query(caller, workspace, invitation), ct));
    }
}
