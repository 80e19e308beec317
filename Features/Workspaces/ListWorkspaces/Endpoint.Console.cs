using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Workspaces;

public static partial class ListWorkspaces
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet("/console/workspaces", GetAll).WithName("console." + nameof(ListWorkspaces));
            app.MapGet("/console/organizations/{organization}", GetOfOrganization);
        }

        private static Task<IResult> GetAll(
            PageAddress address, Caller caller, IMediator mediator, Frames frames, CancellationToken ct) =>
            ShowAsync(address["organization_id"], address, caller, mediator, frames, ct);

        private static Task<IResult> GetOfOrganization(
            string organization,
            PageAddress address,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct) =>
            ShowAsync(organization, address, caller, mediator, frames, ct);

        private static async Task<IResult> ShowAsync(
            string? organization,
            PageAddress address,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            if (!(await frames.OfListAsync(caller, organization, ct)).Succeeded(out var frame, out var unseen))
            {
                return Html.Refused(unseen);
            }

            var query = new Query(
                caller,
                organization,
                address["status"],
                address["type"],
                address["q"],
                address["sort"] ?? "name",
                address["cursor"],
                View.Rows);
            return (await mediator.Send(query, ct)).Match(
                page => Html.Show(new View(frame, address, page)), Html.Refused);
        }
    }

    public sealed record View(Frame Frame, PageAddress Address, Page<WorkspaceRow> Workspaces)
        : IView<Pages.Workspaces.ListWorkspaces.Page>
    {
        internal const int Rows = 25;
    }
}
