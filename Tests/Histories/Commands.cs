using System.Globalization;
using System.Text.Json;

namespace WorkspaceService.Histories;

/// <summary>
/// One step of a history, as data: who calls, the command's name, and three numbers that say with what. Numbers are
/// places in lists of what there is when the step is taken, so that a history makes sense without any of its steps.
/// </summary>
internal sealed record Step(int Who, string Command, int A, int B, int C)
{
    public override string ToString() => $"{Command}({Who}: {A}, {B}, {C})";
}

/// <summary>A step in a world: a request, and the rule that says what has to come of it.</summary>
/// <param name="Ids">What stands for the parameters of the route, in their order.</param>
/// <param name="Rule">Changes the model's world; what a read has to show, null for a write.</param>
/// <param name="Shown">What the answer of a read shows, in the model's words.</param>
internal sealed record Call(
    object?[] Ids, object? Body, Func<Model, string?> Rule, Func<JsonElement, string?>? Shown = null)
{
    /// <summary>The user who mostly calls, or root; null for whoever the step says.</summary>
    public string? Mostly { get; init; }

    public Call(object?[] ids, object? body, Action<Model> rule)
        : this(ids, body, model =>
        {
            rule(model);
            return null;
        })
    {
    }
}

/// <param name="Route">The method and the pattern of the route, as the route table has it.</param>
/// <param name="Weight">How often it occurs among the others.</param>
/// <param name="Success">The status of success.</param>
/// <param name="IsRoots">True for what root alone may do, which is mostly done by root.</param>
internal sealed record Command(
    string Name, int Weight, string Route, int Success, Func<Scene, Step, Call> In, bool IsRoots = false)
{
    public HttpMethod Method { get; } = HttpMethod.Parse(Route.Split(' ')[0]);

    public string Pattern { get; } = Route.Split(' ')[1];

    public bool IsTape => Pattern.StartsWith("/v1/workspace/", StringComparison.Ordinal)
        || Pattern is "/v1/workspace" or "/v1/org/user";

    /// <summary>True where the path does not say which workspace or organization is meant: the caller's own.</summary>
    public bool IsAboutOwn => IsV4 || Pattern is "/v1/workspace" or "/v1/org/user";

    public bool IsV4 => Pattern.StartsWith("/api/v4", StringComparison.Ordinal);
}

/// <summary>Where a step is taken: what its numbers mean in this world.</summary>
internal sealed class Scene(World world, string tag)
{
    private static readonly string[] WorkspaceNames = ["Alpha", "Beta", "Alpha 2", "!?", "Élan & Cie", "Alpha-Beta"];
    private static readonly string[] Slugs = ["alpha", "beta", "alpha-2", "elan", "-alpha", "Alpha", "workspace"];

    public World World => world;

    /// <summary>Mostly the first.</summary>
    public string Organization(int n) =>
        Pick(world.Organizations.Keys, n is < 90 ? (n % 4 == 1 ? 1 + n / 4 : 0) : n, "ORG-20-999999");

    public string Workspace(int n) => Pick(world.Workspaces.Keys, n, "WS-20-999999");

    /// <summary>The owners and the first admin come last.</summary>
    public string User(int n) => Pick(world.Users.Keys, n < 90 ? n + 3 : n, "USR-20-999999");

    /// <summary>Preferably one who might join by itself; null for none.</summary>
    public string? Joiner(string workspace, int n) => world.Workspaces.TryGetValue(workspace, out var to)
        ? Preferably(n, world.Places.Values
            .Where(p => p.Organization == to.Organization && p.Role is "member" or "admin")
            .Where(p => world.MemberOf(workspace, p.User) is null).Select(p => p.User))
        : null;

    /// <summary>Preferably one who is a member there.</summary>
    public string MemberIn(string workspace, int n) =>
        Preferably(n, world.Members.Values.Where(m => m.Workspace == workspace).Select(m => m.User)) ?? User(n);

    /// <summary>Preferably one who is a member there.</summary>
    public string PlaceIn(string organization, int n) =>
        Preferably(n, world.Places.Values.Where(p => p.Organization == organization).Select(p => p.User)) ?? User(n);

    /// <summary>Preferably one of that workspace.</summary>
    public string InvitationIn(string workspace, int n) =>
        Preferably(n, world.Invitations.Values.Where(i => i.Workspace == workspace).Select(i => i.Code))
        ?? Pick(world.Invitations.Keys, n, "INV-20-999999");

    /// <summary>The user with the invited address, or root where nobody has it.</summary>
    public string? InviteeOf(string invitation) => world.Invitations.TryGetValue(invitation, out var sent)
        ? world.UserOf(sent.Email)?.Code ?? "root"
        : null;

    public string RequestIn(string workspace, int n) =>
        Preferably(n, world.Requests.Values.Where(r => r.Workspace == workspace).Select(r => r.Code))
        ?? Pick(world.Requests.Keys, n, "JRQ-20-999999");

    public string Line(int n) => Pick(world.Lines.Keys, n, "LIN-20-999999");

    public string Integration(int n) => Pick(world.Integrations.Keys, n, "INT-20-999999");

    /// <summary>The newest first.</summary>
    public string Key(int n) => Pick(world.Keys.Keys.Where(k => k != "root").Reverse(), n, "key_20_99999");

    /// <summary>An address that nobody has at first, in one case or another; or that of a user.</summary>
    public string Email(int n)
    {
        var users = world.Users.Values.ToList();
        var email = n % 3 > 0 || users.Count == 0
            ? $"guest{n % 8}@{tag}.example.com"
            : users[n / 3 % users.Count].Email;
        return n % 5 == 4 ? email.ToUpperInvariant() : email;
    }

    public string OrganizationName(int n) => $"Org {tag} {n % 2}";

    public string OrganizationSlug(int n) => n % 7 == 6 ? $"-{tag}" : $"org-{tag}-{n % 4}";

    public static string WorkspaceName(int n) => WorkspaceNames[n % WorkspaceNames.Length];

    public static string? WorkspaceSlug(int n) => n % 3 == 0 ? Slugs[n / 3 % Slugs.Length] : null;

    public static string Slug(int n) => Slugs[n % Slugs.Length];

    public static string Role(int n) => new[] { "member", "admin", "viewer", "guest" }[n % 4];

    public static string OrganizationRole(int n) => new[] { "member", "admin", "viewer", "billing", "guest" }[n % 5];

    public static string TapeRole(int n) => new[] { "member", "admin", "guest" }[n % 3];

    public static string Type(int n) => new[] { "private", "closed", "open", "default", "default" }[n % 5];

    public static long? SeatLimit(int n) => n % 4 == 0 ? null : n % 4 + n / 4 % 2;

    /// <summary>A limit that what there is now is at, below or above; or none.</summary>
    public static long? Near(int n, int used) => n % 4 == 0 ? null : Math.Max(0, used + n % 4 - 2);

    public static string[] Permissions(int n) => (n % 5) switch
    {
        0 => ["read", "write", "members:manage", "service_lines:manage", "metering:write"],
        1 => ["read"],
        2 => ["members:manage"],
        3 => ["read", "write"],
        _ => ["service_lines:manage", "metering:write"],
    };

    // Places from 90 on name what is not there.
    private static string Pick(IEnumerable<string> codes, int n, string unknown)
    {
        var all = codes.ToList();
        return n >= 90 || all.Count == 0 ? unknown : all[n % all.Count];
    }

    private static string? Preferably(int n, IEnumerable<string> codes)
    {
        var all = codes.ToList();
        return n % 4 == 3 || all.Count == 0 ? null : all[(n / 4 + 2) % all.Count];
    }
}

/// <summary>The commands of the histories, on all three surfaces.</summary>
internal static class Commands
{
    public static readonly IReadOnlyList<Command> All =
    [
        // Organizations and users.
        new("CreateOrganization", 2, "POST /v1/orgs", 201, (s, n) =>
        {
            var (name, owner) = (s.OrganizationName(n.A), s.User(n.B));
            var slug = n.C % 2 == 0 ? null : s.OrganizationSlug(n.A);
            return new([], new { name, slug, owner_id = owner }, m => m.CreateOrganization(name, slug, owner));
        }, IsRoots: true),
        new("RenameOrganization", 2, "PATCH /v1/orgs/{organization}", 200, (s, n) =>
        {
            var (organization, slug) = (s.Organization(n.A), $"{s.OrganizationSlug(n.B % 4)}");
            return new([organization], new { slug },
                m => m.UpdateOrganization(organization, false, o => o with { Slug = slug }));
        }),
        new("SetCeiling", 3, "PATCH /v1/orgs/{organization}", 200, (s, n) =>
        {
            var (organization, ceiling) = (s.Organization(n.A), n.B % 3 != 0);
            return new([organization], new { settings = new { workspace_role_ceiling = ceiling } },
                m => m.UpdateOrganization(organization, false, o => o with { Ceiling = ceiling }));
        }),
        new("SetStatus", 4, "PATCH /v1/orgs/{organization}", 200, (s, n) =>
        {
            var (organization, status) = (s.Organization(n.A), n.B % 7 == 3 ? "suspended" : "active");
            return new([organization], new { status },
                m => m.UpdateOrganization(organization, true, o => o with { Status = status }));
        }, IsRoots: true),
        new("SetSubscription", 5, "PATCH /v1/orgs/{organization}", 200, (s, n) =>
        {
            var organization = s.Organization(n.A);
            var status = new[] { "active", "trialing", "trialing", "past_due", "cancelled" }[n.B % 5];
            var end = n.C % 3 == 0 ? (DateTimeOffset?)null : s.World.Now.AddDays(n.C % 3 == 1 ? 3 : -1);
            return new([organization], new { subscription_status = status, trial_ends_at = end },
                m => m.UpdateOrganization(
                    organization, true, o => o with { Subscription = status, TrialEndsAt = end }));
        }, IsRoots: true),
        new("SetLimits", 5, "PATCH /v1/orgs/{organization}", 200, (s, n) =>
        {
            var organization = s.Organization(n.A);
            var workspaces = Scene.Near(n.B, s.World.Workspaces.Values.Count(w => w.Organization == organization));
            var members = Scene.Near(n.C, s.World.ActivePlaces(organization).Count());
            var lines = Scene.Near(n.B / 3, s.World.ActiveLines(organization));
            return new([organization], new { limits = new { workspaces, members, active_service_lines = lines } },
                m => m.UpdateOrganization(organization, true, o => o with
                {
                    MostWorkspaces = workspaces,
                    MostMembers = members,
                    MostLines = lines,
                }));
        }, IsRoots: true),
        new("AddOrganizationMember", 4, "POST /v1/orgs/{organization}/members", 201, (s, n) =>
        {
            var (organization, user, role) = (s.Organization(n.A), s.User(n.B), Scene.OrganizationRole(n.C));
            return new([organization], new { user_id = user, role },
                m => m.AddOrganizationMember(organization, user, null, role));
        }),
        new("AddOrganizationMemberByEmail", 4, "POST /v1/orgs/{organization}/members", 201, (s, n) =>
        {
            var (organization, email, role) = (s.Organization(n.A), s.Email(n.B), Scene.OrganizationRole(n.C));
            return new([organization], new { email, name = "New", role },
                m => m.AddOrganizationMember(organization, null, email, role));
        }),
        new("ChangeOrganizationMemberRole", 5, "PATCH /v1/orgs/{organization}/members/{user}", 200, (s, n) =>
        {
            var (organization, role) = (s.Organization(n.A), Scene.OrganizationRole(n.C));
            var user = s.PlaceIn(organization, n.B);
            return new([organization, user], new { role },
                m => m.ChangeOrganizationMemberRole(organization, user, role));
        }),
        new("RemoveOrganizationMember", 5, "DELETE /v1/orgs/{organization}/members/{user}", 204, (s, n) =>
        {
            var organization = s.Organization(n.A);
            var user = s.PlaceIn(organization, n.B);
            return new([organization, user], null, m => m.RemoveOrganizationMember(organization, user));
        }),
        new("TransferOwnership", 2, "POST /v1/orgs/{organization}/transfer-ownership", 200, (s, n) =>
        {
            var organization = s.Organization(n.A);
            var user = s.PlaceIn(organization, n.B);
            return new([organization], new { user_id = user }, m => m.TransferOwnership(organization, user));
        }),
        new("CreateUser", 3, "POST /v1/users", 201, (s, n) =>
        {
            var (email, role) = (s.Email(n.B), Scene.OrganizationRole(n.C));
            var organization = n.C % 4 == 3 ? null : s.Organization(n.A);
            return new([], new { name = "New", email, organization_id = organization, role },
                m => m.CreateUser(email, organization, role));
        }),
        new("CreateTapeUser", 2, "POST /v1/org/user", 200, (s, n) =>
        {
            var (email, role) = (s.Email(n.B), Scene.TapeRole(n.C));
            return new([], new { name = "New", email, role }, m => m.CreateTapeUser(email, role));
        }),
        new("RenameUser", 2, "PATCH /v1/users/{user}", 200, (s, n) =>
        {
            var (user, name) = (s.User(n.A), $"Name {n.B % 3}");
            return new([user], new { name }, m => m.UpdateUser(user, true, false, u => u with { Name = name }));
        }),
        new("ChangeEmail", 2, "PATCH /v1/users/{user}", 200, (s, n) =>
        {
            var (user, email) = (s.User(n.A), s.Email(n.B).ToLowerInvariant());
            return new([user], new { email }, m => m.UpdateUser(user, false, false, u => u with { Email = email }));
        }),
        new("DeactivateUser", 4, "PATCH /v1/users/{user}", 200, (s, n) =>
        {
            var user = s.User(n.A);
            return new([user], new { status = "deactivated" },
                m => m.UpdateUser(user, false, false, u => u with { IsActive = false }));
        }),
        new("ReactivateUser", 4, "PATCH /v1/users/{user}", 200, (s, n) =>
        {
            var inactive = s.World.Users.Values.Where(u => !u.IsActive).Select(u => u.Code).ToList();
            var user = inactive.Count == 0 ? s.User(n.A) : inactive[n.A % inactive.Count];
            return new([user], new { status = "active" },
                m => m.UpdateUser(user, false, false, u => u with { IsActive = true }));
        }),
        new("ChangeManagingOrganization", 1, "PATCH /v1/users/{user}", 200, (s, n) =>
        {
            var (user, organization) = (s.User(n.A), n.B % 3 == 0 ? null : s.Organization(n.B % 80));
            return new([user], new { managed_by = organization },
                m => m.UpdateUser(user, false, true, u => u with { ManagedBy = organization }));
        }, IsRoots: true),

        // Workspaces.
        new("CreateWorkspace", 5, "POST /v1/workspaces", 201, (s, n) =>
        {
            var (organization, name, slug) = (s.Organization(n.A), Scene.WorkspaceName(n.B), Scene.WorkspaceSlug(n.B));
            var (type, seatLimit) = (Scene.Type(n.C), Scene.SeatLimit(n.B));
            return new([], new { organization_id = organization, name, slug, type, seat_limit = seatLimit },
                m => m.CreateWorkspace(organization, name, slug, type, seatLimit));
        }),
        new("CreateTapeWorkspace", 2, "POST /v1/workspace", 200, (s, n) =>
        {
            var (name, type) = (Scene.WorkspaceName(n.B), n.C % 2 == 0 ? null : Scene.Type(n.C));
            return new([], new { name, type }, m => m.CreateTapeWorkspace(name, type ?? "closed"));
        }),
        new("ChangeSlug", 2, "PATCH /v1/workspaces/{workspace}", 200, (s, n) =>
        {
            var (workspace, slug) = (s.Workspace(n.A), Scene.Slug(n.B));
            return new([workspace], new { slug }, m => m.UpdateWorkspace(workspace, w => w with { Slug = slug }));
        }),
        new("ChangeType", 5, "PATCH /v1/workspaces/{workspace}", 200, (s, n) =>
        {
            var (workspace, type) = (s.Workspace(n.A), Scene.Type(n.B));
            return new([workspace], new { type }, m => m.UpdateWorkspace(workspace, w => w with { Type = type }));
        }),
        new("ChangeSeatLimit", 6, "PATCH /v1/workspaces/{workspace}", 200, (s, n) =>
        {
            var (workspace, seatLimit) = (s.Workspace(n.A), Scene.SeatLimit(n.B));
            return new([workspace], new { seat_limit = seatLimit },
                m => m.UpdateWorkspace(workspace, w => w with { SeatLimit = seatLimit }));
        }),
        new("PatchStatus", 2, "PATCH /v1/workspaces/{workspace}", 200, (s, n) =>
        {
            var (workspace, archives) = (s.Workspace(n.A), n.B % 2 == 0);
            return new([workspace], new { status = archives ? "archived" : "active" }, m =>
            {
                if (archives)
                {
                    m.ArchiveWorkspace(workspace, force: false);
                }
                else
                {
                    m.RestoreWorkspace(workspace);
                }
            });
        }),
        new("UpdateTapeWorkspace", 2, "PUT /v1/workspace/{workspaceNumber}", 200, (s, n) =>
        {
            var (workspace, name) = (s.Workspace(n.A), Scene.WorkspaceName(n.B));
            var type = n.C % 3 == 0 ? Scene.Type(n.B) : s.World.Workspaces.GetValueOrDefault(workspace)?.Type ?? "open";
            return new([workspace.Number()], new { name, type }, m => m.UpdateWorkspace(
                workspace, w => w with { Name = name, Type = type }, slugFollowsName: true, keepsType: true));
        }),
        new("UpdateOwnWorkspace", 1, "PUT /api/v4/workspaces", 200, (s, n) =>
        {
            var name = Scene.WorkspaceName(n.B);
            return new([], new { workspace = new { name } }, m => m.UpdateOwnWorkspace(name));
        }),
        new("ArchiveWorkspace", 6, "POST /v1/workspaces/{workspace}/archive", 200, (s, n) =>
        {
            var (workspace, force) = (s.Workspace(n.A), n.B % 3 == 2);
            return new([workspace], new { force }, m => m.ArchiveWorkspace(workspace, force));
        }),
        new("RestoreWorkspace", 4, "POST /v1/workspaces/{workspace}/restore", 200, (s, n) =>
        {
            var archived = s.World.Workspaces.Values.Where(w => w.IsArchived).Select(w => w.Code).ToList();
            var workspace = archived.Count == 0 || n.B % 4 == 3 ? s.Workspace(n.A) : archived[n.A % archived.Count];
            return new([workspace], null, m => m.RestoreWorkspace(workspace));
        }),
        new("DeleteWorkspace", 2, "DELETE /v1/workspaces/{workspace}", 204, (s, n) =>
        {
            var (workspace, force) = (s.Workspace(n.A), n.B % 3 == 2);
            return new([workspace, force ? "?force=true" : ""], null, m => m.DeleteWorkspace(workspace, force));
        }),
        new("DeleteTapeWorkspace", 1, "DELETE /v1/workspace/{workspaceNumber}", 200, (s, n) =>
        {
            var workspace = s.Workspace(n.A);
            return new([workspace.Number()], null, m => m.DeleteWorkspace(workspace, force: false));
        }),

        // Members.
        new("AddMember", 12, "POST /v1/workspaces/{workspace}/members", 201, (s, n) =>
        {
            var (workspace, user, role) = (s.Workspace(n.A), s.User(n.B), Scene.Role(n.C));
            return new([workspace], new { user_id = user, role }, m => m.AddMember(workspace, user, role));
        }),
        new("PutMember", 4, "POST /v1/workspace/{workspaceNumber}/member", 200, (s, n) =>
        {
            var (workspace, user, role) = (s.Workspace(n.A), s.User(n.B), Scene.TapeRole(n.C));
            return new([workspace.Number()], new { user_id = user.Number(), role },
                m => m.PutMember(workspace, user, role));
        }),
        new("ChangeMemberRole", 6, "PATCH /v1/workspaces/{workspace}/members/{user}", 200, (s, n) =>
        {
            var (workspace, role) = (s.Workspace(n.A), Scene.Role(n.C));
            var user = s.MemberIn(workspace, n.B);
            return new([workspace, user], new { role }, m => m.ChangeMemberRole(workspace, user, role));
        }),
        new("AssignWorkspaceRole", 4, "PUT /api/v4/workspace_users/{userNumber}", 200, (s, n) =>
        {
            var (user, role) = (s.MemberIn(s.Workspace(n.A), n.B), n.C % 3 + 1);
            return new([user.Number()], new { workspace_role_id = role }, m => m.AssignWorkspaceRole(user, role));
        }),
        new("RemoveMember", 5, "DELETE /v1/workspaces/{workspace}/members/{user}", 204, (s, n) =>
        {
            var workspace = s.Workspace(n.A);
            var user = s.MemberIn(workspace, n.B);
            return new([workspace, user], null, m => m.RemoveMember(workspace, user));
        }),
        new("RemoveTapeMember", 2, "DELETE /v1/workspace/{workspaceNumber}/member/{userNumber}", 200, (s, n) =>
        {
            var workspace = s.Workspace(n.A);
            var user = s.MemberIn(workspace, n.B);
            return new([workspace.Number(), user.Number()], null, m => m.RemoveMember(workspace, user));
        }),
        new("RemoveV4User", 2, "DELETE /api/v4/workspace_users/{userNumber}", 200, (s, n) =>
        {
            var user = s.MemberIn(s.Workspace(n.A), n.B);
            return new([user.Number()], null, m => m.RemoveOwnMember(user));
        }),
        new("JoinWorkspace", 5, "POST /v1/workspaces/{workspace}/join", 201, (s, n) =>
        {
            var open = s.World.Workspaces.Values.Where(w => w.Type is "open" or "default").Select(w => w.Code).ToList();
            var workspace = open.Count == 0 || n.C % 4 == 3 ? s.Workspace(n.A) : open[n.A % open.Count];
            return new([workspace], null, m => m.JoinWorkspace(workspace)) { Mostly = s.Joiner(workspace, n.B) };
        }),

        // Requests to join.
        new("RequestToJoin", 6, "POST /v1/workspaces/{workspace}/join-requests", 201, (s, n) =>
        {
            var closed = s.World.Workspaces.Values.Where(w => w.Type == "closed").Select(w => w.Code).ToList();
            var workspace = closed.Count == 0 || n.C % 4 == 3 ? s.Workspace(n.A) : closed[n.A % closed.Count];
            return new([workspace], null, m => m.RequestToJoin(workspace)) { Mostly = s.Joiner(workspace, n.B) };
        }),
        new("ApproveJoinRequest", 4, "POST /v1/workspaces/{workspace}/join-requests/{request}/approve", 200, (s, n) =>
        {
            var (workspace, request) = RequestOf(s, n);
            return new([workspace, request], null, m => m.ApproveJoinRequest(workspace, request));
        }),
        new("DenyJoinRequest", 2, "POST /v1/workspaces/{workspace}/join-requests/{request}/deny", 200, (s, n) =>
        {
            var (workspace, request) = RequestOf(s, n);
            return new([workspace, request], null, m => m.DenyJoinRequest(workspace, request));
        }),
        new("WithdrawJoinRequest", 2, "DELETE /v1/workspaces/{workspace}/join-requests/{request}", 204, (s, n) =>
        {
            var (workspace, request) = RequestOf(s, n);
            return new([workspace, request], null, m => m.WithdrawJoinRequest(workspace, request))
            {
                Mostly = s.World.Requests.GetValueOrDefault(request)?.User,
            };
        }),

        // Invitations.
        new("Invite", 10, "POST /v1/workspaces/{workspace}/invitations", 201, (s, n) =>
        {
            var (workspace, email, role) = (s.Workspace(n.A), s.Email(n.B), Scene.Role(n.C));
            return new([workspace], new { email, role }, m => m.Invite(workspace, email, role));
        }),
        new("InviteMany", 3, "POST /v1/workspaces/{workspace}/invitations", 200, (s, n) =>
        {
            var workspace = s.Workspace(n.A);
            var invitees = new[] { n.B, n.C, n.B + 1 }
                .Select(i => (Email: s.Email(i), Role: Scene.Role(i + n.C))).ToList();
            return new(
                [workspace],
                new { invitations = invitees.Select(i => new { email = i.Email, role = i.Role }) },
                m => string.Join(' ', m.InviteMany(workspace, invitees).Select(code => code ?? "invited")),
                answer => string.Join(' ', answer.GetProperty("data").EnumerateArray().Select(result =>
                    result.GetProperty("code").GetString() ?? result.GetProperty("result").GetString())));
        }),
        new("InviteOnV4", 2, "POST /api/v4/invites", 200, (s, n) =>
        {
            var emails = new[] { s.Email(n.B), s.Email(n.C) };
            return new(
                [],
                new { user_emails = emails },
                m => string.Join(' ', m
                    .InviteMany(m.OwnWorkspace(), emails.Select(email => (email, "member")), token: 0)
                    .Select((code, i) => $"{emails[i]}:{BucketOf(code)}").Order(StringComparer.Ordinal)),
                answer => string.Join(' ', answer.EnumerateObject()
                    .SelectMany(bucket => bucket.Value.EnumerateArray().Select(email => $"{email}:{bucket.Name}"))
                    .Order(StringComparer.Ordinal)));
        }),
        new("ResendInvitation", 4, "POST /v1/workspaces/{workspace}/invitations/{invitation}/resend", 200, (s, n) =>
        {
            var (workspace, invitation) = InvitationOf(s, n);
            return new([workspace, invitation], null, m => m.ResendInvitation(workspace, invitation));
        }),
        new("RevokeInvitation", 2, "DELETE /v1/workspaces/{workspace}/invitations/{invitation}", 204, (s, n) =>
        {
            var (workspace, invitation) = InvitationOf(s, n);
            return new([workspace, invitation], null, m => m.RevokeInvitation(workspace, invitation));
        }),
        new("RevokeOnV4", 1, "DELETE /api/v4/invites/{invitationNumber}", 200, (s, n) =>
        {
            var (_, invitation) = InvitationOf(s, n);
            return new([invitation.Number()], null, m => m.RevokeOwnInvitation(invitation));
        }),
        new("AcceptInvitation", 10, "POST /v1/invitations/{token}/accept", 200, (s, n) =>
        {
            var (invitation, token) = TokenOf(s, n);
            return new([new Token(invitation, token)], new { name = "New" }, m => m.AcceptInvitation(invitation, token))
            {
                Mostly = s.InviteeOf(invitation),
            };
        }),
        new("DeclineInvitation", 3, "POST /v1/invitations/{token}/decline", 200, (s, n) =>
        {
            var (invitation, token) = TokenOf(s, n);
            return new([new Token(invitation, token)], null, m => m.DeclineInvitation(invitation, token))
            {
                Mostly = s.InviteeOf(invitation),
            };
        }),

        // Service lines, metering, integrations.
        new("CreateServiceLine", 5, "POST /v1/service-lines", 201, (s, n) =>
        {
            var workspace = s.Workspace(n.A);
            return new(
                [],
                new
                {
                    workspace_id = workspace,
                    name = "Line",
                    product_line = "talent",
                    execution_model = "capacity",
                    billing_model = "milestone",
                },
                m => m.CreateServiceLine(workspace));
        }),
        new("RenameServiceLine", 1, "PATCH /v1/service-lines/{serviceLine}", 200, (s, n) =>
        {
            var (line, name) = (s.Line(n.A), $"Line {n.B % 3}");
            return new([line], new { name }, m => m.RenameServiceLine(line, name));
        }),
        Move("activate", "active", 7),
        Move("pause", "paused", 6),
        Move("close", "closed", 1),
        Move("terminate", "terminated", 1),
        new("ReportHealth", 4, "PUT /v1/service-lines/{serviceLine}/health", 200, (s, n) =>
        {
            var (line, score) = (s.Line(n.A), n.B % 101);
            return new([line], new { score }, m => m.ReportHealth(line, score));
        }),
        new("RecordMetering", 4, "POST /v1/metering/events", 200, (s, n) =>
        {
            var (line, id, cents, now) = (s.Line(n.A % 3), $"event-{n.B % 2}", 100 + n.C, s.World.Now);
            var metered = new
            {
                id,
                service_line_id = line,
                metric = "hours",
                quantity = 1,
                unit = "h",
                cost = cents / 100m,
                currency = "USD",
                occurred_at = now,
            };
            return new([], new { events = new[] { metered } }, m => m.RecordMetering(line, id, cents), answer =>
            {
                var result = answer.GetProperty("data")[0];
                return result.GetProperty("code").GetString() ?? result.GetProperty("result").GetString();
            });
        }),
        new("ConnectIntegration", 3, "POST /v1/integrations", 201, (s, n) =>
        {
            var workspace = s.Workspace(n.A);
            return new([], new { workspace_id = workspace, type = "github" }, m => m.ConnectIntegration(workspace));
        }),
        new("DisconnectIntegration", 1, "DELETE /v1/integrations/{integration}", 204, (s, n) =>
        {
            var integration = s.Integration(n.A);
            return new([integration], null, m => m.DisconnectIntegration(integration));
        }),

        // Keys.
        new("CreateServiceKey", 3, "POST /v1/api-keys", 201, (s, n) =>
        {
            var type = n.C % 4 == 3 ? "publishable" : "secret";
            var organization = n.B % 3 == 0 ? s.Organization(n.A) : null;
            var workspace = n.B % 3 == 1 ? s.Workspace(n.A) : null;
            var permissions = type == "secret" ? Scene.Permissions(n.C) : ["read"];
            return new(
                [],
                new { name = "Key", type, organization_id = organization, workspace_id = workspace, permissions },
                m => m.CreateServiceKey(type, organization, workspace, permissions));
        }),
        new("CreateUserKey", 3, "POST /v1/api-keys", 201, (s, n) =>
        {
            var (user, organization) = (n.B % 4 == 3 ? null : s.User(n.B), n.C % 2 == 0 ? null : s.Organization(n.A));
            return new([], new { name = "Key", type = "user", user_id = user, organization_id = organization },
                m => m.CreateUserKey(user, organization));
        }),
        new("RevokeKey", 1, "DELETE /v1/api-keys/{key}", 204, (s, n) =>
        {
            var key = s.Key(n.A);
            return new([key], null, m => m.RevokeKey(key));
        }),
        new("RotateKey", 3, "POST /v1/api-keys/{key}/rotate", 200, (s, n) =>
        {
            var (key, overlap) = (s.Key(n.A), n.B % 3 == 0 ? 0 : 3600);
            return new([key], new { overlap_seconds = overlap }, m => m.RotateKey(key, overlap));
        }),

        // What is looked at.
        new("CanUseSite", 8, "GET /v1/can-use-site", 200, (s, n) =>
        {
            var workspace = s.Workspace(n.A);
            var user = s.MemberIn(workspace, n.B);
            return new([$"?workspace_id={workspace}&user_id={user}"], null, m => m.CanUseSite(workspace, user), read =>
            {
                var data = read.GetProperty("data");
                return data.GetProperty("reason").GetString()
                    ?? (data.GetProperty("can_use_site").GetBoolean() ? "yes" : "no");
            });
        }),
        new("ShowAccess", 6, "GET /v1/workspaces/{workspace}/access", 200, (s, n) =>
        {
            var (workspace, role) = (s.Workspace(n.A), Scene.Role(n.C));
            var user = s.MemberIn(workspace, n.B);
            var query = $"?user_id={user}&role={role}";
            return new([workspace, query], null, m => m.ShowAccess(workspace, user, role), answer =>
            {
                var data = answer.GetProperty("data");
                var reason = data.GetProperty("reason").GetString() ?? "allowed";
                return $"{reason} {data.GetProperty("role").GetString() ?? "none"} "
                    + (data.GetProperty("source").GetString() ?? "none");
            });
        }),
        new("GetWorkspace", 4, "GET /v1/workspaces/{workspace}", 200, (s, n) =>
        {
            var workspace = s.Workspace(n.A);
            return new([workspace], null, m => m.GetWorkspace(workspace), answer =>
            {
                var data = answer.GetProperty("data");
                return $"{data.GetProperty("member_count")} members, {data.GetProperty("active_service_lines")} lines, "
                    + $"health {data.GetProperty("health_score")}, cost "
                    + (data.GetProperty("cost_mtd").GetDecimal() * 100).ToString("0.##", CultureInfo.InvariantCulture);
            });
        }),
        new("ShowSeats", 2, "GET /v1/workspaces/{workspace}/seats", 200, (s, n) =>
        {
            var workspace = s.Workspace(n.A);
            return new([workspace], null, m => m.ShowSeats(workspace), answer =>
            {
                var data = answer.GetProperty("data");
                return $"{data.GetProperty("limit")} {data.GetProperty("taken")} {data.GetProperty("pending")}";
            });
        }),
        new("ListMembers", 3, "GET /v1/workspaces/{workspace}/members", 200, (s, n) =>
        {
            var workspace = s.Workspace(n.A);
            return new([workspace, "?include=implicit&limit=100"], null, m => m.ListMembers(workspace), answer =>
                string.Join(", ", answer.GetProperty("data").EnumerateArray().Select(member =>
                    $"{member.GetProperty("user_id")} {member.GetProperty("role")} {member.GetProperty("source")}")));
        }),
        new("ListWorkspaces", 4, "GET /v1/workspaces", 200, (s, n) =>
        {
            var organization = s.Organization(n.A);
            var query = $"?organization_id={organization}&limit=100";
            return new([query], null, m => m.ListWorkspaces(organization), answer =>
                string.Join(' ', answer.GetProperty("data").EnumerateArray()
                    .Select(workspace => workspace.GetProperty("id").GetString())));
        }),
    ];

    /// <summary>The name of the step in which nobody calls and time goes by.</summary>
    public const string TimePasses = "TimePasses";

    public static readonly IReadOnlyDictionary<string, Command> ByName = All.ToDictionary(command => command.Name);

    private static Command Move(string verb, string to, int weight) => new(
        $"{char.ToUpperInvariant(verb[0])}{verb[1..]}ServiceLine",
        weight,
        $"POST /v1/service-lines/{{serviceLine}}/{verb}",
        200,
        (s, n) =>
        {
            var line = s.Line(n.A);
            return new([line], null, m => m.MoveServiceLine(line, to));
        });

    // Those of one workspace, or a pair that does not go together.
    private static (string Workspace, string Request) RequestOf(Scene s, Step n)
    {
        var requests = s.World.Requests.Values.ToList();
        return requests.Count == 0 || n.B % 8 == 7
            ? (s.Workspace(n.A), s.RequestIn(s.Workspace(n.A), n.B))
            : (requests[n.A % requests.Count].Workspace, requests[n.A % requests.Count].Code);
    }

    private static (string Workspace, string Invitation) InvitationOf(Scene s, Step n)
    {
        var invitations = s.World.Invitations.Values.ToList();
        return invitations.Count == 0 || n.B % 8 == 7
            ? (s.Workspace(n.A), s.InvitationIn(s.Workspace(n.A), n.B))
            : (invitations[n.A % invitations.Count].Workspace, invitations[n.A % invitations.Count].Code);
    }

    // Mostly the newest token.
    private static (string Invitation, int Token) TokenOf(Scene s, Step n)
    {
        var invitations = s.World.Invitations.Values.ToList();
        if (invitations.Count == 0)
        {
            return ("INV-20-999999", 1);
        }

        var sent = invitations[n.A % invitations.Count];
        return (sent.Code, n.B % 6 == 5 ? sent.Token - 1 : sent.Token);
    }

    private static string BucketOf(string? code) => code switch
    {
        null => "successfully_invited_users",
        "invitation_pending" => "already_invited_users",
        "already_member" => "already_on_workspace",
        _ => "invalid_emails",
    };
}

/// <summary>An invitation's token, by its number; whoever sends it knows the text.</summary>
internal sealed record Token(string Invitation, int Number);
