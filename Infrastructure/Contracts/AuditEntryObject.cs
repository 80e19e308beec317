using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Json;

namespace WorkspaceService.Infrastructure.Contracts;

/// <summary>An entry of the audit log: a change, or a request that was refused and changed nothing.</summary>
/// <param name="Id">The event's id, or that of the refusal.</param>
/// <param name="Action">The type of the event; of a refusal the id of the operation.</param>
/// <param name="Outcome">success for what was done, denied for what was refused.</param>
/// <param name="Code">Why it was refused; null for a success.</param>
/// <param name="Actor">
/// kind root, user or api_key, or system for the service itself; the user's id, or the key's.
/// </param>
/// <param name="Subject">What was changed, or was to be.</param>
/// <param name="Changes">
/// For each changed field, what it was before and after. An entry refusals.omitted has the number of refusals that
/// could not be written.
/// </param>
/// <param name="EventId">The event's id; null for a refusal.</param>
/// <example>
/// {
///   "id": "REF-26-000052",
///   "action": "RemoveMember",
///   "outcome": "denied",
///   "code": "last_admin",
///   "occurred_at": "2026-04-01T09:00:00Z",
///   "organization_id": "ORG-26-090500",
///   "workspace_id": "WS-26-000021",
///   "actor": { "kind": "user", "id": "USR-26-000044" },
///   "subject": { "kind": "user", "id": "USR-26-000081" },
///   "request_id": "req_01993f1c5a7d7f3e8f0e6d1c2b3a4958",
///   "changes": {},
///   "event_id": null
/// }
/// </example>
public sealed record AuditEntryObject(
    string Id,
    string Action,
    [property: OneOf(typeof(AuditLog), nameof(AuditLog.Outcomes))] string Outcome,
    string? Code,
    DateTimeOffset OccurredAt,
    string OrganizationId,
    string? WorkspaceId,
    Reference Actor,
    Reference Subject,
    string RequestId,
    RawJson Changes,
    string? EventId)
{
    public static AuditEntryObject Of(AuditEntry row) => new(
        row.Id,
        row.Type,
        row.IsRefusal ? AuditLog.Denied : AuditLog.Success,
        row.Fault,
        row.OccurredAt,
        row.OrganizationId ?? "", // empty for what is of no organization, which no list of an organization shows
        row.WorkspaceId,
        new(row.ActorKind, row.ActorId),
        new(row.SubjectKind, row.SubjectId),
        row.RequestId,
        row.Changes,
        row.IsRefusal ? null : row.Id);

    /// <summary>The entry of an organization's event.</summary>
    public static AuditEntryObject Of(EventObject happened) => new(
        happened.Id,
        happened.Type,
        AuditLog.Success,
        null,
        happened.OccurredAt,
        happened.OrganizationId!,
        happened.WorkspaceId,
        happened.Actor,
        happened.Subject,
        happened.RequestId,
        happened.Changes,
        happened.Id);
}

/// <summary>
/// An entry of the exported audit log: with what the chain of the organization's events is verified by. A line that is
/// an event is in the order of the chain.
/// </summary>
/// <param name="Id">The event's id, or that of the refusal.</param>
/// <param name="Action">The type of the event; of a refusal the id of the operation.</param>
/// <param name="Outcome">success for what was done, denied for what was refused.</param>
/// <param name="Code">Why it was refused; null for a success.</param>
/// <param name="Actor">
/// kind root, user or api_key, or system for the service itself; the user's id, or the key's.
/// </param>
/// <param name="Subject">What was changed, or was to be.</param>
/// <param name="Changes">For each changed field, what it was before and after.</param>
/// <param name="EventId">The event's id; null for a refusal.</param>
/// <param name="Sequence">The event's; null for a refusal.</param>
/// <param name="PreviousHash">The event's; null for a refusal.</param>
/// <param name="Hash">The event's; null for a refusal.</param>
/// <example>
/// {
///   "id": "EVT-26-000317",
///   "action": "workspace.updated",
///   "outcome": "success",
///   "code": null,
///   "occurred_at": "2026-04-01T09:00:00Z",
///   "organization_id": "ORG-26-090500",
///   "workspace_id": "WS-26-000021",
///   "actor": { "kind": "user", "id": "USR-26-000044" },
///   "subject": { "kind": "workspace", "id": "WS-26-000021" },
///   "request_id": "req_01993f1c5a7d7f3e8f0e6d1c2b3a4958",
///   "changes": { "name": ["Platform Engineering", "Platform &amp; Infrastructure Engineering"] },
///   "event_id": "EVT-26-000317",
///   "sequence": 317,
///   "previous_hash": "0000000000000000000000000000000000000000000000000000000000000000",
///   "hash": "cb84642d824a50ad9d60af79c01749429e99018ab847677cbb46e56d8aaf7f45"
/// }
/// </example>
public sealed record ExportedEntryObject(
    string Id,
    string Action,
    [property: OneOf(typeof(AuditLog), nameof(AuditLog.Outcomes))] string Outcome,
    string? Code,
    DateTimeOffset OccurredAt,
    string OrganizationId,
    string? WorkspaceId,
    Reference Actor,
    Reference Subject,
    string RequestId,
    RawJson Changes,
    string? EventId,
    long? Sequence,
    string? PreviousHash,
    string? Hash) : ICsvRow
{
    static string[] ICsvRow.Header =>
    [
        "id", "action", "outcome", "code", "occurred_at", "organization_id", "workspace_id", "actor_kind", "actor_id",
        "subject_kind", "subject_id", "request_id", "changes", "event_id", "sequence", "previous_hash", "hash",
    ];

    string?[] ICsvRow.Cells =>
    [
        Id, Action, Outcome, Code, JsonConventions.TimeText(OccurredAt), OrganizationId, WorkspaceId, Actor.Kind,
        Actor.Id, Subject.Kind, Subject.Id, RequestId, Changes.Text, EventId,
        Sequence?.ToString(System.Globalization.CultureInfo.InvariantCulture), PreviousHash, Hash,
    ];

    public static ExportedEntryObject Of(AuditEntry row)
    {
        var shown = AuditEntryObject.Of(row);
        return new(
            shown.Id,
            shown.Action,
            shown.Outcome,
            shown.Code,
            shown.OccurredAt,
            shown.OrganizationId,
            shown.WorkspaceId,
            shown.Actor,
            shown.Subject,
            shown.RequestId,
            shown.Changes,
            shown.EventId,
            row.Sequence,
            row.PreviousHash,
            row.Hash);
    }
}
