using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.AuditLogs;

public static partial class ExportAuditLogs
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/console/audit-logs/export", Get).WithName("console." + nameof(ExportAuditLogs));

        private static async Task<IResult> Get(
            PageAddress address, Caller caller, IMediator mediator, CancellationToken ct)
        {
            var query = new Query(
                caller,
                address["organization_id"] ?? caller.OrganizationCode ?? "",
                address["format"] ?? ExportFormats.Lines,
                address["workspace_id"],
                address["actor_id"],
                address["actor_type"],
                address["action"],
                address["outcome"],
                address.Begin("from"),
                address.End("to"));
            return (await mediator.Send(query, ct)).Match(
                export => Html.Download(export, query.Format), Html.Refused);
        }
    }
}
