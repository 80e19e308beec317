using WorkspaceService.Infrastructure.Json;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>An event as it is stored; every reader of the log reads it with these columns.</summary>
public record EventRow
{
    /// <summary>For a statement with <c>events e</c> in it.</summary>
    internal const string Columns = """
        e.code AS id, e.sequence, e.type, e.occurred_at, e.organization_code AS organization_id,
        e.workspace_code AS workspace_id, e.actor_kind, e.actor_id, e.subject_kind, e.subject_id, e.request_id,
        e.changes, e.previous_hash, e.hash
        """;

    public string Id { get; init; } = "";

    /// <summary>Null for an event that no reader may see yet.</summary>
    public long? Sequence { get; init; }

    public string Type { get; init; } = "";

    public DateTimeOffset OccurredAt { get; init; }

    public string? OrganizationId { get; init; }

    public string? WorkspaceId { get; init; }

    public string ActorKind { get; init; } = "";

    public string ActorId { get; init; } = "";

    public string SubjectKind { get; init; } = "";

    public string SubjectId { get; init; } = "";

    public string RequestId { get; init; } = "";

    public RawJson Changes { get; init; }

    /// <summary>Null as long as the sequence is.</summary>
    public string? PreviousHash { get; init; }

    /// <summary>See <see cref="EventChain"/>.</summary>
    public string? Hash { get; init; }
}
