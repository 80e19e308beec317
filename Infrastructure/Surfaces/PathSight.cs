using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Surfaces;

/// <summary>
/// Whether a caller may see what the path names. Asked only when a request is about to be refused for its form: a thing
/// that the caller may not see is <c>not_found</c> even then, so that an error message about a body tells it nothing.
/// </summary>
public static class PathSight
{
    /// <summary>False where an organization, workspace or user in the path does not exist for the caller.</summary>
    public static async Task<bool> IsClearAsync(HttpContext http)
    {
        if (http.Features.Get<Caller>() is not { } caller)
        {
            return true;
        }

        var db = http.RequestServices.GetRequiredService<ConnectionFactory>();
        await using var session = await db.OpenAsync();
        foreach (var (name, look) in Sights)
        {
            if (http.Request.RouteValues.TryGetValue(name, out var value) && !await look(session, caller, value as string ?? ""))
            {
                return false;
            }
        }

        return await IsUserClearAsync(session, caller, http.Request.RouteValues);
    }

    // Within an organization or a workspace its members are who is there to be seen. To those who see a workspace and do not
    // belong, its members are told apart by nothing.
    private static async Task<bool> IsUserClearAsync(Session session, Caller caller, RouteValueDictionary route)
    {
        if (route["user"] is not string user)
        {
            return true;
        }

        if (route["organization"] is string organization)
        {
            var need = Need.Read with { Permission = caller.AnyPermission };
            return (await session.OrganizationMemberAsync(caller, organization, user, need)).Succeeded(out _, out _);
        }

        if (route["workspace"] is string workspace)
        {
            var need = Need.Belong with { Permission = caller.AnyPermission };
            return !(await session.WorkspaceAsync(caller, workspace, need)).Succeeded(out var scope, out _)
                || await session.FindMemberAsync(scope.Id, user) is not null;
        }

        return (await session.UserAsync(caller, user)).Succeeded(out _, out _);
    }

    // Route parameters have these names on every endpoint.
    private static readonly (string Name, Func<Session, Caller, string, Task<bool>> Look)[] Sights =
    [
        ("organization", async (session, caller, code) => (await session.OrganizationAsync(caller, code, Need.Read with { Permission = caller.AnyPermission })).Succeeded(out _, out _)),
        ("workspace", async (session, caller, code) => (await session.WorkspaceAsync(caller, code, Need.Read with { Permission = caller.AnyPermission })).Succeeded(out _, out _)),
    ];
}
