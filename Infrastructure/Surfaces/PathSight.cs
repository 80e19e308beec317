using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Surfaces;

/// <summary>
/// Whether a caller may see what the path names. Asked only when a request is about to be refused for its form: a thing
/// that the caller may not see is <c>not_found</c> even then, so that an error message about a body tells it nothing.
/// </summary>
public static class PathSight
{
    /// <summary>False where an organization or workspace in the path does not exist for the caller.</summary>
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

        if (http.Request.RouteValues["workspaceNumber"] is string number)
        {
            var code = await http.RequestServices.GetRequiredService<CodeBook>().WorkspaceAsync(number);
            return (await session.WorkspaceAsync(caller, code, Need.Read with { Permission = AnyPermission(caller) })).Succeeded(out _, out _);
        }

        return await IsMemberClearAsync(session, caller, http.Request.RouteValues);
    }

    // A member is found by workspace and user together. To those who see a workspace and do not belong, its members are told
    // apart by nothing.
    private static async Task<bool> IsMemberClearAsync(Session session, Caller caller, RouteValueDictionary route) =>
        route["workspace"] is not string workspace || route["user"] is not string user
        || !(await session.WorkspaceAsync(caller, workspace, Need.Belong with { Permission = AnyPermission(caller) })).Succeeded(out var scope, out _)
        || await session.FindMemberAsync(scope.Id, user) is not null;

    // Route parameters have these names on every endpoint.
    private static readonly (string Name, Func<Session, Caller, string, Task<bool>> Look)[] Sights =
    [
        ("organization", async (session, caller, code) => (await session.OrganizationAsync(caller, code, Need.Read with { Permission = AnyPermission(caller) })).Succeeded(out _, out _)),
        ("workspace", async (session, caller, code) => (await session.WorkspaceAsync(caller, code, Need.Read with { Permission = AnyPermission(caller) })).Succeeded(out _, out _)),
        ("key", async (session, caller, code) => (await session.ApiKeyAsync(caller, code)).Match(_ => true, fault => fault != Faults.NotFound)),
    ];

    // A service key sees what is in its scope, whatever it may do there.
    private static string AnyPermission(Caller caller) => caller.Permissions?.FirstOrDefault() ?? Permissions.Read;
}
