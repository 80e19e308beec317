using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService;

/// <summary>Service lines in whatever status a test needs, counted as they should be.</summary>
internal static class Lines
{
    /// <summary>Puts a line into the workspace, and hands back its code.</summary>
    public static async Task<string> NewLineAsync(this ServiceFixture service, WorkspaceObject workspace, string status)
    {
        var outcome = await service.Db.TransactAsync<string>(ServiceFixture.RootCaller, async session =>
        {
            var now = service.Clock.Now;
            var (id, code) = await Codes.MintAsync(session, Codes.ServiceLine);
            var line = new
            {
                Id = id,
                Code = code,
                Workspace = workspace.Id,
                Status = status,
                Active = status == "active" ? 1 : 0,
                Now = now,
            };
            await session.ExecuteAsync(
                """
                INSERT INTO service_lines (id, code, workspace_id, organization_id, name, product_line, execution_model,
                                           billing_model, status, project_tags, config, version, created_at, updated_at)
                SELECT @Id, @Code, w.id, w.organization_id, 'Line', 'talent', 'capacity', 'monthly_retainer',
                       @Status, '[]', '{}', 1, @Now, @Now
                FROM workspaces w WHERE w.code = @Workspace
                """,
                line);
            await session.CountAsync(workspace, line.Active);
            return code;
        });
        return outcome.Match(code => code, fault => throw new InvalidOperationException(fault.Message));
    }

    public static async Task CountAsync(this Session session, WorkspaceObject workspace, int active)
    {
        var step = new { workspace.Id, workspace.OrganizationId, Active = active };
        await session.ExecuteAsync(
            "UPDATE workspaces SET active_service_lines = active_service_lines + @Active WHERE code = @Id", step);
        await session.ExecuteAsync(
            "UPDATE organizations SET active_service_lines = active_service_lines + @Active "
            + "WHERE code = @OrganizationId",
            step);
    }

    /// <summary>The status of each line of the workspace, in the order of their ids.</summary>
    public static Task<List<string>> LineStatusesAsync(this ServiceFixture service, string workspace) =>
        service.ReadAsync<string>(
            "SELECT l.status FROM service_lines l JOIN workspaces w ON w.id = l.workspace_id WHERE w.code = @workspace "
            + "ORDER BY l.id",
            new { workspace });

    /// <summary>How many lines are active, as the organization counts them.</summary>
    public static async Task<long> ActiveLinesAsync(this ServiceFixture service, string organization) =>
        (await service.ReadAsync<long>(
            "SELECT active_service_lines FROM organizations WHERE code = @organization", new { organization }))
            .Single();

    public static async Task<List<T>> ReadAsync<T>(this ServiceFixture service, string sql, object? parameters = null)
    {
        await using var session = service.Db.Open();
        return await session.ListAsync<T>(sql, parameters);
    }
}
