using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Organizations;

public static partial class GetOrganization
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/console/organizations/{organization}/plan", Get)
                .WithName("console." + nameof(GetOrganization));

        private static async Task<IResult> Get(
            string organization, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            var frame = await frames.OfOrganizationAsync(caller, organization, ct);
            var found = await mediator.Send(new Query(caller, organization), ct);
            if (!frame.And(found).Succeeded(out var both, out var fault))
            {
                return Html.Refused(fault);
            }

            // For admins, and for the owner itself; others see the id alone.
            var shown = both.Second.Value;
            var owner = await mediator.Send(
                new GetOrganizationMember.Query(caller, organization, shown.OwnerId), ct);
            return Html.Show(new View(both.First, shown, owner.Match(its => its.Value, _ => null!)));
        }
    }

    /// <param name="Owner">Null for who may not see the members.</param>
    public sealed record View(Frame Frame, OrganizationObject Organization, MemberObject? Owner)
        : IView<Pages.Organizations.GetOrganization.Page>;
}
