using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Metering;

public static partial class ReportHealth
{
    /// <param name="Score">0–100.</param>
    /// <param name="ObservedAt">Null for now.</param>
    public sealed record Command(
        Caller Caller,
        string ServiceLine,
        long? Score,
        DateTimeOffset? ObservedAt = null,
        Precondition IfMatch = default)
        : ICommand<Versioned<ServiceLineObject>>;

    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    private static readonly Fault InFuture =
        Fault.Invalid("/observed_at", "out_of_range", "May not lie in the future.");

    private static Fault Ended(string status) =>
        Fault.Conflict("invalid_transition", $"A service line that is {status} stays as it is.");

    private sealed class Handler(ConnectionFactory db)
        : CommandHandler<Command, ServiceLineAccess, Versioned<ServiceLineObject>>(db)
    {
        protected override ValueTask<Outcome<ServiceLineAccess>> FindAsync(Command command, Session session) =>
            ServiceLineAuthorization.FindAsync(session, command.ServiceLine, Need.Manage(Permissions.MeteringWrite));

        protected override async Task<Outcome<Versioned<ServiceLineObject>>> HandleAsync(
            Command command, ServiceLineAccess line, Session session)
        {
            if (line.IsFinal)
            {
                return Ended(line.Status);
            }

            var now = session.Now;
            var observedAt = command.ObservedAt ?? now;
            if (observedAt > now + ClockSkew)
            {
                return InFuture;
            }

            // Times ahead of the service's clock are set to now; otherwise newer readings would be ignored.
            observedAt = observedAt > now ? now : observedAt;
            var score = command.Score!.Value;
            if (await session.ExecuteAsync(Sql.Replace, new { line.Id, Score = score, ObservedAt = observedAt }) == 1
                && score != line.HealthScore)
            {
                await RecordAsync(session, line, score);
            }

            return await ServiceLineObject.ReadAsync(session, line.Id);
        }

        private static async Task RecordAsync(Session session, ServiceLineAccess line, long score)
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

            var changes = Changes.Of("health_score", line.HealthScore, score);
            await EventLog.AppendAsync(
                session, "service_line.updated", line.Workspace, ("service_line", line.Code), changes);
        }
    }
}
