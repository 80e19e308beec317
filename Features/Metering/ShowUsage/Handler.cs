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

public static partial class ShowUsage
{
    /// <param name="From">The first day, as 2026-04-01; null for the first of the last day's month.</param>
    /// <param name="To">The last day; null for the last of the current UTC month.</param>
    public sealed record Query(Caller Caller, string ServiceLine, string? From = null, string? To = null)
        : IQuery<Response>;

    /// <param name="TotalCost">Of everything in the workspace's currency.</param>
    /// <example>
    /// {
    ///   "service_line_id": "LIN-26-084729",
    ///   "period": { "from": "2026-04-01", "to": "2026-04-30" },
    ///   "metrics": [
    ///     { "metric": "engineering_hours", "quantity": 320, "unit": "hours", "cost": 34500.00, "currency": "USD" }
    ///   ],
    ///   "total_cost": 34500.00,
    ///   "currency": "USD"
    /// }
    /// </example>
    public sealed record Response(
        string ServiceLineId, Period Period, IReadOnlyList<MetricUsage> Metrics, decimal TotalCost, string Currency);

    /// <param name="From">The first day.</param>
    /// <param name="To">The last day, which is part of the period.</param>
    public sealed record Period(string From, string To);

    public sealed record MetricUsage(string Metric, decimal Quantity, string? Unit, decimal Cost, string Currency);

    private sealed class Handler(ConnectionFactory db) : QueryHandler<Query, ServiceLineAccess, Response>(db)
    {
        protected override ValueTask<Outcome<ServiceLineAccess>> FindAsync(Query query, Session session) =>
            ServiceLineAuthorization.FindAsync(session, query.ServiceLine, Need.Belong);

        protected override async Task<Outcome<Response>> HandleAsync(
            Query query, ServiceLineAccess line, Session session)
        {
            var to = Day.Parse(query.To) ?? Day.LastOfMonth(session.Now);
            var from = Day.Parse(query.From) ?? new DateOnly(to.Year, to.Month, 1);
            if (to < from)
            {
                return Fault.Parameter("to", "must not come before from.");
            }

            var sums = await session.ListAsync<Sum>(Sql.SumUp, new { line.Id, From = Day.Of(from), To = Day.Of(to) });
            var metrics = sums.ConvertAll(sum => new MetricUsage(
                sum.Metric,
                sum.QuantityWhole + (sum.QuantityMicros / 1_000_000m),
                sum.Unit.Length == 0 ? null : sum.Unit,
                Money.FromMicros(sum.CostWhole, sum.CostMicros),
                sum.Currency));
            return new Response(
                line.Code,
                new Period(Day.Text(from), Day.Text(to)),
                metrics,
                metrics.Where(metric => metric.Currency == line.Currency).Sum(metric => metric.Cost) + 0.00m,
                line.Currency);
        }
    }

    private sealed record Sum
    {
        public string Metric { get; init; } = "";

        public string Unit { get; init; } = "";

        public string Currency { get; init; } = "";

        public long QuantityWhole { get; init; }

        public long QuantityMicros { get; init; }

        public long CostWhole { get; init; }

        public long CostMicros { get; init; }
    }
}
