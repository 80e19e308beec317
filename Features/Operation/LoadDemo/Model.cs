using System.Text.Json.Nodes;
using MediatR;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Operation;

public static partial class LoadDemo
{
    /// <summary>The time of the commands; gives codes their year.</summary>
    private static readonly DateTimeOffset Now = new(2026, 4, 1, 9, 0, 0, TimeSpan.Zero);

    private static readonly Caller Root = RootKey.Caller with { RequestId = "demo" };

    /// <param name="Number">The number of the code: 44 for USR-26-000044.</param>
    /// <param name="Since">The creation time that is stored at the end.</param>
    private sealed record Person(long Number, string Name, DateTimeOffset Since)
    {
        public string Code => Codes.Format(Codes.User, Now.Year % 100, Number);

        public string Email { get; init; } = $"{Slug.From(Name.Split(' ')[0])}@example.com";
    }

    /// <summary>A member of an organization or of a workspace.</summary>
    private sealed record Member(Person Person, string Role)
    {
        /// <summary>Null for the creation time of the organization or workspace.</summary>
        public DateTimeOffset? Since { get; init; }
    }

    /// <summary>A workspace; the organization's owner creates it and is its admin.</summary>
    private sealed record Workspace(long Number, string Name, DateTimeOffset Since)
    {
        public string Code => Codes.Format(Codes.Workspace, Now.Year % 100, Number);

        public string? Slug { get; init; }

        public string? Type { get; init; }

        public string? Description { get; init; }

        public JsonObject? Settings { get; init; }

        public long? SeatLimit { get; init; }

        public IReadOnlyList<Member> Members { get; init; } = [];

        public IReadOnlyList<Line> Lines { get; init; } = [];

        /// <summary>Type and configuration of each integration.</summary>
        public IReadOnlyList<(string Type, JsonObject Config)> Integrations { get; init; } = [];
    }

    /// <summary>A service line: active with a score, otherwise draft.</summary>
    private sealed record Line(long Number, string Name, string ProductLine, string ExecutionModel, string BillingModel)
    {
        public string Code => Codes.Format(Codes.ServiceLine, Now.Year % 100, Number);

        public long? Health { get; init; }

        /// <summary>The usage in the current month.</summary>
        public IReadOnlyList<Usage> Usages { get; init; } = [];
    }

    private sealed record Usage(string Metric, decimal Quantity, string Unit, decimal Cost)
    {
        /// <summary>
        /// What is used all the time is used on each day of the month so far, less at weekends; milestones are reached
        /// in the middle of it, and the rest is booked on the first day.
        /// </summary>
        public IEnumerable<(Usage Usage, DateTimeOffset At)> Until(DateTimeOffset now)
        {
            var days = Enumerable.Range(1 - now.Day, now.Day).Select(day => now.AddDays(day)).ToList();
            days = Unit switch
            {
                "hour" or "run" or "thousand_tokens" => days,
                "milestone" => [days[days.Count / 2]],
                _ => [days[0]],
            };
            var (left, ahead) = (this, days.Sum(WeightOf));
            foreach (var day in days)
            {
                var share = WeightOf(day) / ahead; // 1 on the last day, which takes what rounding has left
                var part = left with
                {
                    Quantity = decimal.Round(left.Quantity * share),
                    Cost = decimal.Round(left.Cost * share, 2),
                };
                yield return (part, day);
                left = left with { Quantity = left.Quantity - part.Quantity, Cost = left.Cost - part.Cost };
                ahead -= WeightOf(day);
            }
        }

        private static decimal WeightOf(DateTimeOffset day) =>
            day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 1 : 5;
    }

    /// <param name="Person">The user of a user key; null for a service key.</param>
    /// <param name="Description">Printed on the console.</param>
    private sealed record Key(string Type, Person? Person, string Description);

    private sealed record Organization(long Number, string Name, DateTimeOffset Since, Person Owner)
    {
        public string Code => Codes.Format(Codes.Organization, Now.Year % 100, Number);

        public string? BillingEmail { get; init; }

        public string? PlanId { get; init; }

        public IReadOnlyList<Member> Members { get; init; } = [];

        public IReadOnlyList<Workspace> Workspaces { get; init; } = [];

        /// <summary>Further commands, sent after the others.</summary>
        public Func<Sender, Task>? AfterSetup { get; init; }

        /// <summary>The keys that are issued and printed.</summary>
        public IReadOnlyList<Key> Keys { get; init; } = [];

        /// <summary>Paths to call with the first key, printed as curl commands.</summary>
        public IReadOnlyList<string> SamplePaths { get; init; } = [];
    }

    /// <summary>Sends commands at the demo's time, or at the current time; throws for a fault.</summary>
    private sealed class Sender(IMediator past, IMediator present)
    {
        public Task<T> SendAsync<T>(ICommand<T> command) => ValueOfAsync(past.Send(command));

        public Task<T> SendNowAsync<T>(ICommand<T> command) => ValueOfAsync(present.Send(command));

        private static async Task<T> ValueOfAsync<T>(Task<Outcome<T>> sent) => (await sent).Match(
            value => value,
            fault => throw new InvalidOperationException(
                $"The demo is at odds with the rules: {fault.Code}: {fault.Message} {string.Join(' ', fault.Errors)}"));
    }

    private sealed class FixedClock(DateTimeOffset time) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => time;
    }
}
