using System.Globalization;

namespace WorkspaceService.Histories;

/// <summary>Why a command is refused: the stable code, whose status is the same wherever it occurs.</summary>
internal sealed class Refusal(string code) : Exception(code)
{
    public string Code => Message;

    public static int StatusOf(string code) => code switch
    {
        "unauthenticated" => 401,
        "forbidden" or "organization_suspended" or "role_exceeds_organization_role" or "role_exceeds_own_role"
            or "plan_limit_exceeded" or "seat_limit_reached" => 403,
        "not_found" => 404,
        "invitation_expired" or "invitation_revoked" or "invitation_used" or "invitation_declined" => 410,
        "validation_failed" or "not_organization_member" or "unknown_user" or "invitation_required" => 422,
        _ => 409,
    };
}

/// <summary>A key in one of its texts: the first is 0, each rotation makes one more.</summary>
internal sealed record Credential(string Key, int Text);

/// <param name="Subscription">trialing, active, past_due or cancelled.</param>
internal sealed record Organization(
    string Code,
    string Name,
    string Slug,
    string Owner,
    string Status = "active",
    string Subscription = "active",
    DateTimeOffset? TrialEndsAt = null,
    bool Ceiling = true,
    long? MostWorkspaces = null,
    long? MostMembers = null,
    long? MostLines = null);

/// <param name="ManagedBy">The organization that manages the user; null for none.</param>
internal sealed record User(string Code, string Name, string Email, string? ManagedBy, bool IsActive = true);

/// <summary>A member of an organization.</summary>
internal sealed record Place(string Organization, string User, string Role, DateTimeOffset JoinedAt);

/// <param name="SeatLimit">Null is unlimited.</param>
internal sealed record Workspace(
    string Code,
    string Organization,
    string Name,
    string Slug,
    string Type,
    string Owner,
    long? SeatLimit,
    bool IsArchived = false);

/// <summary>An explicit member of a workspace.</summary>
internal sealed record Member(string Workspace, string User, string Role, DateTimeOffset JoinedAt);

/// <param name="Token">
/// The number of the token that counts; each resending makes another. 0 where nobody was told one.
/// </param>
internal sealed record Invitation(
    string Code,
    string Workspace,
    string Email,
    string Role,
    string Status,
    DateTimeOffset ExpiresAt,
    string InvitedBy,
    int Token)
{
    public string StatusAt(DateTimeOffset now) => Status == "pending" && ExpiresAt <= now ? "expired" : Status;
}

internal sealed record JoinRequest(string Code, string Workspace, string User, string Status, string? DecidedBy);

/// <param name="Score">The latest; null before the first.</param>
internal sealed record Line(string Code, string Workspace, string Name, string Status, long? Score)
{
    public bool IsFinal => Status is "closed" or "terminated";
}

internal sealed record Integration(string Code, string Workspace);

/// <param name="Type">root, user, secret or publishable.</param>
/// <param name="Permissions">Of a secret or publishable key; null for the others.</param>
/// <param name="Issuer">The user who issued it; null where root did.</param>
internal sealed record Key(
    string Code,
    string Type,
    string? User,
    string? Organization,
    string? Workspace,
    IReadOnlyList<string>? Permissions,
    string? Issuer,
    bool IsRevoked = false)
{
    /// <summary>When each of its texts ends; null for the newest, which does not.</summary>
    public IReadOnlyList<DateTimeOffset?> Texts { get; init; } = [null];
}

/// <param name="Actor">Kind and id of whoever did it.</param>
/// <param name="Subject">Kind and id of what has changed.</param>
internal sealed record Event(string Type, string? Organization, string? Workspace, string Actor, string Subject);

/// <summary>
/// All that there is. Records are replaced and never changed, so that a copy costs next to nothing.
/// </summary>
internal sealed class World
{
    public DateTimeOffset Now { get; set; }

    public Dictionary<string, Organization> Organizations { get; private init; } = [];

    public Dictionary<string, User> Users { get; private init; } = [];

    public Dictionary<(string Organization, string User), Place> Places { get; private init; } = [];

    public Dictionary<string, Workspace> Workspaces { get; private init; } = [];

    public Dictionary<(string Workspace, string User), Member> Members { get; private init; } = [];

    public Dictionary<string, Invitation> Invitations { get; private init; } = [];

    public Dictionary<string, JoinRequest> Requests { get; private init; } = [];

    public Dictionary<string, Line> Lines { get; private init; } = [];

    public Dictionary<string, Integration> Integrations { get; private init; } = [];

    public Dictionary<string, Key> Keys { get; private init; } = [];

    /// <summary>The ids of metered events, which stay used in their organization.</summary>
    public HashSet<(string Organization, string Id)> Metered { get; private init; } = [];

    /// <summary>The cost of a workspace in a month, such as 202604, in hundredths.</summary>
    public Dictionary<(string Workspace, int Month), long> Cents { get; private init; } = [];

    /// <summary>What has happened since the last <see cref="Copy"/>.</summary>
    public List<Event> Events { get; } = [];

    /// <summary>The same without its events.</summary>
    public World Copy() => new()
    {
        Now = Now,
        Organizations = new(Organizations),
        Users = new(Users),
        Places = new(Places),
        Workspaces = new(Workspaces),
        Members = new(Members),
        Invitations = new(Invitations),
        Requests = new(Requests),
        Lines = new(Lines),
        Integrations = new(Integrations),
        Keys = new(Keys),
        Metered = [.. Metered],
        Cents = new(Cents),
    };

    /// <summary>Addresses are compared without regard to case, everywhere.</summary>
    public static bool IsSame(string address, string other) =>
        string.Equals(address, other, StringComparison.OrdinalIgnoreCase);

    public User? UserOf(string email) => Users.Values.FirstOrDefault(u => IsSame(u.Email, email));

    public Place? PlaceOf(string organization, string user) => Places.GetValueOrDefault((organization, user));

    public Member? MemberOf(string workspace, string user) => Members.GetValueOrDefault((workspace, user));

    public void Put(Place place) => Places[(place.Organization, place.User)] = place;

    public void Put(Member member) => Members[(member.Workspace, member.User)] = member;

    /// <summary>R14: the deactivated count nowhere.</summary>
    public IEnumerable<Member> ActiveMembers(string workspace) =>
        Members.Values.Where(m => m.Workspace == workspace && Users[m.User].IsActive);

    public IEnumerable<Place> ActivePlaces(string organization) =>
        Places.Values.Where(p => p.Organization == organization && Users[p.User].IsActive);

    public int ActiveLines(string organization) => Lines.Values.Count(l =>
        l.Status == "active" && Workspaces[l.Workspace].Organization == organization);

    /// <summary>R8: active members and pending, unexpired invitations.</summary>
    public int SeatsTaken(string workspace) => ActiveMembers(workspace).Count()
        + Invitations.Values.Count(i => i.Workspace == workspace && i.StatusAt(Now) == "pending");

    public Invitation? PendingFor(string workspace, string email) => Invitations.Values.FirstOrDefault(i =>
        i.Workspace == workspace && IsSame(i.Email, email) && i.StatusAt(Now) == "pending");

    /// <summary>
    /// R15: active members, active lines, their rounded mean score, and the cost of the month in hundredths.
    /// </summary>
    public string Metrics(Workspace workspace)
    {
        var active = Lines.Values.Where(l => l.Workspace == workspace.Code && l.Status == "active").ToList();
        var scores = active.Where(l => l.Score is not null).Select(l => l.Score!.Value).ToList();
        var mean = scores.Count == 0
            ? null
            : (decimal?)Math.Round(scores.Sum() / (decimal)scores.Count, MidpointRounding.AwayFromZero);
        var month = Now.UtcDateTime.Year * 100 + Now.UtcDateTime.Month;
        var cents = Cents.GetValueOrDefault((workspace.Code, month));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{ActiveMembers(workspace.Code).Count()} members, {active.Count} lines, health {mean}, cost {cents}");
    }

    public static void RemoveAll<TKey, T>(Dictionary<TKey, T> things, Func<T, bool> which)
        where TKey : notnull
    {
        foreach (var key in things.Where(thing => which(thing.Value)).Select(thing => thing.Key).ToList())
        {
            things.Remove(key);
        }
    }

    /// <summary>
    /// The state in lines, as <see cref="StoredState"/> reads it; every counter is counted here.
    /// </summary>
    public IEnumerable<string> Describe()
    {
        foreach (var o in Organizations.Values)
        {
            yield return Row(
                "organization", o.Code, o.Name, o.Slug, o.Owner, o.Status, o.Subscription, Milliseconds(o.TrialEndsAt),
                o.Ceiling ? 1 : 0, o.MostWorkspaces, o.MostMembers, o.MostLines,
                Workspaces.Values.Count(w => w.Organization == o.Code), ActivePlaces(o.Code).Count(),
                ActiveLines(o.Code));
        }

        foreach (var u in Users.Values)
        {
            yield return Row(
                "user", u.Code, u.Name, u.Email.ToLowerInvariant(), u.ManagedBy, u.IsActive ? "active" : "deactivated");
        }

        foreach (var p in Places.Values)
        {
            yield return Row("organization member", p.Organization, p.User, p.Role, Milliseconds(p.JoinedAt));
        }

        foreach (var w in Workspaces.Values)
        {
            var members = ActiveMembers(w.Code).ToList();
            var active = Lines.Values.Where(l => l.Workspace == w.Code && l.Status == "active").ToList();
            yield return Row(
                "workspace", w.Code, w.Organization, w.Name, w.Slug, w.Type, w.Owner, w.SeatLimit,
                w.IsArchived ? "archived" : "active",
                members.Count, members.Count(m => m.Role == "admin"), active.Count, active.Sum(l => l.Score ?? 0),
                active.Count(l => l.Score is not null));
        }

        foreach (var m in Members.Values)
        {
            yield return Row("member", m.Workspace, m.User, m.Role, Milliseconds(m.JoinedAt));
        }

        foreach (var i in Invitations.Values)
        {
            yield return Row(
                "invitation", i.Code, i.Workspace, i.Email.ToLowerInvariant(), i.Role, i.StatusAt(Now),
                Milliseconds(i.ExpiresAt), i.InvitedBy);
        }

        foreach (var r in Requests.Values)
        {
            yield return Row("join request", r.Code, r.Workspace, r.User, r.Status, r.DecidedBy);
        }

        foreach (var l in Lines.Values)
        {
            yield return Row("service line", l.Code, l.Workspace, l.Name, l.Status, l.Score);
        }

        foreach (var i in Integrations.Values)
        {
            yield return Row("integration", i.Code, i.Workspace);
        }

        foreach (var k in Keys.Values.Where(k => k.Type != "root"))
        {
            yield return Row(
                "key", k.Code, k.Type, k.User, k.Organization,
                Workspaces.ContainsKey(k.Workspace ?? "") ? k.Workspace : null,
                k.Permissions is null ? null : string.Join(' ', k.Permissions), k.Issuer, k.IsRevoked ? 1 : 0);
        }

        foreach (var ((workspace, month), cents) in Cents.Where(c => Workspaces.ContainsKey(c.Key.Workspace)))
        {
            yield return Row("cost", workspace, month, cents);
        }
    }

    /// <summary>One line of a state; what is null is shown as a hyphen.</summary>
    internal static string Row(params object?[] values) => string.Join(
        " | ", values.Select(v => v is null or DBNull ? "-" : Convert.ToString(v, CultureInfo.InvariantCulture)));

    private static long? Milliseconds(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds();
}
