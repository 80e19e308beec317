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

namespace WorkspaceService.Features.Metering;

public static partial class ReportHealth
{
    /// <param name="Score">0–100.</param>
    /// <param name="ObservedAt">Null for now.</param>
    public sealed record Command(Caller Caller, string ServiceLine, long? Score, DateTimeOffset? ObservedAt = null)
        : ICommand<Versioned<ServiceLineObject>>;

    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    private static readonly Fault InFuture = Fault.Invalid("/observed_at", "out_of_range", "May not lie in the future.");

    private static Fault Ended(string status) =>
        Fault.Conflict("invalid_transition", $"A service line that is {status} stays as it is.");

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Command, Outcome<Versioned<ServiceLineObject>>>
    {
        public Task<Outcome<Versioned<ServiceLineObject>>> Handle(Command command, CancellationToken ct) =>
            db.TransactAsync(command.Caller, session => ReportAsync(session, command, clock.GetUtcNow()), ct);

        private static async Task<Outcome<Versioned<ServiceLineObject>>> ReportAsync(Session session, Command command, DateTimeOffset now)
        {
            var found = await session.ServiceLineAsync(command.Caller, command.ServiceLine, Need.Manage(Permissions.MeteringWrite));
            if (!found.Succeeded(out var line, out var fault))
            {
                return fault;
            }

            if (line.IsFinal)
            {
                return Ended(line.Status);
            }

            var observedAt = command.ObservedAt ?? now;
            if (observedAt > now + ClockSkew)
            {
                return InFuture;
            }

            // From a clock that is a little ahead; kept as it is it would stand in the way of readings that are newer.
            observedAt = observedAt > now ? now : observedAt;
            var score = command.Score!.Value;
            if (await session.ExecuteAsync(Sql.Replace, new { line.Id, Score = score, ObservedAt = observedAt }) == 1
                && score != line.HealthScore)
            {
                await TellAsync(session, line, score, now);
            }

            return await session.ReadServiceLineAsync(line.Id);
        }

        private static async Task TellAsync(Session session, ServiceLineAccess line, long score, DateTimeOffset now)
        {
            if (line.IsActive)
            {
                await session.ExecuteAsync(Sql.Count, new
                {
                    line.Workspace.Id,
                    Score = score - (line.HealthScore ?? 0),
                    Scores = line.HealthScore is null ? 1 : 0,
                });
            }

            await session.AppendAsync(
                now,
                "service_line.updated",
                line.Workspace.OrganizationCode,
                line.Workspace.Code,
                ("service_line", line.Code),
                new Changes().Set("health_score", line.HealthScore, score));
        }
    }
}
