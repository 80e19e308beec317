using System.Text.Json.Serialization;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Contracts;

/// <summary>An integration as the native surface shows it.</summary>
/// <example>
/// {
///   "id": "INT-26-000003",
///   "workspace_id": "WS-26-000091",
///   "organization_id": "ORG-26-090500",
///   "type": "github",
///   "config": { "org": "apex-digital" },
///   "created_at": "2026-04-01T09:00:00Z"
/// }
/// </example>
public sealed record IntegrationObject : INumbered, IVersioned
{
    /// <summary>
    /// The object's columns, for a statement with <c>integrations i</c>, <c>workspaces w</c> and <c>organizations o</c>
    /// in it.
    /// </summary>
    internal const string Columns = """
        i.code AS id, w.code AS workspace_id, o.code AS organization_id, i.type, i.config, i.created_at, i.version,
        i.id AS number
        """;

    public string Id { get; init; } = "";

    public string WorkspaceId { get; init; } = "";

    public string OrganizationId { get; init; } = "";

    /// <summary>
    /// github, gitlab, bitbucket, azure_devops, jira, clickup, linear, azure_boards, slack, microsoft_teams, datadog or
    /// sonarcloud.
    /// </summary>
    [OneOf(typeof(IntegrationTypes), nameof(IntegrationTypes.All))]
    public string Type { get; init; } = "";

    /// <summary>
    /// As it was given, but only values under harmless names, such as org, repo, project, channel, site or url (without
    /// user information), are kept; every other value is <c>***</c>.
    /// </summary>
    public RawJson Config { get; init; } = new("{}");

    public DateTimeOffset CreatedAt { get; init; }

    [JsonIgnore]
    public long Version { get; init; }

    [JsonIgnore]
    public long Number { get; init; }

    /// <summary>The integration with this number.</summary>
    public static async Task<Versioned<IntegrationObject>> ReadAsync(Session session, long id) =>
        Versioned.Of(await session.GetCachedAsync<IntegrationObject>(Sql.Read, new { Id = id }));

    private static class Sql
    {
        public const string Read = $"""
            SELECT {Columns}
            FROM integrations i JOIN workspaces w ON w.id = i.workspace_id
            JOIN organizations o ON o.id = i.organization_id
            WHERE i.id = @Id
            """;
    }
}
