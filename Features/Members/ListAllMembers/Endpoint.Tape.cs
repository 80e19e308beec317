using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Members;

/// <summary>Lists every active member of a workspace with its role, at once.</summary>
public static partial class ListAllMembers
{
    public sealed record TapeResponse(IReadOnlyList<TapeMember> WorkspaceMembers);

    internal sealed class TapeEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/workspace/{workspaceNumber}/member", Get)
                .WithName("tape." + nameof(ListAllMembers)).WithTags("Tape").WithSummary("Retrieve workspace members");

        private static async Task<TapeAnswer<TapeResponse>> Get(
            WorkspaceNumber workspace, Caller caller, IMediator mediator, CancellationToken ct) =>
            Tape.Answer(
                await mediator.Send(new Query(caller, workspace.Code), ct),
                members => new TapeResponse([.. members.Select(member => TapeMember.Of(workspace.Code, member))]));
    }
}
