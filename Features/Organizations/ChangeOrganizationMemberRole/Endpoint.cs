using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Organizations;

/// <summary>Gives an organization member another role; the owner's passes only with the ownership.</summary>
public static partial class ChangeOrganizationMemberRole
{
    public sealed record Body(string? Role);

    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPatch("/v1/orgs/{organization}/members/{user}", Patch)
                .WithName(nameof(ChangeOrganizationMemberRole)).WithTags("Organizations")
                .WithSummary("Change an organization member's role");

        private static async Task<NativeObject<MemberObject>> Patch(
            string organization,
            string user,
            Body body,
            Precondition ifMatch,
            Caller caller,
            IMediator mediator,
            CancellationToken ct) =>
            Native.Object(await mediator.Send(new Command(caller, organization, user, body.Role, ifMatch), ct));
    }
}
