using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Organizations;

/// <summary>Shows one organization member and its role; people may look at themselves.</summary>
public static partial class GetOrganizationMember
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/orgs/{organization}/members/{user}", Get)
                .WithName(nameof(GetOrganizationMember)).WithTags("Organizations")
                .WithSummary("Get an organization member");

        private static async Task<NativeObject<MemberObject>> Get(
            string organization, string user, Caller caller, IMediator mediator, CancellationToken ct) =>
            Native.Object(await mediator.Send(new Query(caller, organization, user), ct));
    }
}
