using System.Text.Json.Nodes;
using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Workspaces;

/// <summary>
/// Changes a workspace by a merge patch; its settings are merged, and a status archives or restores it.
/// </summary>
public static partial class UpdateWorkspace
{
    /// <example>
    /// { "name": "Platform &amp; Infrastructure Engineering", "settings": { "require_task_service_line": true } }
    /// </example>
    public sealed record Body
    {
        public Optional<string?> Name { get; init; }

        public Optional<string?> Slug { get; init; }

        public Optional<string?> Type { get; init; }

        public Optional<string?> Description { get; init; }

        // A merge patch of the settings; null for the defaults again.
        public Optional<JsonObject?> Settings { get; init; }

        // Null for unlimited.
        public Optional<long?> SeatLimit { get; init; }

        // archived to archive, active to restore.
        public Optional<string?> Status { get; init; }
    }

    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPatch("/v1/workspaces/{workspace}", Patch)
                .WithName(nameof(UpdateWorkspace)).WithTags("Workspaces").WithSummary("Update a workspace");

        private static async Task<NativeObject<WorkspaceObject>> Patch(
            string workspace,
            Body body,
            Precondition ifMatch,
            Caller caller,
            IMediator mediator,
            CancellationToken ct) =>
            Native.Object(await mediator.Send(new Command(caller, workspace, body, ifMatch), ct));
    }
}
