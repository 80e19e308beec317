using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Organizations;

/// <summary>Lists who belongs to the organization, with the role of each.</summary>
public static partial class ListOrganizationMembers
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/orgs/{organization}/members", Get)
                .WithName(nameof(ListOrganizationMembers)).WithTags("Organizations")
                .WithSummary("List organization members");

        private static async Task<NativeList<MemberObject>> Get(
            string organization,
            string? role,
            string? status,
            string? q,
            string? cursor,
            int? limit,
            Caller caller,
            IMediator mediator,
            CancellationToken ct)
        {
            var query = new Query(caller, organization, role, status, q, cursor, limit ?? Paging.DefaultLimit);
            return Native.List(await mediator.Send(query, ct));
        }
    }
}
