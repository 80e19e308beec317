namespace WorkspaceService.Infrastructure.Domain;

/// <summary>
/// The views that lists read roles and visibility from say the same as the rules that decide about one workspace: for
/// every organization role, workspace role, type and ceiling.
/// </summary>
[Collection("Domain")]
public sealed class WorkspaceRolesTests(ServiceFixture service)
{
    [Fact]
    public async Task The_views_have_the_effective_roles_and_what_is_visible()
    {
        var compared = 0;
        foreach (var ceiling in new[] { true, false })
        {
            var tenant = await service.NewTenantAsync(ceiling: ceiling);
            var workspaces = new List<(string Id, string Type)>();
            foreach (var type in WorkspaceSettings.Types)
            {
                workspaces.Add(((await tenant.NewWorkspaceAsync(type: type)).Id, type));
            }

            foreach (var organizationRole in Roles.OfOrganization)
            {
                foreach (var workspaceRole in Roles.OfWorkspace.Append(null))
                {
                    var person = (await tenant.NewMemberAsync(Roles.Guest)).Id;
                    await ArrangeAsync(person, organizationRole, workspaceRole, tenant.Id);
                    var roles = await ListAsync("workspace_roles", "v.role", person);
                    var visible = await ListAsync("visible_workspaces", "'seen'", person);
                    foreach (var (workspace, type) in workspaces)
                    {
                        var role = Roles.Effective(organizationRole, workspaceRole, ceiling);
                        var because =
                            $"{organizationRole}, {workspaceRole} in a workspace of type {type}, ceiling {ceiling}";
                        roles.GetValueOrDefault(workspace).Should().Be(role, because);
                        var isVisible = role is not null || (organizationRole == Roles.Member && type != "private");
                        visible.ContainsKey(workspace).Should().Be(isVisible, because);
                        compared++;
                    }
                }
            }
        }

        compared.Should().Be(2 * 5 * 5 * 4);
    }

    // Straight into the tables, for the ceiling forbids some of these states from being made.
    private async Task ArrangeAsync(string user, string organizationRole, string? workspaceRole, string organization)
    {
        var row = new { user, organizationRole, workspaceRole, organization };
        await service.ArrangeAsync(
            """
            UPDATE organization_members SET role = @organizationRole
            WHERE user_id = (SELECT id FROM users WHERE code = @user)
            """,
            row);
        if (workspaceRole is not null)
        {
            await service.ArrangeAsync(
                """
                INSERT INTO members (workspace_id, user_id, role, version, joined_at)
                SELECT w.id, u.id, @workspaceRole, 1, 0
                FROM workspaces w JOIN organizations o ON o.id = w.organization_id, users u
                WHERE o.code = @organization AND u.code = @user
                """,
                row);
        }
    }

    private async Task<Dictionary<string, string>> ListAsync(string view, string value, string user) =>
        (await service.ReadAsync<Row>(
            $"""
            SELECT w.code AS workspace, {value} AS value
            FROM {view} v JOIN workspaces w ON w.id = v.workspace_id JOIN users u ON u.id = v.user_id
            WHERE u.code = @user
            """,
            new { user })).ToDictionary(row => row.Workspace, row => row.Value);

    private sealed record Row
    {
        public string Workspace { get; init; } = "";

        public string Value { get; init; } = "";
    }
}
