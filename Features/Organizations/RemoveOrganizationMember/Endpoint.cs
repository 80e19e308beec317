using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Organizations;

/// <summary>
/// Takes a person out of the organization and of every workspace in it; people may leave by themselves.
/// </summary>
public static partial class RemoveOrganizationMember
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapDelete("/v1/orgs/{organization}/members/{user}", Delete)
                .WithName(nameof(RemoveOrganizationMember)).WithTags("Organizations")
                .WithSummary("Remove an organization member");

        private static async Task<NativeNothing> Delete(
            string organization,
            string user,
            Precondition ifMatch,
            Caller caller,
            IMediator mediator,
            CancellationToken ct) =>
            Native.Nothing(await mediator.Send(new Command(caller, organization, user, ifMatch), ct));
    }
}
