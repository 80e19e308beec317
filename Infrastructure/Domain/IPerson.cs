namespace WorkspaceService.Infrastructure.Domain;

/// <summary>A user who becomes a member.</summary>
public interface IPerson
{
    /// <summary>The user's number.</summary>
    long Id { get; }

    /// <summary>The user's code.</summary>
    string Code { get; }

    /// <summary>
    /// The role in the workspace's organization, which limits the workspace role (R5); null for none.
    /// </summary>
    string? OrganizationRole { get; }

    /// <summary>The code of its pending invitation to the workspace; null for none.</summary>
    string? PendingInvitation { get; }
}
