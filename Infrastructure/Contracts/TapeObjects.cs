using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Contracts;

/// <summary>A workspace as the Tape surface shows it.</summary>
/// <param name="Slug">Derived from the name.</param>
/// <param name="Type">private, closed, open or default.</param>
/// <example>
/// {
///   "workspace_id": 1,
///   "name": "Task management",
///   "slug": "task-management",
///   "type": "closed",
///   "description": "Manage all tasks and projects inside this workspace.",
///   "org_id": 1337
/// }
/// </example>
public sealed record TapeWorkspace(
    long WorkspaceId,
    string Name,
    string Slug,
    [property: OneOf(typeof(WorkspaceSettings), nameof(WorkspaceSettings.Types))] string Type,
    string? Description,
    long OrgId)
{
    public static TapeWorkspace Of(WorkspaceRow row) => new(
        Codes.NumberOf(row.Id), row.Name, row.Slug, row.Type, row.Description, Codes.NumberOf(row.OrganizationId));
}

/// <summary>A workspace's member as the Tape surface shows it.</summary>
/// <param name="Role">admin, member or guest.</param>
/// <example>{ "workspace_id": 1, "user_id": 10002, "role": "admin" }</example>
public sealed record TapeMember(
    long WorkspaceId, long UserId, [property: OneOf(typeof(TapeRole), nameof(TapeRole.Assignable))] string Role)
{
    /// <param name="workspace">The workspace's code.</param>
    public static TapeMember Of(string workspace, MemberObject member) => new(
        Codes.NumberOf(workspace), Codes.NumberOf(member.UserId), TapeRole.Of(member.Role));
}

/// <summary>An organization as the Tape surface shows it.</summary>
/// <param name="ActiveUserId">The user who asks; null for a key that stands for none.</param>
/// <param name="CreatedOn">UTC, as <c>2026-04-01 09:00:00</c>.</param>
/// <param name="Plan">The plan's id; null where none was given.</param>
public sealed record TapeOrg(long OrgId, long? ActiveUserId, string Name, string Slug, string CreatedOn, string? Plan)
{
    public static TapeOrg Of(OrganizationObject organization, Caller caller) => new(
        Codes.NumberOf(organization.Id),
        caller.UserId,
        organization.Name,
        organization.Slug,
        organization.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        organization.PlanId);
}

/// <summary>An organization's member as the Tape surface shows it.</summary>
/// <param name="Status">active or deactivated.</param>
/// <param name="Email">Null for callers with a publishable key.</param>
/// <param name="Role">owner, admin, member or guest.</param>
/// <example>
/// {
///   "user_id": 10002,
///   "name": "Sam Rivera",
///   "org_id": 1337,
///   "status": "active",
///   "email": "sam@example.com",
///   "role": "member"
/// }
/// </example>
public sealed record TapeUser(
    long UserId,
    string Name,
    long OrgId,
    [property: OneOf(typeof(UserObject), nameof(UserObject.Statuses))] string Status,
    string? Email,
    [property: OneOf(typeof(TapeRole), nameof(TapeRole.All))] string Role)
{
    /// <param name="organization">The organization's code.</param>
    public static TapeUser Of(string organization, UserObject user, string role) => new(
        Codes.NumberOf(user.Id), user.Name, Codes.NumberOf(organization), user.Status, user.Email, TapeRole.Of(role));

    /// <param name="organization">The organization's code.</param>
    public static TapeUser Of(string organization, MemberObject member) => new(
        Codes.NumberOf(member.UserId),
        member.Name,
        Codes.NumberOf(organization),
        member.Status,
        member.Email,
        TapeRole.Of(member.Role));
}

/// <summary>
/// The roles of the Tape surface: admin, member and guest, and owner in an organization. Viewer and billing are shown
/// as guest and cannot be assigned on this surface.
/// </summary>
public sealed class TapeRole : JsonConverter<string>
{
    public static readonly string[] Assignable = [Roles.Admin, Roles.Member, Roles.Guest];

    public static readonly string[] All = [Roles.Owner, .. Assignable];

    public static string Of(string role) => role is Roles.Viewer or Roles.Billing ? Roles.Guest : role;

    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && reader.GetString() is { } role && Assignable.Contains(role)
            ? role
            : throw new JsonException($"Must be one of: {string.Join(", ", Assignable)}.");

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value);
}
