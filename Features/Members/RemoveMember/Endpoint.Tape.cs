using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Members;

public static partial class RemoveMember
{
    internal sealed class TapeEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapDelete("/v1/workspace/{workspaceNumber}/member/{userNumber}", Delete)
                .WithName("tape." + nameof(RemoveMember)).WithTags("Tape").WithSummary("Remove a workspace member");

        private static async Task<TapeAnswer<TapeMember>> Delete(
            WorkspaceNumber workspace,
            UserNumber user,
            Precondition ifMatch,
            Caller caller,
            IMediator mediator,
            CancellationToken ct) =>
            Tape.Answer(
                await mediator.Send(new Command(caller, workspace.Code, user.Code, ifMatch), ct),
                removed => TapeMember.Of(workspace.Code, removed));
    }
}
