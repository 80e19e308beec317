using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
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
            string workspace,
            string user,
            Body body,
            Precondition ifMatch,
            Caller caller,
            IMediator mediator,
            CancellationToken ct) =>
            Native.Object(await mediator.Send(new Command(caller, workspace, user, body.Role, ifMatch), ct));
    }
}
