using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Organizations;

public static partial class ListOrganizations
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/console/organizations", Get).WithName("console." + nameof(ListOrganizations));

        private static async Task<IResult> Get(
            PageAddress address, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            var query = new Query(caller, address["status"], address["q"], address["cursor"], View.Rows);
            var frame = await frames.OpenAsync(caller, ct);
            return (await mediator.Send(query, ct)).Match(
                page => Html.Show(new View(frame, address, page)), Html.Refused);
        }
    }

    public sealed record View(Frame Frame, PageAddress Address, Page<OrganizationObject> Organizations)
        : IView<Pages.Organizations.ListOrganizations.Page>
    {
        internal const int Rows = 25;
    }
}
