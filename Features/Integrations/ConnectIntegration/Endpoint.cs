using System.Text.Json.Nodes;
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

namespace WorkspaceService.Features.Integrations;

/// <summary>Connects a workspace to an outside system; secrets in its configuration are never shown again.</summary>
public static partial class ConnectIntegration
{
    public sealed record Body(string? WorkspaceId, string? Type, JsonObject? Config);

    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPost("/v1/integrations", Post)
                .WithName(nameof(ConnectIntegration)).WithTags("Integrations").WithSummary("Connect an integration");

        private static async Task<NativeCreated<IntegrationObject>> Post(
            Body body, Caller caller, IMediator mediator, CancellationToken ct) =>
            Native.Created(
                await mediator.Send(new Command(caller, body.WorkspaceId, body.Type, body.Config), ct),
                integration => $"/v1/integrations/{integration.Id}");
    }
}
