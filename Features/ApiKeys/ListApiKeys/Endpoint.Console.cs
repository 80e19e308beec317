using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.ApiKeys;

public static partial class ListApiKeys
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/console/api-keys", Get).WithName("console." + nameof(ListApiKeys));

        private static async Task<IResult> Get(
            PageAddress address, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            var organization = address["organization_id"];
            if (!(await frames.OfListAsync(caller, organization, ct)).Succeeded(out var frame, out var unseen))
            {
                return Html.Refused(unseen);
            }

            var query = new Query(
                caller, organization, address["workspace_id"], address["type"], address["cursor"], View.Rows);
            return (await mediator.Send(query, ct)).Match(
                page => Html.Show(new View(frame, address, page)), Html.Refused);
        }
    }

    public sealed record View(Frame Frame, PageAddress Address, Page<ApiKeyObject> Keys)
        : IView<Pages.ApiKeys.ListApiKeys.Page>
    {
        internal const int Rows = 25;
    }
}
