using Carter;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Webhooks;

/// <summary>Lists the webhooks of the organizations that the caller administers.</summary>
public static partial class ListWebhooks
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/webhooks", Get)
                .WithName(nameof(ListWebhooks)).WithTags("Webhooks").WithSummary("List webhooks");

        private static async Task<NativeList<WebhookObject>> Get(
            [FromQuery(Name = "organization_id")] string? organizationId,
            [FromQuery(Name = "workspace_id")] string? workspaceId,
            string? status,
            string? cursor,
            int? limit,
            Caller caller,
            IMediator mediator,
            CancellationToken ct)
        {
            var query = new Query(caller, organizationId, workspaceId, status, cursor, limit ?? Paging.DefaultLimit);
            return Native.List(await mediator.Send(query, ct));
        }
    }
}
