using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Members;

/// <summary>Takes a member out of a workspace, or lets one leave; the organization membership stays.</summary>
public static partial class RemoveMember
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapDelete("/v1/workspaces/{workspace}/members/{user}", Delete)
                .WithName(nameof(RemoveMember)).WithTags("Members").WithSummary("Remove a member, or leave");

        private static async Task<NativeNothing> Delete(
            string workspace,
            string user,
            Precondition ifMatch,
            Caller caller,
            IMediator mediator,
            CancellationToken ct) =>
            Native.Nothing((await mediator.Send(new Command(caller, workspace, user, ifMatch), ct)).ToDone());
    }
}
