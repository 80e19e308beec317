using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Organizations;

public static partial class GetOrganization
{
    internal sealed class TapeEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/org", Get)
                .WithName("tape." + nameof(GetOrganization)).WithTags("Tape").WithSummary("Retrieve the organization");

        private static async Task<TapeAnswer<TapeOrg>> Get(
            TapeOrganization organization, Caller caller, IMediator mediator, CancellationToken ct) =>
            Tape.Answer(
                await organization.With(code => mediator.Send(new Query(caller, code), ct)),
                found => TapeOrg.Of(found.Value, caller));
    }
}
