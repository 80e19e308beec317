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

namespace WorkspaceService.Features.Operation;

public static partial class LoadDemo
{
    /// <summary>When everything happens, as far as the commands know; it gives codes their year.</summary>
    private static readonly DateTimeOffset Now = new(2026, 4, 1, 9, 0, 0, TimeSpan.Zero);

    private static readonly Caller Root = RootKey.Caller with { RequestId = "demo" };

    /// <param name="Number">Of the code: 44 for USR-26-000044.</param>
    /// <param name="Since">When it was made, as it is to be shown.</param>
    private sealed record Person(long Number, string Name, DateTimeOffset Since)
    {
        public string Code => Codes.Format(Codes.User, Now.Year % 100, Number);

        public string Email { get; init; } = $"{Slug.From(Name.Split(' ')[0])}@example.com";
    }

    /// <summary>The role of a person in an organization, or in a workspace.</summary>
    private sealed record Part(Person Person, string Role)
    {
        /// <summary>Null for the time since when the organization or workspace exists.</summary>
        public DateTimeOffset? Since { get; init; }
    }

    /// <summary>A workspace; the organization's owner, who makes it, is its admin too.</summary>
    private sealed record Workspace(long Number, string Name, DateTimeOffset Since)
    {
        public string Code => Codes.Format(Codes.Workspace, Now.Year % 100, Number);

        public string? Slug { get; init; }

        public string? Type { get; init; }

        public string? Description { get; init; }

        public JsonObject? Settings { get; init; }

        public long? SeatLimit { get; init; }

        public IReadOnlyList<Part> Members { get; init; } = [];

        public IReadOnlyList<Line> Lines { get; init; } = [];

        /// <summary>The outside systems that it is connected to, by type, each with its configuration.</summary>
        public IReadOnlyList<(string Type, JsonObject Config)> Integrations { get; init; } = [];
    }

    /// <summary>A service line; one with a score is active.</summary>
    private sealed record Line(long Number, string Name, string ProductLine, string ExecutionModel, string BillingModel)
    {
        public string Code => Codes.Format(Codes.ServiceLine, Now.Year % 100, Number);

        public long? Health { get; init; }

        /// <summary>What it has used in the month in which the demo is loaded.</summary>
        public IReadOnlyList<Usage> Usages { get; init; } = [];
    }

    private sealed record Usage(string Metric, decimal Quantity, string Unit, decimal Cost);

    /// <param name="Person">Whom a user key stands for; null for a service key.</param>
    /// <param name="StandsFor">What is said about it on the console.</param>
    private sealed record Key(string Type, Person? Person, string StandsFor);

    private sealed record Organization(long Number, string Name, DateTimeOffset Since, Person Owner)
    {
        public string Code => Codes.Format(Codes.Organization, Now.Year % 100, Number);

        public string? BillingEmail { get; init; }

        public string? PlanId { get; init; }

        public IReadOnlyList<Part> Members { get; init; } = [];

        public IReadOnlyList<Workspace> Workspaces { get; init; } = [];

        /// <summary>What else is done in it, when everybody and every workspace is there.</summary>
        public Func<Stage, Task>? Then { get; init; }

        /// <summary>The keys that are shown.</summary>
        public IReadOnlyList<Key> Keys { get; init; } = [];

        /// <summary>The paths that are worth trying, with the first key.</summary>
        public IReadOnlyList<string> Tries { get; init; } = [];
    }

    /// <summary>Sends commands as the operator, at the demo's time or at this moment's.</summary>
    private sealed class Stage(IMediator then, IMediator now)
    {
        public Task<T> Do<T>(ICommand<T> command) => Done(then.Send(command));

        public Task<T> DoNow<T>(ICommand<T> command) => Done(now.Send(command));

        private static async Task<T> Done<T>(Task<Outcome<T>> sent) => (await sent).Match(
            value => value,
            fault => throw new InvalidOperationException(
                $"The demo is at odds with the rules: {fault.Code}: {fault.Message} {string.Join(' ', fault.Errors)}"));
    }

    private sealed class StandingClock(DateTimeOffset time) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => time;
    }
}
