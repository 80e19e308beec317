using Carter;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.ServiceLines;

/// <summary>Lists the service lines of the workspaces that the caller has a role in.</summary>
public static partial class ListServiceLines
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/service-lines", Get)
                .WithName(nameof(ListServiceLines)).WithTags("Service lines").WithSummary("List service lines");

        private static async Task<NativeList<ServiceLineObject>> Get(
            [FromQuery(Name = "workspace_id")] string? workspaceId,
            [FromQuery(Name = "organization_id")] string? organizationId,
            string? status,
            string? cursor,
            int? limit,
            Caller caller,
            IMediator mediator,
            CancellationToken ct)
        {
            var query = new Query(caller, workspaceId, organizationId, status, cursor, limit ?? Paging.DefaultLimit);
            return Native.List(await mediator.Send(query, ct));
        }
    }
}
