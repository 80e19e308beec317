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

/// <summary>Takes back one's own request to join a workspace before it is decided.</summary>
public static partial class WithdrawJoinRequest
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapDelete("/v1/workspaces/{workspace}/join-requests/{request}", Delete)
                .WithName(nameof(WithdrawJoinRequest)).WithTags("Join requests").WithSummary("Withdraw a join request");

        private static async Task<NativeNothing> Delete(
            string workspace,
            string request,
            Precondition ifMatch,
            Caller caller,
            IMediator mediator,
            CancellationToken ct) =>
            Native.Nothing(await mediator.Send(new Command(caller, workspace, request, ifMatch), ct));
    }
}
