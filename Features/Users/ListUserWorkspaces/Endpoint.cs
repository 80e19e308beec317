using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Users;

/// <summary>
/// Lists every workspace in which a user has an effective role, with that role and where it comes from.
/// </summary>
public static partial class ListUserWorkspaces
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/users/{user}/workspaces", Get)
                .WithName(nameof(ListUserWorkspaces)).WithTags("Users").WithSummary("List a user's workspaces");

        private static async Task<NativeList<UserWorkspace>> Get(
            string user,
            string? status,
            string? cursor,
            int? limit,
            Caller caller,
            IMediator mediator,
            CancellationToken ct) =>
            Native.List(await mediator.Send(new Query(caller, user, status, cursor, limit ?? Paging.DefaultLimit), ct));
    }
}
