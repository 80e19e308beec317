using MediatR;
using Microsoft.AspNetCore.Mvc;
using WorkspaceService.Infrastructure;
using WorkspaceService.Infrastructure.Objects;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.ServiceLines;

/// <summary>Lists the service lines of the workspaces that the caller has a role in.</summary>
public static partial class ListServiceLines
{
    internal sealed class Endpoint : IEndpoint
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/service-lines", Get)
                .WithName(nameof(ListServiceLines)).WithTags("Service lines").WithSummary("List service lines");

        private static async Task<NativeList<ServiceLineObject>> Get(
            Caller caller,
            IMediator mediator,
            CancellationToken ct,
            [FromQuery(Name = "workspace_id")] string? workspaceId = null,
            [FromQuery(Name = "organization_id")] string? organizationId = null,
            string? status = null,
            string? cursor = null,
            int limit = 20) =>
            Native.List(await mediator.Send(new Query(caller, workspaceId, organizationId, status, cursor, limit), ct));
    }
}
