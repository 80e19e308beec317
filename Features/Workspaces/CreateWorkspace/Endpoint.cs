using System.Text.Json.Nodes;
using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Workspaces;

/// <summary>Opens a workspace in an organization; the creating user becomes its admin and owner.</summary>
public static partial class CreateWorkspace
{
    /// <example>
    /// { "organization_id": "ORG-26-090500", "name": "Platform Engineering", "slug": "platform-engineering" }
    /// </example>
    public sealed record Body(
        string? OrganizationId,
        string? Name,
        string? Slug,
        string? Type,
        string? Description,
        JsonObject? Settings,
        long? SeatLimit);

    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPost("/v1/workspaces", Post)
                .WithName(nameof(CreateWorkspace)).WithTags("Workspaces").WithSummary("Create a workspace");

        private static async Task<NativeCreated<WorkspaceObject>> Post(
            Body body, Caller caller, IMediator mediator, CancellationToken ct)
        {
            var command = new Command(
                caller,
                body.OrganizationId,
                body.Name,
                body.Slug,
                body.Type,
                body.Description,
                body.Settings,
                body.SeatLimit);

            return Native.Created(await mediator.Send(command, ct), workspace => $"/v1/workspaces/{workspace.Id}");
        }
    }
}
