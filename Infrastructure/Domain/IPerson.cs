namespace WorkspaceService.Infrastructure.Domain;

/// <summary>A person as the rules of membership see it.</summary>
public interface IPerson
{
    /// <summary>The user's number.</summary>
    long Id { get; }

    /// <summary>The user's code.</summary>
    string Code { get; }

    /// <summary>The role in the workspace's organization, which the ceiling (R5) is judged by; null for none.</summary>
    string? OrganizationRole { get; }
}
