using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Caching;
using WorkspaceService.Infrastructure.Database.Sqlite;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Hosting;
using WorkspaceService.Infrastructure.Hosting.Logging;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.OpenApi;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Invitations;

/// <summary>
/// Sends an invitation again: a new token, which ends the old one, and a new expiry; an expired one is pending again.
/// </summary>
public static partial class ResendInvitation
{
    public sealed record Body(DateTimeOffset? ExpiresAt);

    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPost("/v1/workspaces/{workspace}/invitations/{invitation}/resend", Post)
                .WithName(nameof(ResendInvitation)).WithTags("Invitations").WithSummary("Send an invitation again");

        private static async Task<NativeObject<InvitationObject>> Post(
            string workspace,
            string invitation,
            Body? body,
            Precondition ifMatch,
            Caller caller,
            IMediator mediator,
            CancellationToken ct)
        {
            var command = new Command(caller, workspace, invitation, body?.ExpiresAt, ifMatch);
            return Native.Object(await mediator.Send(command, ct));
        }
    }
}
