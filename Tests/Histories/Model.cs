using System.Globalization;
using System.Text;

namespace WorkspaceService.Histories;

/// <summary>
/// The rules R1–R19 as a person reads them: a world of plain records, and one method for each command, which changes
/// the world or refuses with the code that the service has to refuse with. It knows nothing of the service's own code,
/// of databases, of HTTP, or of two things at a time. A refused command changes nothing: whoever calls throws the
/// <see cref="World"/> that it ran on away.
/// </summary>
/// <param name="world">What there is; the command changes it.</param>
/// <param name="before">
/// The same world, or one from before, in which the key is looked at, which workspace or organization is its own, and
/// whether a list may be asked for.
/// </param>
/// <param name="who">Whoever calls: a key, in one of the texts that it has had.</param>
/// <param name="mint">
/// The code of a new thing, by its kind; an invitation's by its workspace and address too. The service makes codes, and
/// the model takes what it made.
/// </param>
internal sealed class Model(World world, World before, Credential who, Func<string, string> mint)
{
    private Key Caller => world.Keys[who.Key];

    private bool IsRoot => Caller.Type == "root";

    // A secret or publishable key; it stands for no person.
    private bool IsService => Caller.Type is "secret" or "publishable";

    // Rank: owner/admin 4, member 3, viewer/billing 2, guest 1.
    private static int Rank(string? role) => role switch
    {
        "owner" or "admin" => 4,
        "member" => 3,
        "viewer" or "billing" => 2,
        "guest" => 1,
        _ => 0,
    };

    /// <summary>
    /// R14, and section 3: a key opens nothing once it is revoked, its text was replaced and the overlap is over, its
    /// person is deactivated, or its workspace is deleted.
    /// </summary>
    public void Authenticate()
    {
        var key = before.Keys[who.Key];
        Refuse("unauthenticated", key.IsRevoked
            || key.Texts[who.Text] <= before.Now
            || (key.User is { } user && !before.Users[user].IsActive)
            || (key.Workspace is { } workspace && !before.Workspaces.ContainsKey(workspace)));
    }

    /// <summary>Section 6: for the root key no organization can be told.</summary>
    public void RefuseRootOnTape() => Refuse("validation_failed", IsRoot);

    // ---- Who sees and may do what. Not visible is 404, then 403, then a suspended organization, then an archive.

    // Section 3: a narrowed key reaches nothing else.
    private bool Reaches(string? organization) => IsRoot || Caller.Organization is null
        || Caller.Organization == organization;

    // A service key lacks what its permissions do not name; others are limited by roles alone.
    private bool May(string permission) => Caller.Permissions is null || Caller.Permissions.Contains(permission);

    // The caller's role in an organization: owner for root, admin for the organization's service keys.
    private string? RoleIn(string organization) =>
        IsRoot ? "owner"
        : !Reaches(organization) || Caller.Workspace is not null ? null
        : IsService ? "admin"
        : world.PlaceOf(organization, Caller.User!)?.Role;

    private Organization InOrganization(string code, string permission, int rank = 4, bool writes = true)
    {
        var organization = Found(world.Organizations.GetValueOrDefault(code));
        var role = RoleIn(code);
        Refuse("not_found", role is null);
        Refuse("forbidden", !May(permission) || Rank(role) < rank);
        Refuse("organization_suspended", writes && organization.Status != "active" && !IsRoot); // R16
        return organization;
    }

    /// <summary>
    /// R3, R5: owner and admins of the organization are admin of every workspace; a member's role never exceeds its
    /// organization role while the ceiling is on.
    /// </summary>
    private static string? Effective(string? organizationRole, string? workspaceRole, bool ceiling) =>
        organizationRole is null ? null
        : Rank(organizationRole) == 4 ? "admin"
        : workspaceRole is null || !ceiling || Rank(workspaceRole) <= Rank(organizationRole) ? workspaceRole
        : organizationRole == "billing" ? "viewer"
        : organizationRole;

    private string? EffectiveRole(Workspace workspace, string user) => Effective(
        world.PlaceOf(workspace.Organization, user)?.Role,
        world.MemberOf(workspace.Code, user)?.Role,
        world.Organizations[workspace.Organization].Ceiling);

    private string? RoleInWorkspace(Workspace workspace) =>
        IsRoot || IsService ? "admin" : EffectiveRole(workspace, Caller.User!);

    // The organization role that counts in a workspace. A service key of one workspace has none.
    private string? OrganizationRoleIn(Workspace workspace) =>
        IsRoot ? "owner"
        : IsService ? (Caller.Workspace is null ? "admin" : null)
        : world.PlaceOf(workspace.Organization, Caller.User!)?.Role;

    /// <summary>
    /// R12: a private workspace is seen with a role in it only; the others also by members of the organization of rank
    /// member or higher.
    /// </summary>
    private bool Sees(Workspace workspace, bool inside = false) =>
        Reaches(workspace.Organization)
        && (Caller.Workspace is null || Caller.Workspace == workspace.Code)
        && (RoleInWorkspace(workspace) is not null
            || (!inside && workspace.Type != "private" && Rank(OrganizationRoleIn(workspace)) >= 3));

    private Workspace InWorkspace(
        string code,
        string permission,
        int rank = 4,
        bool writes = true,
        bool inArchived = false,
        bool ofOrganization = false,
        bool inside = false)
    {
        var workspace = Found(world.Workspaces.GetValueOrDefault(code));
        Refuse("not_found", !Sees(workspace, inside));
        var role = ofOrganization ? OrganizationRoleIn(workspace) : RoleInWorkspace(workspace);
        Refuse("forbidden", !May(permission) || Rank(role) < rank);
        Refuse("organization_suspended",
            writes && world.Organizations[workspace.Organization].Status != "active" && !IsRoot); // R16
        Refuse("workspace_archived", writes && workspace.IsArchived && !inArchived); // R11
        return workspace;
    }

    /// <summary>
    /// R18: a person is seen by itself, by root, and by whoever administers one of its organizations or the one that
    /// manages it. A key of one workspace sees nobody else.
    /// </summary>
    private bool Sees(User user)
    {
        if (IsRoot || Caller.User == user.Code)
        {
            return true;
        }

        var theirs = world.Places.Values.Where(p => p.User == user.Code).Select(p => p.Organization).ToHashSet();
        if (user.ManagedBy is { } managing)
        {
            theirs.Add(managing);
        }

        return Caller.Workspace is null && theirs.Any(o => Rank(RoleIn(o)) == 4);
    }

    // ---- R1. Slugs.

    public static bool IsSlug(string slug) =>
        slug.Length is >= 1 and <= 63
        && slug.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-')
        && slug[0] != '-' && slug[^1] != '-';

    // Accents are folded, and other runs become one hyphen. (The names of the histories have short slugs.)
    private static string SlugOf(string name)
    {
        var letters = name.ToLowerInvariant().Normalize(NormalizationForm.FormD)
            .Where(c => char.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark)
            .Select(c => char.IsAsciiLetterOrDigit(c) ? c : ' ');
        var runs = new string([.. letters]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return runs.Length == 0 ? "workspace" : string.Join('-', runs);
    }

    private static string FreeSlug(string name, IEnumerable<string> taken)
    {
        var used = taken.ToHashSet();
        var slug = SlugOf(name);
        return Enumerable.Range(1, int.MaxValue).Select(n => n == 1 ? slug : $"{slug}-{n}")
            .First(free => !used.Contains(free));
    }

    // ---- R7. The last admin, and the workspace's owner (R2), who is one of its admins.

    private bool IsLastAdmin(string workspace, string user) =>
        world.Users[user].IsActive
        && world.MemberOf(workspace, user)?.Role == "admin"
        && world.ActiveMembers(workspace).Count(m => m.Role == "admin") == 1;

    private bool IsAnywhereLastAdmin(string user, string? organization) => world.Workspaces.Values.Any(w =>
        (organization is null || w.Organization == organization) && IsLastAdmin(w.Code, user));

    // When the owner stops being an admin, the other admin who joined first becomes the owner.
    private void PassOwnership(string workspace, string user)
    {
        if (world.Workspaces[workspace] is var owned && owned.Owner == user)
        {
            var heir = world.ActiveMembers(workspace).Where(m => m.Role == "admin" && m.User != user)
                .OrderBy(m => m.JoinedAt).ThenBy(m => m.User.Number()).First();
            world.Workspaces[workspace] = owned with { Owner = heir.User };
        }
    }

    // ---- R8. Seats: active members and pending, unexpired invitations.

    private static bool IsFull(World world, Workspace workspace) =>
        workspace.SeatLimit <= world.SeatsTaken(workspace.Code);

    // ---- R9. Plan limits bind everyone but root.

    private void RefuseOverPlan(long? limit, int used) =>
        Refuse("plan_limit_exceeded", !IsRoot && used >= limit);

    private void RefuseMoreMembers(string organization) =>
        RefuseOverPlan(world.Organizations[organization].MostMembers, world.ActivePlaces(organization).Count());

    // ---- R12. Default workspaces: rank member and higher belong, as long as there are seats.

    private void FillDefault(string code)
    {
        var workspace = world.Workspaces[code];
        if (workspace.Type != "default" || workspace.IsArchived)
        {
            return;
        }

        foreach (var place in world.ActivePlaces(workspace.Organization).OrderBy(p => p.User.Number()).ToList())
        {
            JoinDefault(workspace, place);
        }
    }

    private void JoinDefaults(string user, string? organization = null, string? except = null)
    {
        foreach (var place in world.Places.Values.Where(p => p.User == user).ToList())
        {
            foreach (var workspace in world.Workspaces.Values.Where(w => w.Organization == place.Organization
                && w.Type == "default" && !w.IsArchived && w.Code != except).ToList())
            {
                if (organization is null || organization == place.Organization)
                {
                    JoinDefault(workspace, place);
                }
            }
        }
    }

    private void JoinDefault(Workspace workspace, Place place)
    {
        if (world.Users[place.User].IsActive && Rank(place.Role) >= 3
            && world.MemberOf(workspace.Code, place.User) is null && !IsFull(world, workspace))
        {
            world.Put(new Member(workspace.Code, place.User, "member", world.Now));
            Happened("member.joined", workspace, "user", place.User);
        }
    }

    // ---- Organizations.

    public void CreateOrganization(string name, string? slug, string owner)
    {
        Refuse("validation_failed", slug is not null && !IsSlug(slug)); // R1
        Refuse("forbidden", !IsRoot);
        Refuse("validation_failed", world.Users.GetValueOrDefault(owner) is not { IsActive: true });
        var taken = world.Organizations.Values.Select(o => o.Slug).ToList();
        Refuse("slug_taken", slug is not null && taken.Contains(slug)); // R1
        var code = mint("organization");
        world.Organizations[code] = new Organization(code, name, slug ?? FreeSlug(name, taken), owner);
        world.Put(new Place(code, owner, "owner", world.Now)); // R7: exactly one owner
        Happened("organization.created", code, null, "organization", code);
    }

    /// <param name="ofPlan">True for status, limits and subscription, which are root's.</param>
    public void UpdateOrganization(string code, bool ofPlan, Func<Organization, Organization> change)
    {
        var before = InOrganization(code, "write");
        Refuse("forbidden", ofPlan && !IsRoot);
        var after = change(before);
        Refuse("slug_taken", world.Organizations.Values.Any(o => o.Code != code && o.Slug == after.Slug)); // R1
        if (after != before)
        {
            world.Organizations[code] = after;
            Happened("organization.updated", code, null, "organization", code);
        }
    }

    public void AddOrganizationMember(string code, string? user, string? email, string role)
    {
        InOrganization(code, "members:manage");
        if (user is not null)
        {
            Refuse("unknown_user", world.Users.GetValueOrDefault(user) is not { } named || !Sees(named)); // R18
        }
        else if (world.UserOf(email!) is { } known)
        {
            Refuse("invitation_required", !Sees(known)); // R18
            user = known.Code;
        }

        Refuse("user_deactivated", user is not null && !world.Users[user].IsActive); // R14
        JoinOrganization(code, user ?? NewUser(email!, code), role);
    }

    // R19: the organization that a person is made for manages it; nobody manages whom root makes.
    private string NewUser(string email, string? organization, string name = "New")
    {
        var code = mint("user");
        world.Users[code] = new User(code, name, email, IsRoot ? null : organization);
        Happened("user.created", organization, null, "user", code);
        return code;
    }

    private void JoinOrganization(string code, string user, string role, string? except = null)
    {
        Refuse("already_member", world.PlaceOf(code, user) is not null);
        RefuseMoreMembers(code); // R9
        world.Put(new Place(code, user, role, world.Now));
        Happened("organization.member_added", code, null, "user", user);
        JoinDefaults(user, code, except); // R12
    }

    public void ChangeOrganizationMemberRole(string code, string user, string role)
    {
        var place = InPlace(code, user);
        InOrganization(code, "members:manage");
        Refuse("owner_protected", place.Role == "owner"); // R7
        if (role == place.Role)
        {
            return;
        }

        // R7: with the ceiling on, a demotion in the organization demotes in its workspaces too.
        Refuse("last_admin", world.Organizations[code].Ceiling && place.Role == "admin"
            && IsAnywhereLastAdmin(user, code));
        world.Put(place with { Role = role });
        Happened("organization.member_role_changed", code, null, "user", user);
        if (Rank(place.Role) < 3)
        {
            JoinDefaults(user, code); // R12
        }
    }

    public void RemoveOrganizationMember(string code, string user)
    {
        var place = InPlace(code, user);
        InOrganization(code, "members:manage", rank: user == Caller.User ? 0 : 4);
        Refuse("owner_protected", place.Role == "owner"); // R7
        Refuse("last_admin", IsAnywhereLastAdmin(user, code)); // R7, R13: all or nothing
        foreach (var workspace in world.Workspaces.Values.Where(w => w.Organization == code).ToList())
        {
            if (world.MemberOf(workspace.Code, user) is not null)
            {
                world.Members.Remove((workspace.Code, user));
                PassOwnership(workspace.Code, user);
                Happened("member.removed", workspace, "user", user);
            }

            foreach (var request in world.Requests.Values.Where(r =>
                r.Workspace == workspace.Code && r.User == user && r.Status == "pending").ToList())
            {
                End(request, "withdrawn");
            }
        }

        RevokeInvitations(user, code);
        world.Places.Remove((code, user));
        Happened("organization.member_removed", code, null, "user", user);
    }

    // A member of an organization that the caller sees.
    private Place InPlace(string code, string user)
    {
        Refuse("not_found", !world.Organizations.ContainsKey(code) || RoleIn(code) is null);
        return Found(world.PlaceOf(code, user));
    }

    public void TransferOwnership(string code, string user)
    {
        var organization = InOrganization(code, "write");
        Refuse("forbidden", RoleIn(code) != "owner");
        var place = world.PlaceOf(code, user);
        Refuse("not_organization_member", place is null || !world.Users[user].IsActive);
        if (place!.Role == "owner")
        {
            return;
        }

        world.Put(world.PlaceOf(code, organization.Owner)! with { Role = "admin" });
        world.Put(place with { Role = "owner" });
        world.Organizations[code] = organization with { Owner = user };
        Happened("organization.ownership_transferred", code, null, "organization", code);
        if (Rank(place.Role) < 3)
        {
            JoinDefaults(user, code); // R12
        }
    }

    // ---- Users.

    public void CreateUser(string email, string? organization, string? role, string name = "New")
    {
        if (organization is not null)
        {
            InOrganization(organization, "members:manage");
        }
        else if (!IsRoot)
        {
            // Whoever administers an organization has to name it.
            Refuse("validation_failed", IsService || world.Places.Values.Any(p =>
                p.User == Caller.User && Rank(p.Role) == 4));
            Refuse("forbidden", true);
        }

        if (world.UserOf(email) is { } known)
        {
            Refuse("invitation_required", !Sees(known)); // R18
            Refuse("email_taken", true);
        }

        var user = NewUser(email, organization, name);
        if (organization is not null)
        {
            JoinOrganization(organization, user, role ?? "member");
        }
    }

    // Section 6: the organization of the key, else the one that its user joined first.
    public void CreateTapeUser(string email, string role) => CreateUser(email, OwnOrganization(), role);

    private string OwnOrganization() => Caller.Organization ?? Found(before.Places.Values
        .Where(p => p.User == Caller.User)
        .OrderBy(p => p.JoinedAt).ThenBy(p => p.Organization.Number()).FirstOrDefault()).Organization;

    /// <summary>R19: who changes what of a user.</summary>
    /// <param name="ofProfile">True for the name, which the user itself changes too.</param>
    /// <param name="ofManagement">True for the managing organization, which root alone changes.</param>
    public void UpdateUser(string code, bool ofProfile, bool ofManagement, Func<User, User> change)
    {
        var before = Found(world.Users.GetValueOrDefault(code) is { } user && Sees(user) ? user : null);
        var after = change(before);
        var deactivates = before.IsActive && !after.IsActive;
        var isItself = Caller.User == code && Caller.Organization is null && Caller.Workspace is null;
        if (!IsRoot && !(ofProfile && isItself))
        {
            Refuse("forbidden", ofManagement || before.ManagedBy is null || RoleIn(before.ManagedBy) is null);
            InOrganization(before.ManagedBy!, "members:manage");

            // R6: the owner of the managing organization outranks its admins.
            Refuse(deactivates ? "owner_protected" : "role_exceeds_own_role",
                RoleIn(before.ManagedBy!) != "owner" && world.PlaceOf(before.ManagedBy!, code)?.Role == "owner");
        }

        var places = world.Places.Values.Where(p => p.User == code).ToList();
        Refuse("owner_protected", deactivates && places.Any(p => p.Role == "owner")); // R7
        if (after == before)
        {
            return;
        }

        if (deactivates)
        {
            Refuse("last_admin", IsAnywhereLastAdmin(code, organization: null)); // R7
            world.Users[code] = after;
            foreach (var workspace in world.Workspaces.Keys.ToList())
            {
                PassOwnership(workspace, code);
            }

            RevokeInvitations(code, organization: null); // R14
        }
        else if (after.IsActive && !before.IsActive)
        {
            foreach (var place in places)
            {
                RefuseMoreMembers(place.Organization); // R9
            }

            // R8: one that comes back takes its seats again.
            Refuse("seat_limit_reached", world.Members.Values.Any(m =>
                m.User == code && IsFull(world, world.Workspaces[m.Workspace])));
        }

        Refuse("email_taken", world.UserOf(after.Email) is { } other && other.Code != code);
        world.Users[code] = after;
        Happened(
            deactivates ? "user.deactivated" : "user.updated",
            before.ManagedBy ?? after.ManagedBy ?? (places.Count == 1 ? places[0].Organization : null),
            null,
            "user",
            code);
        if (after.IsActive && !before.IsActive)
        {
            JoinDefaults(code); // R12
        }
    }

    // ---- Workspaces.

    public void CreateWorkspace(string organization, string name, string? slug, string type, long? seatLimit)
    {
        Refuse("validation_failed", slug is not null && !IsSlug(slug)); // R1
        var within = InOrganization(organization, "write", rank: 3);
        Refuse("forbidden", within.Ceiling && Rank(RoleIn(organization)) < 4);
        var taken = world.Workspaces.Values.Where(w => w.Organization == organization).Select(w => w.Slug).ToList();
        RefuseOverPlan(within.MostWorkspaces, taken.Count); // R9
        Refuse("slug_taken", slug is not null && taken.Contains(slug)); // R1
        var code = mint("workspace");
        var owner = CreatingUser(within);
        world.Workspaces[code] = new Workspace(
            code, organization, name, slug ?? FreeSlug(name, taken), type, owner, seatLimit);
        world.Put(new Member(code, owner, "admin", world.Now)); // R2
        Happened("workspace.created", world.Workspaces[code], "workspace", code);
        FillDefault(code); // R12
    }

    public void CreateTapeWorkspace(string name, string type) =>
        CreateWorkspace(OwnOrganization(), name, null, type, null);

    // Section 3: the caller; the issuer of a service key, as long as it may be admin there; else the owner.
    private string CreatingUser(Organization organization) =>
        Caller.User
        ?? (Caller.Issuer is { } issuer && world.Users[issuer].IsActive
            && world.PlaceOf(organization.Code, issuer) is { } place && (!organization.Ceiling || Rank(place.Role) == 4)
                ? issuer
                : organization.Owner);

    /// <param name="slugFollowsName">True on Tape, where a new name brings a new slug with it.</param>
    /// <param name="keepsType">True on Tape, where the type may be named but not changed.</param>
    public void UpdateWorkspace(
        string code, Func<Workspace, Workspace> change, bool slugFollowsName = false, bool keepsType = false)
    {
        // R1: a slug of another form is 422 to everyone who sees the workspace.
        var seen = Found(world.Workspaces.GetValueOrDefault(code));
        Refuse("not_found", !Sees(seen));
        Refuse("validation_failed", !IsSlug(change(seen).Slug));
        var before = InWorkspace(code, "write");
        var after = change(before);
        var others = world.Workspaces.Values
            .Where(w => w.Organization == before.Organization && w.Code != code).Select(w => w.Slug).ToList();
        if (slugFollowsName && after.Name != before.Name)
        {
            after = after with { Slug = FreeSlug(after.Name, others) };
        }

        Refuse("validation_failed", keepsType && after.Type != before.Type);
        Refuse("validation_failed", // R8
            after.SeatLimit != before.SeatLimit && after.SeatLimit < world.SeatsTaken(code));
        Refuse("slug_taken", others.Contains(after.Slug)); // R1
        if (after == before)
        {
            return;
        }

        world.Workspaces[code] = after;
        Happened("workspace.updated", after, "workspace", code);
        if (after.Type != before.Type)
        {
            FillDefault(code); // R12
        }
    }

    public void UpdateOwnWorkspace(string name) =>
        UpdateWorkspace(OwnWorkspace(), workspace => workspace with { Name = name });

    // Section 7: the workspace of the key, else the one that the user owns, else the earliest joined active one. It is
    // chosen where a request begins.
    public string OwnWorkspace()
    {
        if (Caller.Workspace is { } only)
        {
            return only;
        }

        var joined = before.Members.Values.Where(m => m.User == Caller.User)
            .Select(m => (Member: m, Workspace: before.Workspaces[m.Workspace]))
            .Where(j => Reaches(j.Workspace.Organization))
            .Where(j => j.Workspace.Owner == Caller.User || !j.Workspace.IsArchived)
            .OrderBy(j => j.Workspace.Owner == Caller.User ? 0 : 1)
            .ThenBy(j => j.Workspace.IsArchived)
            .ThenBy(j => j.Member.JoinedAt).ThenBy(j => j.Workspace.Code.Number())
            .Select(j => j.Workspace.Code).FirstOrDefault();
        return joined ?? "";
    }

    public void ArchiveWorkspace(string code, bool force)
    {
        var workspace = InWorkspace(code, "write", ofOrganization: force);
        CloseLines(workspace, force);
        world.Workspaces[code] = workspace with { IsArchived = true };
        Happened("workspace.archived", workspace, "workspace", code);
    }

    // R10: active and paused lines stand in the way; force closes them.
    private void CloseLines(Workspace workspace, bool force)
    {
        var running = world.Lines.Values
            .Where(l => l.Workspace == workspace.Code && (l.Status is "active" or "paused")).ToList();
        Refuse("active_service_lines", running.Count > 0 && !force);
        foreach (var line in running)
        {
            world.Lines[line.Code] = line with { Status = "closed" };
            Happened("service_line.closed", workspace, "service_line", line.Code);
        }
    }

    public void RestoreWorkspace(string code)
    {
        var workspace = InWorkspace(code, "write", inArchived: true);
        Refuse("not_archived", !workspace.IsArchived); // R11
        world.Workspaces[code] = workspace with { IsArchived = false };
        Happened("workspace.restored", workspace, "workspace", code);
        FillDefault(code); // R12
    }

    public void DeleteWorkspace(string code, bool force)
    {
        var workspace = InWorkspace(code, "write", ofOrganization: true, inArchived: true);
        CloseLines(workspace, force);
        foreach (var key in world.Keys.Values.Where(k => k.Workspace == code && !k.IsRevoked).ToList())
        {
            world.Keys[key.Code] = key with { IsRevoked = true };
            Happened("api_key.revoked", workspace, "api_key", key.Code);
        }

        world.Workspaces.Remove(code);
        World.RemoveAll(world.Members, m => m.Workspace == code);
        World.RemoveAll(world.Invitations, i => i.Workspace == code);
        World.RemoveAll(world.Requests, r => r.Workspace == code);
        World.RemoveAll(world.Lines, l => l.Workspace == code);
        World.RemoveAll(world.Integrations, i => i.Workspace == code);
        Happened("workspace.deleted", workspace, "workspace", code);
    }

    // ---- Members. Only a workspace admin adds, changes and removes others, and nothing outranks an admin (R6).

    public void AddMember(string code, string user, string role) =>
        Add(InWorkspace(code, "members:manage"), user, role, "member.added");

    private void Add(Workspace workspace, string user, string role, string happened)
    {
        var place = world.PlaceOf(workspace.Organization, user);
        Refuse("not_organization_member", place is null || !world.Users[user].IsActive); // R4
        RefuseOverCeiling(workspace, place!.Role, role); // R5
        Refuse("already_member", world.MemberOf(workspace.Code, user) is not null);

        // R8: the seat that an invitation holds for the person is the one that it takes.
        if (world.PendingFor(workspace.Code, world.Users[user].Email) is { } invitation)
        {
            End(invitation, "accepted");
        }

        Refuse("seat_limit_reached", IsFull(world, workspace)); // R8
        world.Put(new Member(workspace.Code, user, role, world.Now));
        Happened(happened, workspace, "user", user);
    }

    // R5.
    private void RefuseOverCeiling(Workspace workspace, string? organizationRole, string role) =>
        Refuse("role_exceeds_organization_role",
            world.Organizations[workspace.Organization].Ceiling && Rank(role) > Rank(organizationRole));

    /// <summary>On Tape: adds, or changes the role of a member.</summary>
    public void PutMember(string code, string user, string role)
    {
        var workspace = InWorkspace(code, "members:manage");
        Refuse("not_organization_member", world.PlaceOf(workspace.Organization, user) is null
            || !world.Users[user].IsActive); // R4
        if (world.MemberOf(code, user) is { } member)
        {
            ChangeRole(workspace, member, role);
        }
        else
        {
            Add(workspace, user, role, "member.added");
        }
    }

    public void ChangeMemberRole(string code, string user, string role)
    {
        var workspace = InWorkspace(code, "members:manage");
        ChangeRole(workspace, Found(world.MemberOf(code, user)), role);
    }

    private void ChangeRole(Workspace workspace, Member member, string role)
    {
        if (role == member.Role)
        {
            return;
        }

        RefuseOverCeiling(workspace, world.PlaceOf(workspace.Organization, member.User)?.Role, role); // R5
        Refuse("last_admin", IsLastAdmin(workspace.Code, member.User)); // R7
        world.Put(member with { Role = role });
        if (role != "admin")
        {
            PassOwnership(workspace.Code, member.User);
        }

        Happened("member.role_changed", workspace, "user", member.User);
    }

    /// <summary>On V4: 1 hands the ownership over, which only the owner does; 2 is admin, 3 member.</summary>
    public void AssignWorkspaceRole(string user, int role)
    {
        var workspace = InWorkspace(OwnWorkspace(), "members:manage");
        var member = Found(world.MemberOf(workspace.Code, user));
        Refuse("forbidden", (role == 1 || workspace.Owner == user)
            && (workspace.Owner != Caller.User || !world.Users[user].IsActive)); // R2
        if (role == 1 && workspace.Owner != user)
        {
            world.Workspaces[workspace.Code] = workspace with { Owner = user };
            Happened("workspace.updated", workspace, "workspace", workspace.Code);
        }

        ChangeRole(workspace, member, role == 3 ? "member" : "admin");
    }

    /// <param name="sparesOwner">True on V4, where only the owner ends its own membership.</param>
    public void RemoveMember(string code, string user, bool sparesOwner = false)
    {
        var leaves = user == Caller.User;
        var workspace = InWorkspace(code, leaves ? "read" : "members:manage", rank: leaves ? 0 : 4);
        var member = Found(world.MemberOf(code, user));
        Refuse("forbidden", sparesOwner && !leaves && workspace.Owner == user);
        Refuse("last_admin", IsLastAdmin(code, user)); // R7
        world.Members.Remove((code, member.User));
        PassOwnership(code, user);
        Happened(leaves ? "member.left" : "member.removed", workspace, "user", user);
    }

    public void RemoveOwnMember(string user) => RemoveMember(OwnWorkspace(), user, sparesOwner: true);

    // ---- R12. Joining by oneself, and asking to.

    public void JoinWorkspace(string code)
    {
        var workspace = InWorkspace(code, "read", rank: 0);
        Refuse("forbidden", Caller.User is null);
        Refuse("already_member", world.MemberOf(code, Caller.User!) is not null);
        Refuse("forbidden", workspace.Type is "private" or "closed");
        Add(workspace, Caller.User!, "member", "member.joined");
        if (world.Requests.Values.FirstOrDefault(r =>
            r.Workspace == code && r.User == Caller.User && r.Status == "pending") is { } request)
        {
            End(request, "withdrawn");
        }
    }

    public void RequestToJoin(string code)
    {
        var workspace = InWorkspace(code, "read", rank: 0);
        Refuse("forbidden", Caller.User is null);
        Refuse("already_member", world.MemberOf(code, Caller.User!) is not null);
        Refuse("forbidden", workspace.Type == "private");
        Refuse("invalid_transition", workspace.Type != "closed");
        Refuse("join_request_pending", world.Requests.Values.Any(r =>
            r.Workspace == code && r.User == Caller.User && r.Status == "pending"));
        var request = mint("join_request");
        world.Requests[request] = new JoinRequest(request, code, Caller.User!, "pending", null);
        Happened("join_request.created", workspace, "join_request", request);
    }

    public void ApproveJoinRequest(string code, string request)
    {
        var workspace = InWorkspace(code, "members:manage");
        var asked = RequestIn(code, request);
        Refuse("invalid_transition", asked.Status != "pending");
        Refuse("not_organization_member", world.PlaceOf(workspace.Organization, asked.User) is null
            || !world.Users[asked.User].IsActive); // R4
        End(asked, "approved");
        Add(workspace, asked.User, "member", "member.added");
    }

    public void DenyJoinRequest(string code, string request)
    {
        InWorkspace(code, "members:manage");
        var asked = RequestIn(code, request);
        Refuse("invalid_transition", asked.Status != "pending");
        End(asked, "denied");
    }

    public void WithdrawJoinRequest(string code, string request)
    {
        var workspace = InWorkspace(code, "read", rank: 0);
        var asked = RequestIn(code, request);
        Refuse("not_found", asked.User != Caller.User && RoleInWorkspace(workspace) != "admin");
        Refuse("forbidden", asked.User != Caller.User);
        Refuse("invalid_transition", asked.Status != "pending");
        End(asked, "withdrawn");
    }

    private JoinRequest RequestIn(string workspace, string code) =>
        Found(world.Requests.GetValueOrDefault(code) is { } request && request.Workspace == workspace ? request : null);

    private void End(JoinRequest request, string status)
    {
        world.Requests[request.Code] = request with
        {
            Status = status,
            DecidedBy = status == "withdrawn" ? null : Caller.User,
        };
        Happened($"join_request.{status}", world.Workspaces[request.Workspace], "join_request", request.Code);
    }

    // ---- Invitations.

    public void Invite(string code, string email, string role) =>
        InviteTo(InWorkspace(code, "members:manage"), email, role, token: 1);

    private void InviteTo(Workspace workspace, string email, string role, int token)
    {
        var user = world.UserOf(email);
        var place = user is null ? null : world.PlaceOf(workspace.Organization, user.Code);
        Refuse("user_deactivated", place is not null && !user!.IsActive); // R14
        Refuse("already_member", user is not null && world.MemberOf(workspace.Code, user.Code) is not null);
        Refuse("invitation_pending", world.PendingFor(workspace.Code, email) is not null);
        RefuseOverCeiling(workspace, place?.Role ?? RoleByInvitation(role), role); // R5
        Refuse("seat_limit_reached", IsFull(world, workspace)); // R8
        var code = mint($"invitation {workspace.Code} {email.ToLowerInvariant()}");
        world.Invitations[code] = new Invitation(
            code,
            workspace.Code,
            email,
            role,
            "pending",
            world.Now + TimeSpan.FromDays(7),
            CreatingUser(world.Organizations[workspace.Organization]),
            token);
        Happened("invitation.created", workspace, "invitation", code);
    }

    /// <summary>Many at once: what is wrong with one stops no other.</summary>
    /// <param name="token">0 on V4, which tells nobody the tokens.</param>
    /// <returns>For each address null, or why it was not invited.</returns>
    public IReadOnlyList<string?> InviteMany(
        string code, IEnumerable<(string Email, string Role)> invitees, int token = 1)
    {
        var workspace = InWorkspace(code, "members:manage");
        var results = new List<string?>();
        foreach (var (email, role) in invitees)
        {
            try
            {
                InviteTo(workspace, email, role, token);
                results.Add(null);
            }
            catch (Refusal refusal)
            {
                results.Add(refusal.Code);
            }
        }

        return results;
    }

    // Who accepts and is in no organization becomes a member of it; guests and viewers stay what they are.
    private static string RoleByInvitation(string role) => role is "guest" or "viewer" ? role : "member";

    public void ResendInvitation(string code, string invitation)
    {
        var workspace = InWorkspace(code, "members:manage");
        var sent = InvitationIn(code, invitation);
        var status = sent.StatusAt(world.Now);
        Refuse("invalid_transition", status is not ("pending" or "expired"));
        var user = world.UserOf(sent.Email);
        var place = user is null ? null : world.PlaceOf(workspace.Organization, user.Code);
        Refuse("user_deactivated", place is not null && !user!.IsActive); // R14
        RefuseOverCeiling(workspace, place?.Role ?? RoleByInvitation(sent.Role), sent.Role); // R5
        if (status == "expired")
        {
            // R8: an expired one holds no seat, so it needs one again.
            Refuse("already_member", user is not null && world.MemberOf(code, user.Code) is not null);
            Refuse("seat_limit_reached", IsFull(world, workspace));
            Refuse("invitation_pending", world.PendingFor(code, sent.Email) is not null);
        }

        world.Invitations[invitation] = sent with
        {
            Status = "pending",
            ExpiresAt = world.Now + TimeSpan.FromDays(7),
            Token = sent.Token + 1,
        };
        Happened("invitation.resent", workspace, "invitation", invitation);
    }

    public void RevokeInvitation(string code, string invitation)
    {
        InWorkspace(code, "members:manage");
        var sent = InvitationIn(code, invitation);
        Refuse("invalid_transition", sent.StatusAt(world.Now) != "pending");
        End(sent, "revoked");
    }

    public void RevokeOwnInvitation(string invitation) => RevokeInvitation(OwnWorkspace(), invitation);

    private Invitation InvitationIn(string workspace, string code) =>
        Found(world.Invitations.GetValueOrDefault(code) is { } sent && sent.Workspace == workspace ? sent : null);

    private void End(Invitation invitation, string status)
    {
        world.Invitations[invitation.Code] = invitation with { Status = status };
        Happened($"invitation.{status}", world.Workspaces[invitation.Workspace], "invitation", invitation.Code);
    }

    // R13, R14: of a person who leaves the organization or is deactivated.
    private void RevokeInvitations(string user, string? organization)
    {
        foreach (var sent in world.Invitations.Values.Where(i =>
            World.IsSame(i.Email, world.Users[user].Email) && i.StatusAt(world.Now) == "pending"
            && (organization is null || world.Workspaces[i.Workspace].Organization == organization)).ToList())
        {
            End(sent, "revoked");
        }
    }

    public void AcceptInvitation(string invitation, int token)
    {
        var sent = Answerable(invitation, token);
        var workspace = world.Workspaces[sent.Workspace];
        var user = world.UserOf(sent.Email)?.Code;
        var role = user is null ? null : world.PlaceOf(workspace.Organization, user)?.Role;
        RefuseOverCeiling(workspace, role ?? RoleByInvitation(sent.Role), sent.Role); // R5

        // R19: whoever accepts on a person's behalf manages the user that it makes.
        user ??= NewUser(sent.Email, workspace.Organization);
        End(sent, "accepted"); // R8: frees the seat that it held, so accepting works at the limit
        if (world.MemberOf(workspace.Code, user) is { } member)
        {
            // A member meanwhile, such as by a default workspace: accepting never lowers a role.
            if (Rank(sent.Role) > Rank(member.Role))
            {
                ChangeRole(workspace, member, sent.Role);
            }

            return;
        }

        if (role is null)
        {
            JoinOrganization(workspace.Organization, user, RoleByInvitation(sent.Role), except: workspace.Code);
        }

        Add(workspace, user, sent.Role, "member.added");
    }

    public void DeclineInvitation(string invitation, int token) => End(Answerable(invitation, token), "declined");

    // R18: people come by accepting themselves; on their behalf only where nobody has the address.
    private Invitation Answerable(string code, int token)
    {
        var sent = Found(world.Invitations.GetValueOrDefault(code) is { } known
            && token > 0 && known.Token == token ? known : null);
        var workspace = world.Workspaces[sent.Workspace];
        var invitee = world.UserOf(sent.Email)?.Code;
        var reaches = Reaches(workspace.Organization)
            && (Caller.Workspace is null || Caller.Workspace == workspace.Code);
        Refuse("forbidden", !IsRoot && (IsService
            ? !May("members:manage") || Caller.Workspace is not null || !reaches
            : Caller.User != invitee || !reaches));
        switch (sent.StatusAt(world.Now))
        {
            case "accepted":
                throw new Refusal("invitation_used");
            case "pending":
                break;
            case var status:
                throw new Refusal($"invitation_{status}");
        }

        Refuse("forbidden", Caller.User is null && invitee is not null);
        Refuse("organization_suspended",
            world.Organizations[workspace.Organization].Status != "active" && !IsRoot); // R16
        Refuse("workspace_archived", workspace.IsArchived); // R11
        return sent;
    }

    // ---- Service lines, integrations, metering.

    public void CreateServiceLine(string code)
    {
        var workspace = InWorkspace(code, "service_lines:manage");
        var line = mint("service_line");
        world.Lines[line] = new Line(line, code, "Line", "draft", null);
        Happened("service_line.created", workspace, "service_line", line);
    }

    private (Line Line, Workspace Workspace) InLine(string code, string permission, bool inArchived = false)
    {
        var line = Found(world.Lines.GetValueOrDefault(code));
        return (line, InWorkspace(line.Workspace, permission, inArchived: inArchived, inside: true));
    }

    public void RenameServiceLine(string code, string name)
    {
        var (line, workspace) = InLine(code, "service_lines:manage");
        Refuse("invalid_transition", line.IsFinal);
        if (name != line.Name)
        {
            world.Lines[code] = line with { Name = name };
            Happened("service_line.updated", workspace, "service_line", code);
        }
    }

    /// <param name="to">active, paused, closed or terminated.</param>
    public void MoveServiceLine(string code, string to)
    {
        var (line, workspace) = InLine(code, "service_lines:manage");
        Refuse("invalid_transition", !(to switch
        {
            "active" => line.Status is "draft" or "paused",
            "paused" => line.Status is "active",
            "closed" => line.Status is "active" or "paused",
            _ => !line.IsFinal,
        }));
        if (to == "active")
        {
            RefuseOverPlan(
                world.Organizations[workspace.Organization].MostLines,
                world.ActiveLines(workspace.Organization)); // R9
        }

        world.Lines[code] = line with { Status = to };
        Happened($"service_line.{(to == "active" ? "activated" : to)}", workspace, "service_line", code);
    }

    public void ReportHealth(string code, long score)
    {
        var (line, workspace) = InLine(code, "metering:write");
        Refuse("invalid_transition", line.IsFinal);
        if (score != line.Score)
        {
            world.Lines[code] = line with { Score = score };
            Happened("service_line.updated", workspace, "service_line", code);
        }
    }

    /// <summary>One metered event.</summary>
    /// <returns>accepted, duplicate, or why it was rejected.</returns>
    public string RecordMetering(string code, string id, long cents)
    {
        Refuse("forbidden", !May("metering:write"));
        Line line;
        Workspace workspace;
        try
        {
            (line, workspace) = InLine(code, "metering:write", inArchived: true);
        }
        catch (Refusal refusal) when (refusal.Code == "not_found")
        {
            return refusal.Code;
        }

        if (!world.Metered.Add((workspace.Organization, id)))
        {
            return "duplicate";
        }

        var rejection = workspace.IsArchived ? "workspace_archived" // R11
            : line.Status is not ("active" or "paused") ? "invalid_status"
            : null;
        if (rejection is not null)
        {
            world.Metered.Remove((workspace.Organization, id));
            return rejection;
        }

        var month = (workspace.Code, world.Now.UtcDateTime.Year * 100 + world.Now.UtcDateTime.Month);
        world.Cents[month] = world.Cents.GetValueOrDefault(month) + cents; // R15
        return "accepted";
    }

    public void ConnectIntegration(string code)
    {
        var workspace = InWorkspace(code, "write");
        var integration = mint("integration");
        world.Integrations[integration] = new Integration(integration, code);
        Happened("integration.connected", workspace, "integration", integration);
    }

    public void DisconnectIntegration(string code)
    {
        var integration = Found(world.Integrations.GetValueOrDefault(code));
        var workspace = InWorkspace(integration.Workspace, "write", inside: true);
        world.Integrations.Remove(code);
        Happened("integration.disconnected", workspace, "integration", code);
    }

    // ---- Keys. R6: nobody issues a key stronger than itself.

    private void RefuseUnlessKeysMayChange() => Refuse("forbidden", IsService || Caller.Texts[who.Text] is not null);

    private (Organization? Organization, Workspace? Workspace, string? Role) Reach(
        string? organization, string? workspace)
    {
        if ((workspace ?? Caller.Workspace) is { } only)
        {
            var within = InWorkspace(only, "read", rank: 0, inArchived: true);
            Refuse("validation_failed", organization is not null && organization != within.Organization);
            return (world.Organizations[within.Organization], within, OrganizationRoleIn(within));
        }

        if ((organization ?? Caller.Organization) is { } code)
        {
            return (InOrganization(code, "read", rank: 0), null, RoleIn(code));
        }

        return (null, null, null);
    }

    /// <summary>A secret or publishable key, of an organization or of one workspace of it.</summary>
    public void CreateServiceKey(string type, string? organization, string? workspace, string[] permissions)
    {
        RefuseUnlessKeysMayChange();
        var reach = Reach(organization, workspace);
        Refuse("validation_failed", reach.Organization is null);
        Refuse("forbidden", Rank(reach.Role) < 4);
        Issue(new Key("", type, null, reach.Organization!.Code, reach.Workspace?.Code, permissions, Caller.User));
    }

    /// <summary>A user key: for oneself, or for a member of an organization who does not outrank the caller.</summary>
    public void CreateUserKey(string? user, string? organization)
    {
        RefuseUnlessKeysMayChange();
        var reach = Reach(organization, workspace: null);
        var holder = user ?? Caller.User;
        Refuse("validation_failed", holder is null);
        var place = reach.Organization?.Code;
        if (holder != Caller.User && IsRoot)
        {
            Refuse("validation_failed", place is null
                && world.Users.GetValueOrDefault(holder!) is not { IsActive: true });
            Refuse("not_organization_member", place is not null
                && (world.PlaceOf(place, holder!) is null || !world.Users[holder!].IsActive));
        }
        else if (holder != Caller.User)
        {
            Refuse("forbidden", place is not null && Rank(reach.Role) < 4);
            var shared = world.Places.Values
                .Where(p => p.User == holder && world.Users[holder].IsActive)
                .Where(p => place is null || p.Organization == place)
                .Where(p => world.PlaceOf(p.Organization, Caller.User!) is not null).ToList();
            Refuse("not_organization_member", shared.Count == 0);
            var administered = shared.Where(p => Rank(world.PlaceOf(p.Organization, Caller.User!)!.Role) == 4).ToList();
            Refuse("forbidden", administered.Count == 0);
            Refuse("validation_failed", administered.Count > 1);
            Refuse("organization_suspended",
                world.Organizations[administered[0].Organization].Status != "active"); // R16
            Refuse("role_exceeds_own_role", administered[0].Role == "owner"); // R6
            place = administered[0].Organization;
        }

        Issue(new Key("", "user", holder, place, reach.Workspace?.Code, null, Caller.User));
    }

    private void Issue(Key key)
    {
        var code = mint("api_key");
        world.Keys[code] = key with { Code = code };
        Happened("api_key.created", key.Organization, key.Workspace, "api_key", code);
    }

    private Key InKey(string code)
    {
        var key = Found(world.Keys.GetValueOrDefault(code) is { IsRevoked: false } known ? known : null);
        var isInScope = Reaches(key.Organization) && (Caller.Workspace is null || Caller.Workspace == key.Workspace);
        var role = key.Organization is null || Caller.User is null
            ? null
            : world.PlaceOf(key.Organization, Caller.User)?.Role;
        Refuse("not_found", !IsRoot && !(isInScope && (IsService || key.User == Caller.User || Rank(role) == 4)));
        RefuseUnlessKeysMayChange();
        Refuse("organization_suspended",
            key.Organization is not null && world.Organizations[key.Organization].Status != "active" && !IsRoot); // R16
        return key;
    }

    public void RevokeKey(string code)
    {
        var key = InKey(code);
        world.Keys[code] = key with { IsRevoked = true };
        Happened("api_key.revoked", key.Organization, WorkspaceOf(key), "api_key", code);
    }

    public void RotateKey(string code, int overlapSeconds)
    {
        var key = InKey(code);
        Refuse("role_exceeds_own_role", !IsRoot && key.User != Caller.User && key.User is not null
            && key.Organization is not null && world.PlaceOf(key.Organization, key.User)?.Role == "owner"); // R6
        var end = world.Now + TimeSpan.FromSeconds(overlapSeconds);
        world.Keys[code] = key with { Texts = [.. key.Texts.Select(t => t < end ? t : end), null] };
        Happened("api_key.rotated", key.Organization, WorkspaceOf(key), "api_key", code);
    }

    private string? WorkspaceOf(Key key) =>
        key.Workspace is { } code && world.Workspaces.ContainsKey(code) ? code : null;

    // ---- What is only looked at.

    /// <summary>R16.</summary>
    public string CanUseSite(string code, string user)
    {
        var (workspace, role, isInactive) = Check(code, user);
        var organization = world.Organizations[workspace.Organization];
        return isInactive ? "user_inactive"
            : role is null ? "not_a_member"
            : workspace.IsArchived ? "workspace_archived"
            : organization.Status != "active" ? "organization_suspended"
            : organization.Subscription is "active" or "past_due" ? "yes"
            : organization.Subscription != "trialing" ? "subscription_ended"
            : organization.TrialEndsAt > world.Now ? "yes"
            : "trial_ended";
    }

    /// <summary>R3, R5, R14.</summary>
    public string ShowAccess(string code, string user, string asked)
    {
        var (workspace, role, isInactive) = Check(code, user);
        role = isInactive ? null : role;
        var reason = Rank(role) >= Rank(asked) ? "allowed"
            : isInactive ? "user_inactive"
            : role is null ? "not_a_member"
            : "role_too_low";
        var explicitRole = world.MemberOf(code, user)?.Role;
        var source = role is null ? "none" : Rank(explicitRole) >= Rank(role) ? "workspace" : "organization";
        return $"{reason} {role ?? "none"} {source}";
    }

    private (Workspace Workspace, string? Role, bool IsInactive) Check(string code, string user)
    {
        var isOneself = Caller.User == user;
        var workspace = InWorkspace(code, "read", rank: isOneself ? 0 : 4, writes: false);
        var place = world.PlaceOf(workspace.Organization, user);
        var isInactive = (place is not null || IsRoot)
            && world.Users.GetValueOrDefault(user) is { IsActive: false };
        return (workspace, EffectiveRole(workspace, user), isInactive);
    }

    /// <summary>R15: members, active lines, health and cost, as the workspace shows them.</summary>
    public string GetWorkspace(string code)
    {
        var workspace = InWorkspace(code, "read", rank: 0, writes: false);
        return world.Metrics(workspace);
    }

    /// <summary>R8: limit, taken and pending seats.</summary>
    public string ShowSeats(string code)
    {
        var workspace = InWorkspace(code, "read", rank: 1, writes: false);
        var taken = world.SeatsTaken(code);
        return $"{workspace.SeatLimit} {taken} {taken - world.ActiveMembers(code).Count()}";
    }

    /// <summary>R3: the members, and with source organization those who are admin by their organization role.</summary>
    public string ListMembers(string code)
    {
        var workspace = InWorkspace(code, "read", rank: 1, writes: false);
        var members = world.Members.Values.Where(m => m.Workspace == code)
            .Select(m => (m.User, Text: $"{m.User} {m.Role} workspace"));
        var implicitly = world.Places.Values
            .Where(p => p.Organization == workspace.Organization && Rank(p.Role) == 4)
            .Where(p => world.MemberOf(code, p.User) is null)
            .Select(p => (p.User, Text: $"{p.User} admin organization"));
        return string.Join(", ", members.Concat(implicitly).OrderBy(m => m.User.Number()).Select(m => m.Text));
    }

    /// <summary>R12: the workspaces of an organization that the caller sees.</summary>
    public string ListWorkspaces(string organization)
    {
        Refuse("not_found", !Reaches(organization));
        Refuse("forbidden", !May("read"));
        if (Caller.Workspace is null)
        {
            // Whether it may be asked is looked at first, which workspaces it has then.
            new Model(before, before, who, mint).InOrganization(organization, "read", rank: 0, writes: false);
        }

        return string.Join(' ', world.Workspaces.Values
            .Where(w => w.Organization == organization && Sees(w))
            .Select(w => w.Code).OrderBy(code => code.Number()));
    }

    private static T Found<T>(T? thing) where T : class => thing ?? throw new Refusal("not_found");

    private static void Refuse(string code, bool where)
    {
        if (where)
        {
            throw new Refusal(code);
        }
    }

    private void Happened(string type, Workspace workspace, string kind, string code) =>
        Happened(type, workspace.Organization, workspace.Code, kind, code);

    // One event for each change, of whoever calls.
    private void Happened(string type, string? organization, string? workspace, string kind, string code) =>
        world.Events.Add(new Event(
            type,
            organization,
            workspace,
            Caller.User is { } user ? $"user {user}" : IsRoot ? "root root" : $"api_key {Caller.Code}",
            $"{kind} {code}"));
}
