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

namespace WorkspaceService.Features.JoinRequests;

/// <summary>Takes the person who asked into the workspace, as member.</summary>
public static partial class ApproveJoinRequest
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPost("/v1/workspaces/{workspace}/join-requests/{request}/approve", Post)
                .WithName(nameof(ApproveJoinRequest)).WithTags("Join requests").WithSummary("Approve a join request");

        private static async Task<NativeObject<JoinRequestObject>> Post(
            string workspace,
            string request,
            Precondition ifMatch,
            Caller caller,
            IMediator mediator,
            CancellationToken ct) =>
            Native.Object(await mediator.Send(new Command(caller, workspace, request, ifMatch), ct));
    }
}
