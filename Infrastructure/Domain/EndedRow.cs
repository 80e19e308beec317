using WorkspaceService.Infrastructure.Database;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>
/// An invitation or join request that ended together with others, when its person left or was deactivated.
/// </summary>
internal sealed record EndedRow
{
    public string Code { get; init; } = "";

    public string WorkspaceCode { get; init; } = "";

    public string OrganizationCode { get; init; } = "";

    /// <summary>Appends one event per row: <c>kind.status</c> with the change of the status.</summary>
    public static async Task AppendAsync(
        Session session, IEnumerable<EndedRow> rows, string kind, string status, string before)
    {
        foreach (var organization in rows.GroupBy(row => row.OrganizationCode))
        {
            await EventLog.AppendManyAsync(
                session,
                $"{kind}.{status}",
                organization.Key,
                [.. organization.Select(row => ((string?)row.WorkspaceCode, kind, row.Code))],
                Changes.Of("status", before, status));
        }
    }
}
