namespace WorkspaceService.Infrastructure.Pipeline;

/// <summary>The kind of a fault; each surface maps it to its own status and body.</summary>
public enum FaultKind
{
    /// <summary>Cannot be read: broken JSON, a query value of the wrong form.</summary>
    Malformed,
    Unauthenticated,
    Forbidden,
    NotFound,
    MethodNotAllowed,
    Conflict,

    /// <summary>Existed and cannot be used any more, such as an accepted invitation.</summary>
    Gone,

    /// <summary>The caller's <c>If-Match</c> names a version that is no longer the current one.</summary>
    Stale,
    TooLarge,
    UnsupportedMediaType,

    /// <summary>Readable, but breaks a rule that depends on the request alone.</summary>
    Invalid,
    TooMany,
    Internal,

    /// <summary>The database is unavailable; the same request may succeed later.</summary>
    Unavailable,
}

/// <summary>An expected error of a use case.</summary>
/// <param name="Code">For programs, such as <c>slug_taken</c>; never changes.</param>
/// <param name="Message">For people; the wording may change.</param>
public sealed record Fault(FaultKind Kind, string Code, string Message)
{
    /// <summary>The errors in the body; empty for faults that are not about a body.</summary>
    public IReadOnlyList<FieldError> Errors { get; init; } = [];

    /// <summary>Further members of the error body for this code, such as the limit that was reached.</summary>
    public IReadOnlyDictionary<string, object?> Details { get; init; } = new Dictionary<string, object?>();

    public static Fault Conflict(string code, string message) => new(FaultKind.Conflict, code, message);

    public static Fault Forbidden(string code, string message) => new(FaultKind.Forbidden, code, message);

    /// <summary>
    /// A query value that is malformed, out of range, or missing and required; values are never clamped.
    /// </summary>
    public static Fault Parameter(string name, string message) =>
        new(FaultKind.Malformed, "invalid_parameter", $"{name}: {message}")
        {
            Details = new Dictionary<string, object?> { ["parameter"] = name },
        };

    /// <summary>A body that breaks a rule at <paramref name="pointer"/> (RFC 6901).</summary>
    public static Fault Invalid(string pointer, string code, string message) => Invalid([new(pointer, code, message)]);

    public static Fault Invalid(IReadOnlyList<FieldError> errors) =>
        new(FaultKind.Invalid, "validation_failed", "The request breaks the rules listed in errors.")
        {
            Errors = errors,
        };
}

/// <summary>One thing that is wrong in a body.</summary>
/// <param name="Pointer">Where: an RFC 6901 pointer to the member, such as <c>/settings/default_currency</c>.</param>
/// <param name="Code">What, for programs.</param>
/// <param name="Message">What, for people.</param>
public sealed record FieldError(string Pointer, string Code, string Message);

/// <summary>The faults that several slices return; those of one slice are private to it.</summary>
public static class Faults
{
    /// <summary>The code of the fault that all seats of a workspace are taken.</summary>
    public const string SeatLimitReached = "seat_limit_reached";

    /// <summary>The code of <see cref="PlanLimitExceeded"/>.</summary>
    public const string PlanLimitReached = "plan_limit_exceeded";

    public static readonly Fault NotFound =
        new(FaultKind.NotFound, "not_found", "There is nothing here that you may see.");

    public static readonly Fault Forbidden = Fault.Forbidden("forbidden", "You may see this, but not do that with it.");

    public static readonly Fault Unauthenticated =
        new(FaultKind.Unauthenticated, "unauthenticated", "A valid API key is required.");

    /// <summary>The key has no valid form or checksum; see <see cref="Security.ApiKeyFormat"/>.</summary>
    public static readonly Fault MalformedKey =
        new(FaultKind.Unauthenticated, "unauthenticated", "The API key is malformed; check that it was copied whole.");

    public static readonly Fault OrganizationSuspended = Fault.Forbidden(
        "organization_suspended", "The organization is not active; everything in it can be read, and nothing changed.");

    public static readonly Fault WorkspaceArchived = Fault.Conflict(
        "workspace_archived", "The workspace is archived; it can be read, restored and deleted, and nothing else.");

    public static readonly Fault LastAdmin = Fault.Conflict(
        "last_admin", "This is the last active admin of a workspace; make someone else admin first.");

    public static readonly Fault OwnerProtected = Fault.Conflict(
        "owner_protected", "The organization's owner can only be replaced by a transfer of ownership.");

    public static readonly Fault RoleExceedsOrganizationRole = Fault.Forbidden(
        "role_exceeds_organization_role", "A workspace role may not outrank the person's organization role.");

    public static readonly Fault RoleExceedsOwnRole = Fault.Forbidden(
        "role_exceeds_own_role", "You cannot grant, change or remove what outranks your own role.");

    public static readonly Fault NotOrganizationMember = new(
        FaultKind.Invalid, "not_organization_member", "The user is not an active member of the organization.");

    public static readonly Fault PreconditionFailed = new(
        FaultKind.Stale, "precondition_failed", "It has changed since the version that If-Match names; read it again.");

    public static readonly Fault InvalidCursor = new(
        FaultKind.Malformed,
        "invalid_cursor",
        "The cursor is damaged or belongs to another list; start from the first page.");

    public static readonly Fault Unavailable = new(
        FaultKind.Unavailable, "unavailable", "The service cannot reach its database now; try again shortly.");

    public static readonly Fault EmailTaken = Fault.Conflict(
        "email_taken", "A user with this e-mail address exists already.");

    /// <param name="limit">The plan's limit that was reached: workspaces, members or active_service_lines.</param>
    public static Fault PlanLimitExceeded(string limit, long? allowed) =>
        Fault.Forbidden(
            PlanLimitReached, $"The organization's plan allows {allowed} {limit.Replace('_', ' ')}.") with
        {
            Details = new Dictionary<string, object?> { ["limit"] = limit, ["allowed"] = allowed },
        };
}
