using System.Data.Common;
using System.Text.Json.Nodes;
using Dapper;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Database.Migrations;

/// <summary>
/// Hides what <see cref="SecretRedaction"/> hides in the stored configuration of integrations and in the events of
/// integrations and service lines. A later file drops the column with the configuration as it was given.
/// </summary>
internal sealed class HideIntegrationConfig : ICodeMigration
{
    private const int BatchSize = 1000;

    public string Name => "0013_hide_integration_config";

    public async Task ApplyAsync(DbConnection connection)
    {
        await HideInIntegrationsAsync(connection);
        await HideInEventsAsync(connection);
    }

    private static async Task HideInIntegrationsAsync(DbConnection connection)
    {
        List<(long Id, string Type, string Config)> rows;
        for (var after = 0L; ; after = rows[^1].Id)
        {
            rows = [.. await connection.QueryAsync<(long, string, string)>(
                "SELECT id, type, config FROM integrations WHERE id > @after ORDER BY id LIMIT @BatchSize",
                new { after, BatchSize })];
            if (rows.Count == 0)
            {
                return;
            }

            foreach (var (id, type, config) in rows)
            {
                var hidden = RawJson.Of(SecretRedaction.Hide(new RawJson(config).ToObject(), type)).Text;
                if (hidden != config)
                {
                    await connection.ExecuteAsync(
                        "UPDATE integrations SET config = @hidden, version = version + 1 WHERE id = @id",
                        new { id, hidden });
                }
            }
        }
    }

    private static async Task HideInEventsAsync(DbConnection connection)
    {
        List<(long Id, string Changes)> rows;
        for (var after = 0L; ; after = rows[^1].Id)
        {
            rows = [.. await connection.QueryAsync<(long, string)>(
                """
                SELECT id, changes FROM events
                WHERE id > @after AND type IN ('integration.connected', 'service_line.created', 'service_line.updated')
                ORDER BY id LIMIT @BatchSize
                """,
                new { after, BatchSize })];
            if (rows.Count == 0)
            {
                return;
            }

            foreach (var (id, text) in rows)
            {
                var changes = new RawJson(text).ToObject();
                if (changes["config"] is not JsonArray config)
                {
                    continue;
                }

                // Events of integrations alone have the member type.
                var type = (changes["type"] as JsonArray)?[1]?.GetValue<string>();
                changes["config"] = new JsonArray([.. config.Select(value =>
                    value is JsonObject given ? SecretRedaction.Hide(given, type) : value?.DeepClone())]);
                await connection.ExecuteAsync(
                    "UPDATE events SET changes = @changes WHERE id = @id",
                    new { id, changes = RawJson.Of(changes).Text });
            }
        }
    }
}
