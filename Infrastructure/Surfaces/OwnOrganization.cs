using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Surfaces;

/// <summary>
/// The organization that a caller works in where no request names one: the one that the key names, else the one that its
/// user joined first. The root key belongs to none, so its <see cref="Code"/> is null, which no use case accepts.
/// </summary>
public sealed record OwnOrganization(string? Code)
{
    public static async ValueTask<OwnOrganization> BindAsync(HttpContext http)
    {
        var caller = http.Features.Get<Caller>()!;
        if (caller.OrganizationCode is not null || caller.UserId is null)
        {
            return new(caller.OrganizationCode);
        }

        await using var session = await http.RequestServices.GetRequiredService<ConnectionFactory>().OpenAsync(http.RequestAborted);
        return new(await session.ScalarAsync<string?>(Sql.FindFirstJoined, new { caller.UserId }) ?? Numbered.Nothing);
    }

    private static class Sql
    {
        public const string FindFirstJoined = """
            SELECT o.code
            FROM organization_members om JOIN organizations o ON o.id = om.organization_id
            WHERE om.user_id = @UserId
            ORDER BY om.joined_at, om.organization_id
            LIMIT 1
            """;
    }
}
