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

/// <summary>A workspace as the rules see it.</summary>
public interface IWorkspace
{
    long Id { get; }

    string Code { get; }

    long OrganizationId { get; }

    string OrganizationCode { get; }

    /// <summary>active or archived.</summary>
    string Status { get; }

    /// <summary>True where a workspace role may not outrank the organization role (R5).</summary>
    bool HasCeiling { get; }
}
