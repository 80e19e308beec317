using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Workspaces;

/// <summary>Takes a workspace out of use: it can then be read, restored and deleted, and nothing else.</summary>
public static partial class ArchiveWorkspace
{
    /// <param name="Force">
    /// True to close the service lines that stand in the way; for the organization's owner and admins.
    /// </param>
    public sealed record Body(bool? Force);

    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPost("/v1/workspaces/{workspace}/archive", Post)
                .WithName(nameof(ArchiveWorkspace)).WithTags("Workspaces").WithSummary("Archive a workspace");

        private static async Task<NativeObject<WorkspaceObject>> Post(
            string workspace,
            Body? body,
            Precondition ifMatch,
            Caller caller,
            IMediator mediator,
            CancellationToken ct) =>
            Native.Object(await mediator.Send(new Command(caller, workspace, body?.Force ?? false, ifMatch), ct));
    }
}
