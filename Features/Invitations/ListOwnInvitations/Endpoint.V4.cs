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
/// Lists the pending invitations to the caller's own workspace, and those that wait for the caller's answer.
/// </summary>
public static partial class ListOwnInvitations
{
    internal sealed class V4Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/api/v4/invites", Get)
                .WithName("v4." + nameof(ListOwnInvitations)).WithTags("V4")
                .WithSummary("List invitations sent and received");

        private static async Task<V4Answer<Response>> Get(
            CurrentWorkspaceCode own, Caller caller, IMediator mediator, CancellationToken ct) =>
            V4.Object(await mediator.Send(new Query(caller, own.Code), ct), invites => invites);
    }
}
