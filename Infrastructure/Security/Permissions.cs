namespace WorkspaceService.Infrastructure.Security;

/// <summary>
/// The permissions of service keys, within their scope. User and root keys have none.
/// </summary>
public static class Permissions
{
    public const string Read = "read";
    public const string Write = "write";
    public const string MembersManage = "members:manage";
    public const string ServiceLinesManage = "service_lines:manage";
    public const string MeteringWrite = "metering:write";
    public const string BillingRead = "billing:read";
    public const string AuditRead = "audit:read";
    public const string WebhooksManage = "webhooks:manage";
    public const string AgentsRun = "agents:run";

    public static readonly string[] All =
        [
            Read, Write, MembersManage, ServiceLinesManage, MeteringWrite, BillingRead, AuditRead, WebhooksManage,
            AgentsRun,
        ];
}
