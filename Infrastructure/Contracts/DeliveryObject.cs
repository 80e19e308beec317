using System.Text.Json;
using System.Text.Json.Serialization;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Contracts;

/// <summary>An event on its way to a webhook, with every try.</summary>
/// <example>
/// {
///   "id": "DLV-26-000412",
///   "event_id": "EVT-26-000317",
///   "event_type": "member.added",
///   "status": "pending",
///   "next_attempt_at": "2026-04-01T09:05:05Z",
///   "attempts": [
///     {
///       "attempted_at": "2026-04-01T09:00:00Z",
///       "status_code": 503,
///       "duration_ms": 41,
///       "error": "It answered 503 Service Unavailable."
///     }
///   ]
/// }
/// </example>
public sealed record DeliveryObject : INumbered, IVersioned
{
    public const string Pending = "pending";
    public const string Delivered = "delivered";
    public const string Failed = "failed";

    public static readonly string[] Statuses = [Pending, Delivered, Failed];

    /// <summary>The object's columns, for a statement with <c>webhook_deliveries d</c> in it.</summary>
    internal const string Columns = """
        d.id AS number, d.code AS id, d.event_code AS event_id, d.event_type, d.status, d.next_attempt_at,
        d.attempts AS attempt_list, d.version
        """;

    public string Id { get; init; } = "";

    public string EventId { get; init; } = "";

    public string EventType { get; init; } = "";

    /// <summary>pending, delivered or failed.</summary>
    [OneOf(typeof(DeliveryObject), nameof(Statuses))]
    public string Status { get; init; } = "";

    /// <summary>Null where nothing more is tried.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>In their order; of many, the last fifty.</summary>
    public IReadOnlyList<DeliveryAttempt> Attempts => DeliveryAttempt.Read(AttemptList);

    [JsonIgnore]
    public long Number { get; init; }

    [JsonIgnore]
    public string AttemptList { get; init; } = "[]";

    [JsonIgnore]
    public long Version { get; init; }
}

/// <summary>One try of a delivery.</summary>
/// <param name="StatusCode">What the receiver answered; null where nothing answered.</param>
/// <param name="Error">What went wrong, in words; null where the event was delivered.</param>
public sealed record DeliveryAttempt(DateTimeOffset AttemptedAt, int? StatusCode, long DurationMs, string? Error)
{
    public const int MostKept = 50;

    internal static IReadOnlyList<DeliveryAttempt> Read(string text) =>
        JsonSerializer.Deserialize<List<DeliveryAttempt>>(text, JsonConventions.Lenient)!;

    internal static string Write(IEnumerable<DeliveryAttempt> attempts) =>
        JsonSerializer.Serialize(attempts.TakeLast(MostKept), JsonConventions.Lenient);
}
