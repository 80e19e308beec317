namespace WorkspaceService.Infrastructure.Domain;

/// <summary>The fields of a workspace that the domain rules need.</summary>
public interface IWorkspace
{
    long Id { get; }

    string Code { get; }

    long OrganizationId { get; }

    string OrganizationCode { get; }

    /// <summary>True where a workspace role may not outrank the organization role (R5).</summary>
    bool HasCeiling { get; }
}
