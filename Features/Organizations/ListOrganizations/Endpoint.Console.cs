using Carter;
using MediatR;
using WorkspaceService.Features.Users;
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
            if (!(await mediator.Send(query, ct)).Succeeded(out var page, out var fault))
            {
                return Html.Refused(fault);
            }

            // Who went away after the first step of the first visit goes on with the second.
            var hasPeople = caller.IsRoot && page.Items.Count == 0
                && (await mediator.Send(new ListUsers.Query(caller, Limit: 1), ct)).Match(
                    people => people.Items.Count > 0, _ => false);
            return Html.Show(new View(frame, address, page, hasPeople));
        }
    }

    /// <param name="HasPeople">True where there is somebody who can own the first organization.</param>
    public sealed record View(
        Frame Frame, PageAddress Address, Page<OrganizationObject> Organizations, bool HasPeople)
        : IView<Pages.Organizations.ListOrganizations.Page>
    {
        internal const int Rows = 25;
    }
}
