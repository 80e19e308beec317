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
