using Carter;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Events;

public static partial class StreamEvents
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/console/audit-logs/live", Get).WithName("console." + nameof(StreamEvents));

        private static async Task<IResult> Get(
            PageAddress address,
            [FromHeader(Name = "Last-Event-ID")] string? lastEventId,
            Caller caller,
            ConsoleSession session,
            HttpContext http,
            IMediator mediator,
            CancellationToken ct)
        {
            var query = new Query(
                caller,
                session.KeyOf(http)!,
                address["organization_id"] ?? caller.OrganizationCode ?? "",
                address["workspace_id"],
                address["action"],
                address["actor_id"],
                address.Begin("from"),
                address.End("to"),
                address["after"],
                lastEventId);
            return (await mediator.Send(query, ct)).Match(Html.Live, Html.Refused);
        }
    }
}
