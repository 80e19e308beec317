using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using DayKey = (long LineId, long Day, string Metric, string Unit, string Currency);

namespace WorkspaceService.Features.Metering;

public static partial class RecordMeteringEvents
{
    public sealed record Command(Caller Caller, IReadOnlyList<BatchItem<Event>>? Events)
        : ICommand<IReadOnlyList<EventResult>>;

    /// <param name="Id">The sender's own; the same one again, in the same organization, is the same event.</param>
    /// <param name="Unit">Null for none.</param>
    /// <param name="Cost">Null for none.</param>
    /// <param name="Currency">Goes with a cost.</param>
    /// <param name="OccurredAt">Decides the day and the month that it counts in.</param>
    public sealed record Event(
        string? Id,
        string? ServiceLineId,
        string? Metric,
        decimal? Quantity,
        string? Unit,
        decimal? Cost,
        string? Currency,
        DateTimeOffset? OccurredAt);

    /// <param name="Id">The event's, where it could be read.</param>
    /// <param name="Result">accepted, duplicate or rejected.</param>
    /// <param name="Code">Why it was rejected.</param>
    /// <param name="Message">The same for people.</param>
    /// <example>
    /// { "id": "2026-04-01/LIN-26-084729/hours", "result": "accepted", "code": null, "message": null }
    /// </example>
    public sealed record EventResult(
        string? Id,
        [property: OneOf(typeof(EventResult), nameof(EventResult.Results))] string Result,
        string? Code = null,
        string? Message = null)
    {
        internal const string Accepted = "accepted";
        internal const string Duplicate = "duplicate";
        internal const string Rejected = "rejected";

        public static readonly string[] Results = [Accepted, Duplicate, Rejected];
    }

    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Fault SumTooLarge = Fault.Invalid(
        "/events",
        "out_of_range",
        "A day's or a month's sum would grow out of range; nothing of the batch was recorded.");

    private static Fault InvalidEvent(string message) => Fault.Invalid("", "invalid_event", message);

    private static Fault InFuture(DateTimeOffset now) => Fault.Invalid(
        "/occurred_at",
        "occurred_in_future",
        $"It lies more than five minutes ahead of {now.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}.");

    private static Fault NotMetered(string status) => Fault.Conflict(
        "invalid_status", $"The service line is {status}; only active and paused ones take events.");

    private static Fault AnotherCurrency(string currency) => Fault.Conflict(
        "currency_mismatch", $"The workspace counts its cost in {currency}.");

    private sealed class Handler(ConnectionFactory db) : CommandHandler<Command, IReadOnlyList<EventResult>>(db)
    {
        // Allows archived workspaces, because a resent event is a duplicate there too; new events are rejected later.
        // Batches about the same lines run beside each other: they only insert and add.
        private static readonly Need Recording =
            Need.Manage(Permissions.MeteringWrite) with { InArchived = true, Concurrent = true };

        protected override async Task<Outcome<IReadOnlyList<EventResult>>> HandleAsync(Command command, Session session)
        {
            if (!command.Caller.May(Permissions.MeteringWrite))
            {
                return Faults.Forbidden;
            }

            var lines = new Dictionary<string, Outcome<ServiceLineAccess>>();
            var results = new EventResult[command.Events!.Count];
            var fresh = new Dictionary<Key, (int Place, Entry Entry)>();
            var refused = new List<(int Place, Key Key)>();
            for (var place = 0; place < results.Length; place++)
            {
                var item = command.Events[place];
                var check = await CheckAsync(session, item, lines);
                if (!check.Succeeded(out var entry, out var fault))
                {
                    results[place] = Rejected(item.Value?.Id ?? item.Id, fault);
                }
                else if (entry.Refusal is { } refusal && !fresh.ContainsKey(entry.Key))
                {
                    results[place] = Rejected(entry.Key.EventId, refusal);
                    refused.Add((place, entry.Key));
                }
                else
                {
                    var isFirst = entry.Refusal is null && fresh.TryAdd(entry.Key, (place, entry));
                    results[place] = new(entry.Key.EventId, isFirst ? EventResult.Accepted : EventResult.Duplicate);
                }
            }

            var known = await ListKnownAsync(session, refused);
            foreach (var (place, key) in refused.Where(each => known.Contains(each.Key)))
            {
                results[place] = new(key.EventId, EventResult.Duplicate);
            }

            // In the order of ids in every transaction, which prevents deadlocks.
            var entries = fresh.Values.Select(each => each.Entry)
                .OrderBy(entry => entry.Key.EventId, StringComparer.Ordinal);
            var inserted = await InsertAsync(session, entries);
            var sums = new Sums();
            foreach (var (key, (place, entry)) in fresh)
            {
                if (inserted.Contains(key))
                {
                    sums.Add(entry.Line, entry.Given);
                }
                else
                {
                    results[place] = new(entry.Given.Id, EventResult.Duplicate);
                }
            }

            if (Denied(results) is { } denied)
            {
                return denied;
            }

            return await SaveAsync(session, sums) ? results : SumTooLarge;
        }

        // The checks of an event alone; a fault where it is invalid or its line is not found.
        private static async Task<Outcome<Entry>> CheckAsync(
            Session session, BatchItem<Event> item, Dictionary<string, Outcome<ServiceLineAccess>> lines)
        {
            if (item.Value is not { } given)
            {
                return InvalidEvent($"{item.Error!.Pointer} {item.Error.Message}".Trim());
            }

            if (ErrorOf(given, session.Now) is { } error)
            {
                return error;
            }

            if (!lines.TryGetValue(given.ServiceLineId!, out var found))
            {
                found = await ServiceLineAuthorization.FindAsync(session, given.ServiceLineId!, Recording);
                lines[given.ServiceLineId!] = found;
            }

            return found.Then<Entry>(line => new Entry(given, line, Refusal(given, line)));
        }

        private static async Task<HashSet<Key>> ListKnownAsync(Session session, List<(int Place, Key Key)> asked)
        {
            if (asked.Count == 0)
            {
                return [];
            }

            var rows = asked.Select(each => new { organization = each.Key.OrganizationId, id = each.Key.EventId });
            return [.. await session.ListAsync<Key>(Sql.ListKnown, new { Rows = JsonRows.Serialize(rows) })];
        }

        // Returns the keys of the inserted events.
        private static async Task<HashSet<Key>> InsertAsync(Session session, IEnumerable<Entry> entries)
        {
            var rows = entries.Select(entry => new
            {
                organization = entry.Key.OrganizationId,
                id = entry.Key.EventId,
                line = entry.Line.Id,
                metric = entry.Given.Metric,
                unit = entry.Given.Unit ?? "",
                quantity = Money.ToMicros(entry.Given.Quantity!.Value),
                cost = Money.ToMicros(entry.Given.Cost ?? 0),
                currency = entry.Line.Currency,
                occurred = entry.Given.OccurredAt!.Value.ToUnixTimeMilliseconds(),
            });
            return
            [
                .. await session.ListAsync<Key>(
                    Sql.InsertMany, new { Rows = JsonRows.Serialize(rows), ReceivedAt = session.Now }),
            ];
        }

        // The event's own errors.
        private static Fault? ErrorOf(Event given, DateTimeOffset now) =>
            !IsFilled(given.Id, 200) ? InvalidEvent("/id must be 1 to 200 characters.")
            : !IsFilled(given.ServiceLineId, 200) ? InvalidEvent("/service_line_id must name the service line.")
            : !IsFilled(given.Metric, 100) ? InvalidEvent("/metric must be 1 to 100 characters.")
            : given.Unit is not null && !IsFilled(given.Unit, 50)
                ? InvalidEvent("/unit must be 1 to 50 characters, or null for none.")
            : given.Quantity is not (>= 0 and < 1_000_000_000_000)
                ? InvalidEvent("/quantity must be at least 0 and less than a trillion.")
            : given.Cost is < 0 or >= 10_000_000_000
                ? InvalidEvent("/cost must be at least 0 and less than ten billion.")
            : given.Cost is not null && given.Currency is null ? InvalidEvent("/currency must go with a cost.")
            : given.OccurredAt is not { } at || at < Earliest ? InvalidEvent("/occurred_at must be a time after 1999.")
            : at > now + ClockSkew ? InFuture(now)
            : null;

        // Why the line accepts no such event, if it is new.
        private static Fault? Refusal(Event given, ServiceLineAccess line) =>
            line.Workspace.IsArchived ? Faults.WorkspaceArchived
            : line.Status is not (ServiceLineLifecycle.Active or ServiceLineLifecycle.Paused) ? NotMetered(line.Status)
            : given.Currency is { } currency && currency != line.Currency ? AnotherCurrency(line.Currency)
            : null;

        // The whole batch fails where no line may be written by the caller.
        private static Fault? Denied(IEnumerable<EventResult> results) =>
            results.Select(result => result.Code).Distinct().ToList() switch
            {
                ["forbidden"] => Faults.Forbidden,
                ["organization_suspended"] => Faults.OrganizationSuspended,
                _ => null,
            };

        private static EventResult Rejected(string? id, Fault fault)
        {
            var code = fault.Errors is [{ } error] ? error.Code : fault.Code;
            var message = fault.Errors is [{ } first] ? first.Message : fault.Message;
            return new(id, EventResult.Rejected, code, message);
        }

        private static bool IsFilled(string? text, int most) =>
            text is not null && PlainText.LengthOf(text) <= most && PlainText.IsLine(text)
                && PlainText.IsVisible(text);

        // In the same order in every transaction, which prevents deadlocks.
        private static async Task<bool> SaveAsync(Session session, Sums sums)
        {
            foreach (var ((workspaceId, month, currency), cost) in sums.Months.OrderBy(sum => sum.Key))
            {
                var row = new
                {
                    WorkspaceId = workspaceId,
                    Month = month,
                    Currency = currency,
                    CostMicros = Money.ToMicros(cost),
                };
                if (await session.ExecuteAsync(Sql.AddToMonth, row) == 0)
                {
                    return false;
                }
            }

            foreach (var ((lineId, day, metric, unit, currency), (quantity, cost)) in sums.Days.OrderBy(sum => sum.Key))
            {
                var whole = decimal.Truncate(quantity);
                var row = new
                {
                    ServiceLineId = lineId,
                    Day = day,
                    Metric = metric,
                    Unit = unit,
                    Currency = currency,
                    QuantityWhole = (long)whole,
                    QuantityMicros = Money.ToMicros(quantity - whole),
                    CostMicros = Money.ToMicros(cost),
                };
                if (await session.ExecuteAsync(Sql.AddToDay, row) == 0)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>The identity of an event; equal for a duplicate.</summary>
    private sealed record Key
    {
        public long OrganizationId { get; init; }

        public string EventId { get; init; } = "";
    }

    /// <param name="Refusal">The fault if the event is new; null where the line accepts it.</param>
    private sealed record Entry(Event Given, ServiceLineAccess Line, Fault? Refusal)
    {
        public Key Key { get; } = new() { OrganizationId = Line.Workspace.OrganizationId, EventId = Given.Id! };
    }

    /// <summary>
    /// The sums of a batch's accepted events, per day of a line and per month of a workspace.
    /// </summary>
    private sealed class Sums
    {
        public Dictionary<DayKey, (decimal Quantity, decimal Cost)> Days { get; } = [];

        public Dictionary<(long WorkspaceId, long Month, string Currency), decimal> Months { get; } = [];

        public void Add(ServiceLineAccess line, Event accepted)
        {
            var at = accepted.OccurredAt!.Value;
            var cost = accepted.Cost ?? 0;
            DayKey day = (line.Id, Day.Of(at), accepted.Metric!, accepted.Unit ?? "", line.Currency);
            var (quantity, spent) = Days.GetValueOrDefault(day);
            Days[day] = (quantity + accepted.Quantity!.Value, spent + cost);
            if (cost > 0)
            {
                var month = (line.Workspace.Id, Month.Of(at), line.Currency);
                Months[month] = Months.GetValueOrDefault(month) + cost;
            }
        }
    }
}
