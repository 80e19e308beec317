using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Workspaces;

/// <summary>Lists every workspace of an organization that the caller can see, at once.</summary>
public static partial class ListAllWorkspaces
{
    /// <param name="Total">How many there are.</param>
    public sealed record TapeResponse(int Total, IReadOnlyList<TapeWorkspace> Workspaces);

    internal sealed class TapeEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/workspace/org", Get)
                .WithName("tape." + nameof(ListAllWorkspaces)).WithTags("Tape").WithSummary("Retrieve workspaces");

        private static async Task<TapeAnswer<TapeResponse>> Get(
            TapeOrganization organization, Caller caller, IMediator mediator, CancellationToken ct) =>
            Tape.Answer(
                await organization.With(code => mediator.Send(new Query(caller, code), ct)),
                workspaces => new TapeResponse(workspaces.Count, [.. workspaces.Select(TapeWorkspace.Of)]));
    }
}
