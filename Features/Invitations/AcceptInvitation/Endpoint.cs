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
/// Makes the invitee a member of the workspace, and where necessary of the organization and known to the service.
/// </summary>
public static partial class AcceptInvitation
{
    /// <param name="Name">The person's, where no user has the invited address yet.</param>
    public sealed record Body(string? Name);

    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPost("/v1/invitations/{token}/accept", Post)
                .WithName(nameof(AcceptInvitation)).WithTags("Invitations").WithSummary("Accept an invitation");

        private static async Task<NativeObject<Response>> Post(
            string token, Body? body, Precondition ifMatch, Caller caller, IMediator mediator, CancellationToken ct) =>
            Native.Object(await mediator.Send(new Command(caller, token, body?.Name, ifMatch), ct));
    }
}
