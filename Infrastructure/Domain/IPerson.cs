using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Caching;
using WorkspaceService.Infrastructure.Database.Sqlite;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Hosting;
using WorkspaceService.Infrastructure.Hosting.Logging;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.OpenApi;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

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
