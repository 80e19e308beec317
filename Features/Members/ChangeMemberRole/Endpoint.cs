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

namespace WorkspaceService.Features.Members;

/// <summary>Gives a member another role; a workspace never loses its last active admin by that.</summary>
public static partial class ChangeMemberRole
{
    public sealed record Body(Optional<string?> Role);

    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPatch("/v1/workspaces/{workspace}/members/{user}", Patch)
                .WithName(nameof(ChangeMemberRole)).WithTags("Members").WithSummary("Change a member's role");

        private static async Task<NativeObject<MemberObject>> Patch(
            string workspace, string user, Body body, Precondition ifMatch, Caller caller, IMediator mediator, CancellationToken ct) =>
            Native.Object(await mediator.Send(new Command(caller, workspace, user, body.Role, ifMatch), ct));
    }
}
