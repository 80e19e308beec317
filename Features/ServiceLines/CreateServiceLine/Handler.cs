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

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Command, Outcome<Versioned<ServiceLineObject>>>
    {
        public Task<Outcome<Versioned<ServiceLineObject>>> Handle(Command command, CancellationToken ct) =>
            db.TransactAsync(command.Caller, session => CreateAsync(session, command, clock.GetUtcNow()), ct);

        private static async Task<Outcome<Versioned<ServiceLineObject>>> CreateAsync(Session session, Command command, DateTimeOffset now)
        {
            var found = await session.WorkspaceAsync(command.Caller, command.WorkspaceId!, Need.Manage(Permissions.ServiceLinesManage));
            if (!found.Succeeded(out var workspace, out var fault))
            {
                return fault;
            }

            if (command.EndsAt < command.StartsAt)
            {
                return ServiceLineRules.EndsBeforeStart;
            }

            var name = command.Name!.Trim();
            var (id, code) = await session.MintAsync(Codes.ServiceLine, now);
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
                CreatedAt = now,
            });

            var changes = new Changes()
                .Set("name", null, name)
                .Set("product_line", null, command.ProductLine)
                .Set("execution_model", null, command.ExecutionModel)
                .Set("billing_model", null, command.BillingModel);
            await session.AppendAsync(
                now, "service_line.created", workspace.OrganizationCode, workspace.Code, ("service_line", code), changes);
            return await session.ReadServiceLineAsync(id);
        }
    }
}
