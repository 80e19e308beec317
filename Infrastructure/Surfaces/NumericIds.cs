using System.Collections.Concurrent;
using System.Globalization;
using WorkspaceService.Infrastructure.Database;

namespace WorkspaceService.Infrastructure.Surfaces;

/// <summary>
/// Finds codes by number, for surfaces with integer ids. A number's code never changes, so codes are cached without
/// invalidation; misses are not cached.
/// </summary>
public sealed class NumericIds(ConnectionFactory db)
{
    private const int Capacity = 100_000;

    private readonly ConcurrentDictionary<(string Statement, long Number), string> _codes = new();

    public ValueTask<string> WorkspaceAsync(string? number, Session? session = null) =>
        FindAsync(Sql.FindWorkspace, number, session);

    public ValueTask<string> UserAsync(string? number, Session? session = null) =>
        FindAsync(Sql.FindUser, number, session);

    public ValueTask<string> InvitationAsync(string? number, Session? session = null) =>
        FindAsync(Sql.FindInvitation, number, session);

    /// <summary>True for a positive 64-bit integer in digits.</summary>
    public static bool IsNumber(string? text) => TryNumber(text, out _);

    private static bool TryNumber(string? text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0;

    // The empty string, which is no valid code, for an invalid or unknown number.
    private async ValueTask<string> FindAsync(string statement, string? text, Session? given)
    {
        if (!TryNumber(text, out var number))
        {
            return "";
        }

        if (_codes.TryGetValue((statement, number), out var known))
        {
            return known;
        }

        await using var own = given is null ? db.Open() : null;
        if (await (given ?? own!).ScalarAsync<string?>(statement, new { Id = number }) is not { } code)
        {
            return "";
        }

        if (_codes.Count >= Capacity)
        {
            _codes.Clear();
        }

        return _codes[(statement, number)] = code;
    }

    private static class Sql
    {
        public const string FindWorkspace = "SELECT code FROM workspaces WHERE id = @Id";

        public const string FindUser = "SELECT code FROM users WHERE id = @Id";

        public const string FindInvitation = "SELECT code FROM invitations WHERE id = @Id";
    }
}

/// <summary>The workspace that the path's <c>{workspaceNumber}</c> names, as the code that messages take.</summary>
public readonly record struct WorkspaceNumber(string Code)
{
    public static async ValueTask<WorkspaceNumber> BindAsync(HttpContext http) =>
        new(await http.RequestServices.GetRequiredService<NumericIds>().WorkspaceAsync(
            http.Request.RouteValues["workspaceNumber"] as string));
}

/// <summary>The user that the path's <c>{userNumber}</c> names, as the code that messages take.</summary>
public readonly record struct UserNumber(string Code)
{
    public static async ValueTask<UserNumber> BindAsync(HttpContext http) =>
        new(await http.RequestServices.GetRequiredService<NumericIds>().UserAsync(
            http.Request.RouteValues["userNumber"] as string));
}

/// <summary>The invitation that the path's <c>{invitationNumber}</c> names, as the code that messages take.</summary>
public readonly record struct InvitationNumber(string Code)
{
    public static async ValueTask<InvitationNumber> BindAsync(HttpContext http) =>
        new(await http.RequestServices.GetRequiredService<NumericIds>().InvitationAsync(
            http.Request.RouteValues["invitationNumber"] as string));
}
