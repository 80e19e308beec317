using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Metering;

public static partial class ShowDailyCost
{
    /// <param name="Month">As 2026-04; null for the current UTC month.</param>
    public sealed record Query(Caller Caller, string Workspace, string? Month = null) : IQuery<Response>;

    /// <param name="First">The first day of the month.</param>
    /// <param name="IsPast">True where the month is over.</param>
    /// <param name="Currency">The workspace's.</param>
    /// <param name="Days">Every day of the month.</param>
    /// <param name="Total">Of everything in the workspace's currency.</param>
    /// <param name="Others">The totals in other currencies.</param>
    /// <param name="Lines">The service lines that cost something, the dearest first.</param>
    public sealed record Response(
        DateOnly First,
        bool IsPast,
        string Currency,
        IReadOnlyList<DayCost> Days,
        decimal Total,
        IReadOnlyList<OtherTotal> Others,
        IReadOnlyList<LineCost> Lines);

    public sealed record DayCost(DateOnly Day, decimal Cost);

    public sealed record OtherTotal(string Currency, decimal Cost);

    public sealed record LineCost(string Id, string Name, decimal Cost, string Currency);

    private sealed class Handler(ConnectionFactory db) : QueryHandler<Query, WorkspaceAccess, Response>(db)
    {
        protected override ValueTask<Outcome<WorkspaceAccess>> FindAsync(Query query, Session session) =>
            WorkspaceAuthorization.FindAsync(session, query.Workspace, Need.Belong);

        protected override async Task<Outcome<Response>> HandleAsync(
            Query query, WorkspaceAccess workspace, Session session)
        {
            var today = DateOnly.FromDateTime(session.Now.UtcDateTime);
            var current = new DateOnly(today.Year, today.Month, 1);
            var first = FirstOf(query.Month) ?? current;
            var length = DateTime.DaysInMonth(first.Year, first.Month);
            var period = new
            {
                workspace.Id,
                From = Day.Of(first),
                To = Day.Of(new DateOnly(first.Year, first.Month, length)),
            };
            if (await session.ScalarAsync<string?>(Sql.FindCurrency, period) is not { } currency)
            {
                return Faults.NotFound;
            }

            var days = await session.ListAsync<DaySum>(Sql.SumUpDays, period);
            var lines = await session.ListAsync<LineSum>(Sql.SumUpLines, period);
            var costs = days.Where(sum => sum.Currency == currency).ToDictionary(sum => sum.Day, sum => sum.Cost);
            return new Response(
                first,
                first < current,
                currency,
                [
                    .. Enumerable.Range(1, length).Select(number => new DateOnly(first.Year, first.Month, number))
                        .Select(day => new DayCost(day, costs.GetValueOrDefault(Day.Of(day)))),
                ],
                costs.Values.Sum() + 0.00m,
                [
                    .. days.Where(sum => sum.Currency != currency).GroupBy(sum => sum.Currency)
                        .Select(sums => new OtherTotal(sums.Key, sums.Sum(sum => sum.Cost))),
                ],
                [
                    .. lines.OrderByDescending(sum => sum.Currency == currency).ThenByDescending(sum => sum.Cost)
                        .Select(sum => new LineCost(sum.Code, sum.Name, sum.Cost, sum.Currency)),
                ]);
        }
    }

    private static DateOnly? FirstOf(string? month) => Day.Parse($"{month}-01");

    private sealed record DaySum
    {
        public long Day { get; init; }

        public string Currency { get; init; } = "";

        public long CostWhole { get; init; }

        public long CostMicros { get; init; }

        public decimal Cost => Money.FromMicros(CostWhole, CostMicros);
    }

    private sealed record LineSum
    {
        public string Code { get; init; } = "";

        public string Name { get; init; } = "";

        public string Currency { get; init; } = "";

        public long CostWhole { get; init; }

        public long CostMicros { get; init; }

        public decimal Cost => Money.FromMicros(CostWhole, CostMicros);
    }
}
