using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Access;

public static partial class CanUseSite
{
    internal sealed class V4Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/api/v4/workspaces/can_use_site", Get)
                .WithName("v4." + nameof(CanUseSite)).WithTags("V4")
                .WithSummary("Ask whether the caller may use the site");

        private static async Task<V4SiteAnswer> Get(
            CurrentWorkspaceCode own, Caller caller, IMediator mediator, CancellationToken ct)
        {
            var outcome = await mediator.Send(new Query(caller, own.Code), ct);
            return V4.Site(caller, outcome.Match<Outcome<bool>>(answer => answer.CanUseSite, fault => fault));
        }
    }
}
