using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Organizations;

/// <summary>Hands the organization over to another of its active members; the old owner stays as an admin.</summary>
public static partial class TransferOwnership
{
    public sealed record Body(string? UserId);

    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPost("/v1/orgs/{organization}/transfer-ownership", Post)
                .WithName(nameof(TransferOwnership)).WithTags("Organizations")
                .WithSummary("Transfer the ownership of an organization");

        private static async Task<NativeObject<OrganizationObject>> Post(
            string organization,
            Body body,
            Precondition ifMatch,
            Caller caller,
            IMediator mediator,
            CancellationToken ct) =>
            Native.Object(await mediator.Send(new Command(caller, organization, body.UserId, ifMatch), ct));
    }
}
