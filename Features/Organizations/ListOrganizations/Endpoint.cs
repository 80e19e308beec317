using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Organizations;

/// <summary>Lists the organizations that the caller belongs to; the operator sees them all.</summary>
public static partial class ListOrganizations
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/orgs", Get)
                .WithName(nameof(ListOrganizations)).WithTags("Organizations").WithSummary("List organizations");

        private static async Task<NativeList<OrganizationObject>> Get(
            string? status,
            string? q,
            string? cursor,
            int? limit,
            Caller caller,
            IMediator mediator,
            CancellationToken ct) =>
            Native.List(await mediator.Send(new Query(caller, status, q, cursor, limit ?? Paging.DefaultLimit), ct));
    }
}
