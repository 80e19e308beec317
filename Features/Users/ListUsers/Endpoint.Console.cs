using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Users;

public static partial class ListUsers
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/console/users", Get).WithName("console." + nameof(ListUsers));

        private static async Task<IResult> Get(
            PageAddress address, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            var organization = address["organization_id"];
            if (!(await frames.OfListAsync(caller, organization, ct)).Succeeded(out var frame, out var unseen))
            {
                return Html.Refused(unseen);
            }

            var query = new Query(
                caller, organization, address["status"], address["q"], address["cursor"], View.Rows);
            return (await mediator.Send(query, ct)).Match(
                page => Html.Show(new View(frame, address, page)), Html.Refused);
        }
    }

    public sealed record View(Frame Frame, PageAddress Address, Page<UserObject> Users)
        : IView<Pages.Users.ListUsers.Page>
    {
        internal const int Rows = 25;
    }
}
