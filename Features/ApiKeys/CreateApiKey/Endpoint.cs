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

namespace WorkspaceService.Features.ApiKeys;

/// <summary>Issues a key that is no stronger than its issuer; its text is shown this once.</summary>
public static partial class CreateApiKey
{
    /// <example>
    /// {
    ///   "name": "Deployments",
    ///   "type": "secret",
    ///   "organization_id": "ORG-26-090500",
    ///   "workspace_id": "WS-26-000021",
    ///   "permissions": ["read", "members:manage"]
    /// }
    /// </example>
    public sealed record Body(
        string? Name,
        string? Type,
        string? OrganizationId,
        string? WorkspaceId,
        string? UserId,
        IReadOnlyList<string>? Permissions,
        DateTimeOffset? ExpiresAt);

    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPost("/v1/api-keys", Post)
                .WithName(nameof(CreateApiKey)).WithTags("API keys").WithSummary("Issue an API key");

        private static async Task<NativeCreated<ApiKeyObject>> Post(
            Body body, Caller caller, IMediator mediator, CancellationToken ct)
        {
            var command = new Command(
                caller,
                body.Name,
                body.Type,
                body.OrganizationId,
                body.WorkspaceId,
                body.UserId,
                body.Permissions,
                body.ExpiresAt);

            return Native.Created(await mediator.Send(command, ct), key => $"/v1/api-keys/{key.Id}");
        }
    }
}
