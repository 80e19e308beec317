using Carter;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Integrations;

/// <summary>Lists the integrations of the workspaces that the caller is admin of.</summary>
public static partial class ListIntegrations
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/integrations", Get)
                .WithName(nameof(ListIntegrations)).WithTags("Integrations").WithSummary("List integrations");

        private static async Task<NativeList<IntegrationObject>> Get(
            [FromQuery(Name = "workspace_id")] string? workspaceId,
            [FromQuery(Name = "organization_id")] string? organizationId,
            string? type,
            string? cursor,
            int? limit,
            Caller caller,
            IMediator mediator,
            CancellationToken ct)
        {
            var query = new Query(caller, workspaceId, organizationId, type, cursor, limit ?? Paging.DefaultLimit);
            return Native.List(await mediator.Send(query, ct));
        }
    }
}
