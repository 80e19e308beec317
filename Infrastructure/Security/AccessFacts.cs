using WorkspaceService.Infrastructure.Database.Caching;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>The codes of a workspace and a user; the empty string is no user.</summary>
public readonly record struct AccessKey(string Workspace, string User);

/// <summary>
/// The stored facts that determine a user's access to a workspace; every access decision is made from them.
/// <see cref="RowChangeTracker"/> tracks the columns that they are read from.
/// </summary>
public record AccessFacts
{
    public long Id { get; init; }

    public string Code { get; init; } = "";

    // Interned: closed sets of words, in up to 50000 cached records.
    public string Status { get; init => field = string.Intern(value); } = "";

    public string Type { get; init => field = string.Intern(value); } = "";

    /// <summary>The workspace's version.</summary>
    public long Version { get; init; }

    public long OrganizationId { get; init; }

    public string OrganizationCode { get; init; } = "";

    public long OrganizationOwnerId { get; init; }

    public string OrganizationStatus { get; init => field = string.Intern(value); } = "";

    /// <summary>1 where a workspace role may not outrank the organization role (R5).</summary>
    public long WorkspaceRoleCeiling { get; init; }

    /// <summary>Null where no user has the code.</summary>
    public long? UserId { get; init; }

    /// <summary>active or deactivated.</summary>
    public string? UserStatus { get; init => field = Intern(value); }

    public string? OrganizationRole { get; init => field = Intern(value); }

    /// <summary>The explicit membership; null for none.</summary>
    public string? WorkspaceRole { get; init => field = Intern(value); }

    public bool HasCeiling => WorkspaceRoleCeiling != 0;

    public bool IsArchived => Status == WorkspaceLifecycle.Archived;

    /// <summary>The slots of the rows that these facts are read from.</summary>
    internal static int[] SourcesOf(AccessFacts facts) => facts.UserId is { } user
        ?
        [
            RowChangeTracker.SlotOf(RowChangeTracker.Workspaces, facts.Id),
            RowChangeTracker.SlotOf(RowChangeTracker.Organizations, facts.OrganizationId),
            RowChangeTracker.SlotOf(RowChangeTracker.Users, user),
            RowChangeTracker.SlotOf(RowChangeTracker.OrganizationMembers, facts.OrganizationId, user),
            RowChangeTracker.SlotOf(RowChangeTracker.Members, facts.Id, user),
        ]
        :
        [
            RowChangeTracker.SlotOf(RowChangeTracker.Workspaces, facts.Id),
            RowChangeTracker.SlotOf(RowChangeTracker.Organizations, facts.OrganizationId),
        ];

    private static string? Intern(string? value) => value is null ? null : string.Intern(value);
}
