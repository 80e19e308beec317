using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Users;

public static partial class GetUser
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/console/users/{user}", Get).WithName("console." + nameof(GetUser));

        private static async Task<IResult> Get(
            string user,
            PageAddress address,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            var found = await mediator.Send(new Query(caller, user), ct);
            var powers = await mediator.Send(new UpdateUser.Query(caller, user), ct);
            if (!found.And(powers).Succeeded(out var both, out var unseen))
            {
                return Html.Refused(unseen);
            }

            var (read, may) = both;
            var frame = await frames.OpenAsync(caller, address["organization_id"] ?? read.Value.ManagedBy, ct);
            var query = new ListUserWorkspaces.Query(
                caller, user, address["status"], address["cursor"], View.Rows);
            return (await mediator.Send(query, ct)).Match(
                page => Html.Show(new View(frame, address, read.Value, may, page)), Html.Refused);
        }
    }

    /// <param name="May">What the caller may change of the user.</param>
    public sealed record View(
        Frame Frame, PageAddress Address, UserObject User, UpdateUser.Response May, Page<UserWorkspace> Workspaces)
        : IView<Pages.Users.GetUser.Page>
    {
        internal const int Rows = 25;
    }
}
