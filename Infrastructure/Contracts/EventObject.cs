using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;

namespace WorkspaceService.Infrastructure.Contracts;

/// <summary>An event as the native surface shows it.</summary>
/// <param name="Sequence">
/// The order of events: whoever has seen one with this number has been able to see all before it.
/// </param>
/// <param name="Actor">
/// kind root, user, api_key or system; the user's id, the key's, or what acted of its own accord.
/// </param>
/// <param name="Subject">What was changed.</param>
/// <param name="Changes">For each changed field, what it was before and after.</param>
/// <param name="PreviousHash">
/// The hash of the organization's event before this one; 64 zeros for the first. Events of no organization have a chain
/// of their own.
/// </param>
/// <param name="Hash">
/// The SHA-256, in lower-case hexadecimal, of previous_hash, a line feed, and the event without previous_hash and hash
/// as JSON by RFC 8785 in UTF-8, except that numbers keep their digits.
/// </param>
/// <example>
/// {
///   "id": "EVT-26-000317",
///   "sequence": 317,
///   "type": "workspace.updated",
///   "occurred_at": "2026-04-01T09:00:00Z",
///   "organization_id": "ORG-26-090500",
///   "workspace_id": "WS-26-000021",
///   "actor": { "kind": "user", "id": "USR-26-000044" },
///   "subject": { "kind": "workspace", "id": "WS-26-000021" },
///   "request_id": "req_01993f1c5a7d7f3e8f0e6d1c2b3a4958",
///   "changes": { "name": ["Platform Engineering", "Platform &amp; Infrastructure Engineering"] },
///   "previous_hash": "0000000000000000000000000000000000000000000000000000000000000000",
///   "hash": "cb84642d824a50ad9d60af79c01749429e99018ab847677cbb46e56d8aaf7f45"
/// }
/// </example>
public sealed record EventObject(
    string Id,
    long Sequence,
    string Type,
    DateTimeOffset OccurredAt,
    string? OrganizationId,
    string? WorkspaceId,
    Reference Actor,
    Reference Subject,
    string RequestId,
    RawJson Changes,
    string PreviousHash,
    string Hash) : INumbered
{
    long INumbered.Number => Sequence;

    /// <summary>The event in the row, which has its sequence.</summary>
    public static EventObject Of(EventRow row) => new(
        row.Id,
        row.Sequence!.Value,
        row.Type,
        row.OccurredAt,
        row.OrganizationId,
        row.WorkspaceId,
        new(row.ActorKind, row.ActorId),
        new(row.SubjectKind, row.SubjectId),
        row.RequestId,
        row.Changes,
        row.PreviousHash!,
        row.Hash!);
}

/// <summary>What an event is about, or who has done it.</summary>
public sealed record Reference(string Kind, string Id);
