using System.Text.Json.Nodes;
using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Integrations;

/// <summary>Connects a workspace to an outside system; of its configuration only
/// values under names known to be harmless are kept.</summary>
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
