using System.Data.Common;

namespace WorkspaceService.Histories;

/// <summary>
/// The state of one history as the database has it, in the lines of <see cref="World.Describe"/>: what was made since
/// the history began, read in one round on a connection of its own, past every cache of the service.
/// </summary>
internal sealed class StoredState : IAsyncDisposable
{
    private readonly DbConnection _connection;
    private readonly DbCommand _read;
    private readonly DbCommand _events;

    private StoredState(DbConnection connection)
    {
        _connection = connection;
        _read = Command(Sql.Read);
        _events = Command(Sql.ReadEvents);
    }

    /// <summary>What is made after the clock's present time. Each history has times of its own.</summary>
    public static async Task<StoredState> BeginAsync(ServiceFixture service)
    {
        var state = new StoredState(await service.ConnectAsync());
        Set(state._read, "@Begin", service.Clock.Now.ToUnixTimeMilliseconds());
        return state;
    }

    public async Task<List<string>> ReadAsync(DateTimeOffset now)
    {
        Set(_read, "@Now", now.ToUnixTimeMilliseconds());
        var lines = new List<string>();
        await using var reader = await _read.ExecuteReaderAsync();
        do
        {
            while (await reader.ReadAsync())
            {
                var values = new object?[reader.FieldCount];
                reader.GetValues(values!);
                lines.Add(World.Row(values));
            }
        }
        while (await reader.NextResultAsync());

        return lines;
    }

    /// <summary>The events of one time: of one step.</summary>
    public async Task<List<Event>> ReadEventsAsync(DateTimeOffset at)
    {
        Set(_events, "@At", at.ToUnixTimeMilliseconds());
        var events = new List<Event>();
        await using var reader = await _events.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            events.Add(new Event(
                reader.GetString(0),
                reader.IsDBNull(1) ? null : reader.GetString(1),
                reader.IsDBNull(2) ? null : reader.GetString(2),
                reader.GetString(3),
                reader.GetString(4)));
        }

        return events;
    }

    public async ValueTask DisposeAsync()
    {
        await _read.DisposeAsync();
        await _events.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private DbCommand Command(string sql)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    private static void Set(DbCommand command, string name, long value)
    {
        if (!command.Parameters.Contains(name))
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            command.Parameters.Add(parameter);
        }

        command.Parameters[name].Value = value;
    }

    private static class Sql
    {
        public const string Read = """
            SELECT 'organization', o.code, o.name, o.slug, u.code, o.status, o.subscription_status, o.trial_ends_at,
                   o.workspace_role_ceiling, o.limit_workspaces, o.limit_members, o.limit_active_service_lines,
                   o.workspace_count, o.member_count, o.active_service_lines
            FROM organizations o LEFT JOIN users u ON u.id = o.owner_id
            WHERE o.created_at > @Begin;
            SELECT 'user', u.code, u.name, lower(u.email), o.code, u.status
            FROM users u LEFT JOIN organizations o ON o.id = u.managed_by
            WHERE u.created_at > @Begin;
            SELECT 'organization member', o.code, u.code, om.role, om.joined_at
            FROM organization_members om
            JOIN organizations o ON o.id = om.organization_id LEFT JOIN users u ON u.id = om.user_id
            WHERE o.created_at > @Begin;
            SELECT 'workspace', w.code, o.code, w.name, w.slug, w.type, u.code, w.seat_limit, w.status,
                   w.member_count, w.admin_count, w.active_service_lines, w.health_sum, w.health_count
            FROM workspaces w
            LEFT JOIN organizations o ON o.id = w.organization_id LEFT JOIN users u ON u.id = w.owner_id
            WHERE w.created_at > @Begin;
            SELECT 'member', w.code, u.code, m.role, m.joined_at
            FROM members m JOIN workspaces w ON w.id = m.workspace_id LEFT JOIN users u ON u.id = m.user_id
            WHERE w.created_at > @Begin;
            SELECT 'invitation', i.code, w.code, lower(i.email), i.role,
                   CASE WHEN i.status = 'pending' AND i.expires_at <= @Now THEN 'expired' ELSE i.status END,
                   i.expires_at, u.code
            FROM invitations i
            JOIN workspaces w ON w.id = i.workspace_id LEFT JOIN users u ON u.id = i.invited_by
            WHERE w.created_at > @Begin;
            SELECT 'join request', j.code, w.code, u.code, j.status, d.code
            FROM join_requests j
            JOIN workspaces w ON w.id = j.workspace_id LEFT JOIN users u ON u.id = j.user_id
            LEFT JOIN users d ON d.id = j.decided_by
            WHERE w.created_at > @Begin;
            SELECT 'service line', l.code, w.code, l.name, l.status, l.health_score
            FROM service_lines l JOIN workspaces w ON w.id = l.workspace_id
            WHERE w.created_at > @Begin;
            SELECT 'integration', i.code, w.code
            FROM integrations i JOIN workspaces w ON w.id = i.workspace_id
            WHERE w.created_at > @Begin;
            SELECT 'key', k.code, k.type, u.code, o.code, w.code, k.permissions, i.code,
                   CASE WHEN k.revoked_at IS NULL THEN 0 ELSE 1 END
            FROM api_keys k
            LEFT JOIN users u ON u.id = k.user_id LEFT JOIN organizations o ON o.id = k.organization_id
            LEFT JOIN workspaces w ON w.id = k.workspace_id LEFT JOIN users i ON i.id = k.issued_by
            WHERE k.created_at > @Begin;
            SELECT 'cost', w.code, c.month, c.cost_micros / 10000
            FROM workspace_costs c JOIN workspaces w ON w.id = c.workspace_id
            WHERE w.created_at > @Begin
            """;

        public const string ReadEvents = """
            SELECT type, organization_code, workspace_code, actor_kind || ' ' || actor_id,
                   subject_kind || ' ' || subject_id
            FROM events
            WHERE occurred_at = @At
            """;
    }
}
