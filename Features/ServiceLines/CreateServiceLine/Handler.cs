using System.Text.Json.Nodes;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Caching;
using WorkspaceService.Infrastructure.Database.Sqlite;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Hosting;
using WorkspaceService.Infrastructure.Hosting.Logging;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.OpenApi;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.ServiceLines;

public static partial class CreateServiceLine
{
    /// <param name="SubscriptionId">The subscription that pays for it, by its id elsewhere; null for none.</param>
    public sealed record Command(
        Caller Caller,
        string? WorkspaceId,
        string? Name,
        string? ProductLine,
        string? ExecutionModel,
        string? BillingModel,
        string? SubscriptionId = null,
        IReadOnlyList<string>? ProjectTags = null,
        JsonObject? Config = null,
        DateTimeOffset? StartsAt = null,
        DateTimeOffset? EndsAt = null) : ICommand<Versioned<ServiceLineObject>>;

    private sealed class Handler(ConnectionFactory db)
        : CommandHandler<Command, WorkspaceAccess, Versioned<ServiceLineObject>>(db)
    {
        protected override ValueTask<Outcome<WorkspaceAccess>> FindAsync(Command command, Session session) =>
            WorkspaceAuthorization.FindAsync(
                session, command.WorkspaceId!, Need.Manage(Permissions.ServiceLinesManage));

        protected override async Task<Outcome<Versioned<ServiceLineObject>>> HandleAsync(
            Command command, WorkspaceAccess workspace, Session session)
        {
            if (command.EndsAt < command.StartsAt)
            {
                return ServiceLineRules.EndsBeforeStart;
            }

            var name = command.Name!.Trim();
            var (id, code) = await Codes.MintAsync(session, Codes.ServiceLine);
            await session.ExecuteAsync(Sql.Insert, new
            {
                Id = id,
                Code = code,
                WorkspaceId = workspace.Id,
                workspace.OrganizationId,
                Name = name,
                command.ProductLine,
                command.ExecutionModel,
                command.BillingModel,
                SubscriptionId = command.SubscriptionId?.Trim(),
                ProjectTags = ServiceLineObject.TextOf(command.ProjectTags),
                Config = RawJson.Of(command.Config ?? []),
                command.StartsAt,
                command.EndsAt,
                CreatedAt = session.Now,
            });

            var changes = new Changes()
                .Set("name", null, name)
                .Set("product_line", null, command.ProductLine)
                .Set("execution_model", null, command.ExecutionModel)
                .Set("billing_model", null, command.BillingModel);
            await EventLog.AppendAsync(session, "service_line.created", workspace, ("service_line", code), changes);
            return await ServiceLineObject.ReadAsync(session, id);
        }
    }
}
