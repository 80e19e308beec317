using Carter;
using MediatR;
using Microsoft.AspNetCore.WebUtilities;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.AuditLogs;

public static partial class ListAuditLogs
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/console/audit-logs", Get).WithName("console." + nameof(ListAuditLogs));

        private static async Task<IResult> Get(
            PageAddress address, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            var organization = address["organization_id"] ?? caller.OrganizationCode ?? "";
            var frame = await frames.OfOrganizationAsync(caller, organization, ct);
            var query = new Query(
                caller,
                organization,
                address["workspace_id"],
                address["actor_id"],
                address["actor_type"],
                address["action"],
                address["outcome"],
                address.Begin("from"),
                address.End("to"),
                address["sort"] ?? View.NewestFirst,
                address["cursor"],
                View.Rows);
            return frame.And(await mediator.Send(query, ct)).Match(
                both => Html.Show(new View(both.First, address, both.Second)), Html.Refused);
        }
    }

    public sealed record View(Frame Frame, PageAddress Address, Page<AuditEntryObject> Entries)
        : IView<Pages.AuditLogs.ListAuditLogs.Page>
    {
        internal const string NewestFirst = "-occurred_at";
        internal const int Rows = 25;

        internal static readonly string[] Filters =
            ["action", "outcome", "actor_id", "actor_type", "workspace_id", "from", "to"];

        // The stream has what was done, as it is done, and knows no kinds of actors.
        private bool IsFollowed =>
            (Address["sort"] ?? NewestFirst) == NewestFirst && !Address.Has("cursor", "actor_type", "to")
            && Address["outcome"] != AuditLog.Denied
            && (Address["action"] is not { } action || EventTypes.All.Contains(action));

        /// <summary>Where the entries after those of this page come from; null where there are none to come.</summary>
        internal string? Live => IsFollowed && Entries.Items.Count > 0
            ? AddressOf("/console/audit-logs/live", ("after", LastEvent))
            : null;

        internal string Export(string format) => AddressOf("/console/audit-logs/export", ("format", format));

        private string? LastEvent => Entries.Items.FirstOrDefault(entry => entry.EventId is not null)?.EventId;

        private string AddressOf(string path, (string Name, string? Value) further) => QueryHelpers.AddQueryString(
            path,
            Filters.Select(name => KeyValuePair.Create(name, Address[name]))
                .Prepend(KeyValuePair.Create("organization_id", (string?)Frame.Organization!.Id))
                .Append(KeyValuePair.Create(further.Name, further.Value))
                .Where(pair => pair.Value is not null));
    }
}
