using System.Globalization;

namespace WorkspaceService.Infrastructure.Database.Postgres;

/// <summary>
/// Orders the transactions of all instances on PostgreSQL, where each statement sees what was committed before it. A
/// transaction locks what it decides on before it reads it: the service, one organization or one workspace, and what
/// that belongs to is locked against being changed as a whole. A transaction that asks for no lock before its first
/// statement locks the service. The locks are advisory and end with the transaction. On SQLite, and outside a
/// transaction, nothing is locked.
/// </summary>
/// <remarks>
/// A transaction takes wider locks before narrower ones; one within another that it holds is skipped. Batches that
/// share many workspaces may still wait for each other: the database ends one of them, and it runs again.
/// </remarks>
public static class WriteLocks
{
    // Two numbers name a lock: one of these and an id. Ids beyond 31 bits share locks, which only costs time.
    private const string ServiceClass = "1465079809";
    private const string OrganizationClass = "1465079810";
    private const string WorkspaceClass = "1465079811";
    private const string SeatsClass = "1465079812";
    private const string EventsClass = "1465079813";
    private const string KeyClass = "1465079814";
    private const string ApiKeyClass = "1465079815";
    private const string WebhookClass = "1465079816";

    private const string Ids = "2147483648";

    private const string OrganizationId = $"CAST(o.id % {Ids} AS INT)";

    private const string OrganizationOfWorkspace = $"CAST(w.organization_id % {Ids} AS INT)";

    private const string ShareService = $"pg_advisory_xact_lock_shared({ServiceClass}, 0)";

    private const string ShareOrganization =
        $"pg_advisory_xact_lock_shared({OrganizationClass}, {OrganizationId})";

    private const string WithinOrganization = $"""
        SELECT {ShareService}, pg_advisory_xact_lock_shared({OrganizationClass}, {OrganizationOfWorkspace}),
        """;

    private const string LockWorkspace =
        $"{WithinOrganization} pg_advisory_xact_lock({WorkspaceClass}, CAST(w.id % {Ids} AS INT))";

    private const string ShareWorkspace =
        $"{WithinOrganization} pg_advisory_xact_lock_shared({WorkspaceClass}, CAST(w.id % {Ids} AS INT))";

    private const string OfIntegration =
        "FROM integrations i JOIN workspaces w ON w.id = i.workspace_id WHERE i.code = @Code";

    private const string OfServiceLine =
        "FROM service_lines l JOIN workspaces w ON w.id = l.workspace_id WHERE l.code = @Code";

    internal static readonly WriteLock Service = new("service", Sql.Service, 0);

    /// <summary>
    /// Nothing is locked but against changes across organizations: for transactions that unique indexes order.
    /// </summary>
    public static ValueTask SharedServiceAsync(Session session) =>
        LockAsync(session, new("service", Sql.SharedService, 0, Shared: true));

    /// <summary>The organization and all in it; nothing where no organization has the code.</summary>
    public static ValueTask OrganizationAsync(Session session, string code, bool shared) =>
        LockAsync(session, new(code, shared ? Sql.SharedOrganization : Sql.Organization, 1, shared));

    /// <summary>The organization that the invitation with this token is from.</summary>
    public static ValueTask OrganizationOfInvitationAsync(Session session, string tokenHash) =>
        LockAsync(session, new(tokenHash, Sql.OrganizationOfInvitation, 1));

    /// <summary>
    /// API keys: that of the caller, which its rotation makes powerless, and the one that is changed.
    /// </summary>
    public static async ValueTask ApiKeysAsync(Session session, params string[] codes)
    {
        foreach (var code in codes.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            await LockAsync(session, new(code, Sql.ApiKey, 1));
        }
    }

    /// <summary>A webhook, against other changes of what its owner decides; the dispatcher goes on.</summary>
    public static ValueTask WebhookAsync(Session session, string code) =>
        LockAsync(session, new(code, Sql.Webhook, 1));

    /// <summary>The workspace and all in it; nothing where no workspace has the code.</summary>
    public static ValueTask WorkspaceAsync(Session session, string code, bool shared) =>
        LockAsync(session, new(code, shared ? Sql.SharedWorkspace : Sql.Workspace, 2, shared));

    /// <summary>The workspace that the service line with this code is in.</summary>
    public static ValueTask WorkspaceOfServiceLineAsync(Session session, string code, bool shared)
    {
        var sql = shared ? Sql.SharedWorkspaceOfServiceLine : Sql.WorkspaceOfServiceLine;
        return LockAsync(session, new(code, sql, 2, shared));
    }

    /// <summary>The workspace that the integration with this code is in.</summary>
    public static ValueTask WorkspaceOfIntegrationAsync(Session session, string code, bool shared)
    {
        var sql = shared ? Sql.SharedWorkspaceOfIntegration : Sql.WorkspaceOfIntegration;
        return LockAsync(session, new(code, sql, 2, shared));
    }

    /// <summary>The seats of a workspace that is locked as shared.</summary>
    public static void Seats(Session session, long workspaceId) =>
        session.Transaction?.LockWithin(
            new(string.Create(CultureInfo.InvariantCulture, $"seats {workspaceId}"), Sql.Seats, 3),
            new { Id = workspaceId });

    /// <summary>The order of events; nothing else.</summary>
    public static ValueTask EventOrderAsync(Session session) => LockAsync(session, new("events", Sql.EventOrder, 3));

    /// <summary>
    /// One idempotency key, so that the requests that have it are done one after the other. It orders the next
    /// statement, and no other.
    /// </summary>
    public static void IdempotencyKey(Session session, string scope, string key) =>
        session.Transaction?.LockForNext(Sql.IdempotencyKey, new { Key = $"{scope}\n{key}" });

    /// <summary>To be called when what was locked by this code was found.</summary>
    public static void Found(Session session, string code) => session.Transaction?.RequireLock(code);

    private static ValueTask LockAsync(Session session, WriteLock wanted) =>
        session.Transaction?.LockAsync(wanted) ?? ValueTask.CompletedTask;

    private static class Sql
    {
        public const string Service = $"SELECT pg_advisory_xact_lock({ServiceClass}, 0)";

        public const string SharedService = $"SELECT {ShareService}";

        public const string Organization = $"""
            SELECT {ShareService}, pg_advisory_xact_lock({OrganizationClass}, {OrganizationId})
            FROM organizations o
            WHERE o.code = @Code
            """;

        public const string SharedOrganization = $"""
            SELECT {ShareService}, {ShareOrganization} FROM organizations o WHERE o.code = @Code
            """;

        public const string Workspace = $"{LockWorkspace} FROM workspaces w WHERE w.code = @Code";

        public const string SharedWorkspace = $"{ShareWorkspace} FROM workspaces w WHERE w.code = @Code";

        public const string WorkspaceOfServiceLine = $"{LockWorkspace} {OfServiceLine}";

        public const string SharedWorkspaceOfServiceLine = $"{ShareWorkspace} {OfServiceLine}";

        public const string WorkspaceOfIntegration = $"""
            {LockWorkspace} {OfIntegration}
            """;

        public const string SharedWorkspaceOfIntegration = $"""
            {ShareWorkspace} {OfIntegration}
            """;

        public const string OrganizationOfInvitation = $"""
            SELECT {ShareService}, pg_advisory_xact_lock({OrganizationClass}, {OrganizationOfWorkspace})
            FROM invitations i JOIN workspaces w ON w.id = i.workspace_id
            WHERE i.token_hash = @Code
            """;

        public const string Seats =
            $"SELECT pg_advisory_xact_lock({SeatsClass}, CAST(@Id % {Ids} AS INT))";

        public const string ApiKey = $"SELECT {ShareService}, pg_advisory_xact_lock({ApiKeyClass}, hashtext(@Code))";

        public const string Webhook = $"SELECT {ShareService}, pg_advisory_xact_lock({WebhookClass}, hashtext(@Code))";

        public const string EventOrder = $"SELECT pg_advisory_xact_lock({EventsClass}, 0)";

        public const string IdempotencyKey = $"SELECT pg_advisory_xact_lock({KeyClass}, hashtext(@Key))";
    }
}

/// <summary>A lock that a transaction asks for.</summary>
/// <param name="Code">What is locked; @Code in the statement.</param>
/// <param name="Level">0 the service, 1 an organization, 2 a workspace, 3 what is within one.</param>
internal sealed record WriteLock(string Code, string Sql, int Level, bool Shared = false)
{
    /// <summary>True where <paramref name="other"/> adds nothing to this one.</summary>
    public bool Covers(WriteLock other) =>
        this is { Level: 0, Shared: false } || (Code == other.Code && Level == other.Level && (other.Shared || !Shared))
            || (other is { Level: 0, Shared: true });
}
