using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Organizations;

public static partial class ListOrganizationMembers
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/console/organizations/{organization}/members", Get)
                .WithName("console." + nameof(ListOrganizationMembers));

        private static async Task<IResult> Get(
            string organization,
            PageAddress address,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            if (!(await frames.OfOrganizationAsync(caller, organization, ct)).Succeeded(out var frame, out var unseen))
            {
                return Html.Refused(unseen);
            }

            var query = new Query(
                caller,
                organization,
                address["role"],
                address["status"],
                address["q"],
                address["cursor"],
                View.Rows);
            return (await mediator.Send(query, ct)).Match(
                page => Html.Show(new View(frame, address, page)), Html.Refused);
        }
    }

    public sealed record View(Frame Frame, PageAddress Address, Page<MemberObject> Members)
        : IView<Pages.Organizations.ListOrganizationMembers.Page>
    {
        internal const int Rows = 25;
    }
}
