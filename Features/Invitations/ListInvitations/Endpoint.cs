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

/// <summary>Lists who was invited to a workspace, and what became of it.</summary>
public static partial class ListInvitations
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/workspaces/{workspace}/invitations", Get)
                .WithName(nameof(ListInvitations)).WithTags("Invitations")
                .WithSummary("List the invitations to a workspace");

        private static async Task<NativeList<InvitationObject>> Get(
            string workspace,
            string? status,
            string? q,
            string? cursor,
            int? limit,
            Caller caller,
            IMediator mediator,
            CancellationToken ct)
        {
            var query = new Query(caller, workspace, status, q, cursor, limit ?? Paging.DefaultLimit);
            return Native.List(await mediator.Send(query, ct));
        }
    }
}
