using System.Text.Json.Serialization;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Contracts;

/// <summary>A user as the native surface shows it.</summary>
/// <example>
/// {
///   "id": "USR-26-000044",
///   "name": "Sam Rivera",
///   "email": "sam@example.com",
///   "avatar_url": null,
///   "status": "active",
///   "managed_by": "ORG-26-090500",
///   "created_at": "2024-03-15T10:00:00Z",
///   "updated_at": "2026-04-01T09:00:00Z"
/// }
/// </example>
public sealed record UserObject : INumbered, IVersioned
{
    public const string Active = "active";
    public const string Deactivated = "deactivated";

    public static readonly string[] Statuses = [Active, Deactivated];

    /// <summary>The object's columns, for a statement with <c>users u</c> in it.</summary>
    internal const string Columns = """
        u.id AS number, u.code AS id, u.name, u.email, u.avatar_url, u.status,
        (SELECT mo.code FROM organizations mo WHERE mo.id = u.managed_by) AS managed_by, u.created_at, u.updated_at,
        u.version
        """;

    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>Null for callers with a publishable key.</summary>
    public string? Email { get; init; }

    public string? AvatarUrl { get; init; }

    /// <summary>active or deactivated.</summary>
    [OneOf(typeof(UserObject), nameof(UserObject.Statuses))]
    public string Status { get; init; } = "";

    /// <summary>
    /// The organization whose owner and admins may change name, address, picture and status; null for none.
    /// </summary>
    public string? ManagedBy { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    [JsonIgnore]
    public long Number { get; init; }

    [JsonIgnore]
    public long Version { get; init; }

    /// <summary>The user as <paramref name="caller"/> may see it.</summary>
    public UserObject SeenBy(Caller caller) => caller.SeesEmails ? this : this with { Email = null };

    /// <summary>The user with this number.</summary>
    public static async Task<Versioned<UserObject>> ReadAsync(Session session, long id) =>
        Versioned.Of(await session.GetAsync<UserObject>(Sql.Read, new { Id = id }));

    private static class Sql
    {
        public const string Read = $"SELECT {Columns} FROM users u WHERE u.id = @Id";
    }
}
