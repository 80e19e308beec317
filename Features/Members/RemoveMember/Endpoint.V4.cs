using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Members;

public static partial class RemoveMember
{
    internal sealed class V4Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapDelete("/api/v4/workspace_users/{userNumber}", Delete)
                .WithName("v4." + nameof(RemoveMember)).WithTags("V4").WithSummary("Remove a workspace user, or leave");

        private static async Task<V4Answer<V4Success>> Delete(
            CurrentWorkspaceCode own,
            UserNumber user,
            Precondition ifMatch,
            Caller caller,
            IMediator mediator,
            CancellationToken ct) =>
            V4.Success(await mediator.Send(
                new Command(caller, own.Code, user.Code, ifMatch, SparesOwner: true), ct));
    }
}
