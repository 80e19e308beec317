using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Organizations;

/// <summary>Shows one organization with its plan, settings and counts.</summary>
public static partial class GetOrganization
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/orgs/{organization}", Get)
                .WithName(nameof(GetOrganization)).WithTags("Organizations").WithSummary("Get an organization");

        private static async Task<NativeObject<OrganizationObject>> Get(
            string organization, Caller caller, IMediator mediator, CancellationToken ct) =>
            Native.Object(await mediator.Send(new Query(caller, organization), ct));
    }
}
