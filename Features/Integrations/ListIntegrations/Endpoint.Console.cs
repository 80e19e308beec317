using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Integrations;

public static partial class ListIntegrations
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/console/integrations", Get).WithName("console." + nameof(ListIntegrations));

        private static async Task<IResult> Get(
            PageAddress address, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            var frame = address["workspace_id"] is { } workspace
                ? await frames.OfWorkspaceAsync(caller, workspace, ct)
                : await frames.OfListAsync(caller, address["organization_id"], ct);
            var query = new Query(
                caller,
                address["workspace_id"],
                address["organization_id"],
                address["type"],
                address["cursor"],
                View.Rows,
                address["id"]);
            return frame.And(await mediator.Send(query, ct)).Match(
                both => Html.Show(new View(both.First, address, both.Second)), Html.Refused);
        }
    }

    public sealed record View(Frame Frame, PageAddress Address, Page<IntegrationObject> Integrations)
        : IView<Pages.Integrations.ListIntegrations.Page>
    {
        internal const int Rows = 25;
    }
}
