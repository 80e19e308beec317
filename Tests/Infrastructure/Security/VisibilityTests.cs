using WorkspaceService.Features.ApiKeys;
using WorkspaceService.Features.Members;
using WorkspaceService.Features.Organizations;
using WorkspaceService.Features.Workspaces;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>
/// Who sees and does what: type × organization role × workspace role × endpoint, on all surfaces, from one table. What
/// is expected is worked out here from the rules' own words (R3, R5, R12), not by the service's code.
/// </summary>
[Collection("Security")]
public sealed class VisibilityTests(ServiceFixture service)
{
    private const string Stranger = "stranger";

    private const string NoRole = "none";

    private static readonly string[] OrganizationRoles =
        [Stranger, Roles.Guest, Roles.Billing, Roles.Viewer, Roles.Member, Roles.Admin, Roles.Owner];

    private static readonly string[] WorkspaceRoles = [NoRole, Roles.Guest, Roles.Viewer, Roles.Member, Roles.Admin];

    // What an endpoint asks of its caller. Stale names no version, so what is allowed answers 412 and changes nothing.
    private enum Least { See, Belong, Administer, RunTheOrganization }

    private static readonly (string, string)[] Stale = [("If-Match", "\"0-x\"")];

    // One row an endpoint: its name, what it asks, how it is called, and how it answers whoever may. Nothing here
    // changes what the next row is about.
    private static readonly (
        string Name, Least Least, Func<Cell, Task<HttpResponseMessage>> Call, int Allowed)[] Endpoints =
    [
        ("GET workspace", Least.See, c => c.Client.GetAsync($"/v1/workspaces/{c.Workspace}"), 200),
        ("GET members", Least.Belong, c => c.Client.GetAsync($"/v1/workspaces/{c.Workspace}/members"), 200),
        ("GET member", Least.Belong, c => c.Client.GetAsync($"/v1/workspaces/{c.Workspace}/members/{c.Maker}"), 200),
        ("GET seats", Least.Belong, c => c.Client.GetAsync($"/v1/workspaces/{c.Workspace}/seats"), 200),
        ("GET invitations", Least.Administer, c => c.Client.GetAsync($"/v1/workspaces/{c.Workspace}/invitations"), 200),
        ("GET join-requests", Least.Administer, c => c.Client.GetAsync($"/v1/workspaces/{c.Workspace}/join-requests"),
            200),
        ("PATCH workspace", Least.Administer, c => c.Client.PatchJson($"/v1/workspaces/{c.Workspace}", new { }), 200),
        ("POST archive", Least.Administer,
            c => c.Client.SendJson(HttpMethod.Post, $"/v1/workspaces/{c.Workspace}/archive", new { }, Stale), 412),
        ("POST restore", Least.Administer,
            c => c.Client.SendJson(HttpMethod.Post, $"/v1/workspaces/{c.Workspace}/restore", null, Stale), 412),
        ("DELETE workspace", Least.RunTheOrganization,
            c => c.Client.SendJson(HttpMethod.Delete, $"/v1/workspaces/{c.Workspace}", null, Stale), 412),
        ("POST members", Least.Administer,
            c => c.Client.PostJson(
                $"/v1/workspaces/{c.Workspace}/members", new { user_id = c.Maker, role = "guest" }), 409),
        ("PATCH member", Least.Administer,
            c => c.Client.PatchJson($"/v1/workspaces/{c.Workspace}/members/{c.Maker}", new { role = "admin" }), 200),
        ("Tape GET member", Least.Belong, c => c.Client.GetAsync($"/v1/workspace/{c.Workspace.Number()}/member"), 200),
        ("Tape PUT workspace", Least.Administer,
            c => c.Client.PutJson($"/v1/workspace/{c.Workspace.Number()}", new { }), 200),
        ("Tape POST member", Least.Administer,
            c => c.Client.PostJson(
                $"/v1/workspace/{c.Workspace.Number()}/member",
                new { user_id = c.Maker.Number(), role = "admin" }), 200),
        ("Tape DELETE member", Least.Administer,
            c => c.Client.DeleteAsync($"/v1/workspace/{c.Workspace.Number()}/member/{long.MaxValue}"), 404),
        ("V4 GET workspaces", Least.Belong, c => c.Narrowed.GetAsync("/api/v4/workspaces"), 200),
        ("V4 PUT workspaces", Least.Administer,
            c => c.Narrowed.PutJson("/api/v4/workspaces", new { workspace = new { } }), 200),
    ];

    [Theory]
    [InlineData("private", true)]
    [InlineData("private", false)]
    [InlineData("closed", true)]
    [InlineData("closed", false)]
    [InlineData("open", true)]
    [InlineData("open", false)]
    [InlineData("default", true)]
    [InlineData("default", false)]
    public async Task Everyone_sees_and_does_what_the_rules_say(string type, bool ceiling)
    {
        var wrong = new List<string>();
        var asked = 0;

        foreach (var cell in await CellsAsync(type, ceiling))
        {
            foreach (var (name, least, call, allowed) in Endpoints)
            {
                asked++;
                Judge(wrong, cell, name, Expected(cell, least, allowed), (int)(await call(cell)).StatusCode);
            }

            asked += 5;
            Judge(
                wrong,
                cell,
                "in the native list",
                Sees(cell),
                await IsListedAsync(cell, "/v1/workspaces?limit=100", "data", "id", cell.Workspace));
            Judge(
                wrong,
                cell,
                "in the Tape list",
                Sees(cell),
                await IsListedAsync(
                    cell, "/v1/workspace/org", "workspaces", "workspace_id", $"{cell.Workspace.Number()}"));
            Judge(
                wrong,
                cell,
                "V4 can_use_site",
                EffectiveRank(cell) > 0 ? 200 : 403,
                (int)(await cell.Narrowed.GetAsync("/api/v4/workspaces/can_use_site")).StatusCode);
            Judge(wrong, cell, "POST join", ExpectedOfJoining(cell), await JoinAsync(cell));
            Judge(wrong, cell, "POST join-requests", ExpectedOfAsking(cell), await AskAsync(cell));
        }

        asked.Should().Be(
            OrganizationRoles.Length * WorkspaceRoles.Length * (Endpoints.Length + 5)
                - (WorkspaceRoles.Length - 1) * (Endpoints.Length + 5));
        wrong.Should().BeEmpty();
    }

    private static void Judge<T>(List<string> wrong, Cell cell, string what, T expected, T found)
    {
        if (!Equals(expected, found))
        {
            wrong.Add(
                $"{what}: {cell.Type}, organization role {cell.OrganizationRole}, workspace role {cell.WorkspaceRole}, "
                + $"ceiling {cell.Ceiling}: {found} and not {expected}");
        }
    }

    private static int Rank(string role) => role switch
    {
        "owner" or "admin" => 4,
        "member" => 3,
        "viewer" or "billing" => 2,
        "guest" => 1,
        _ => 0,
    };

    // R3: owner and admins of the organization are admin everywhere. R5: under the ceiling nobody outranks its
    // organization role.
    private static int EffectiveRank(Cell cell) => (Rank(cell.OrganizationRole), Rank(cell.WorkspaceRole)) switch
    {
        (0, _) => 0,
        (4, _) => 4,
        (var inOrganization, var inWorkspace) => cell.Ceiling ? Math.Min(inOrganization, inWorkspace) : inWorkspace,
    };

    // R12: what is not private is seen by everyone from member up.
    private static bool Sees(Cell cell) =>
        EffectiveRank(cell) > 0 || (cell.Type != "private" && Rank(cell.OrganizationRole) >= 3);

    private static int Expected(Cell cell, Least least, int allowed) =>
        !Sees(cell) ? 404
        : least switch
        {
            Least.See => true,
            Least.Belong => EffectiveRank(cell) > 0,
            Least.Administer => EffectiveRank(cell) == 4,
            _ => Rank(cell.OrganizationRole) == 4,
        } ? allowed : 403;

    private static int ExpectedOfJoining(Cell cell) =>
        !Sees(cell) ? 404 : cell.WorkspaceRole != NoRole ? 409 : cell.Type is "open" or "default" ? 201 : 403;

    private static int ExpectedOfAsking(Cell cell) =>
        !Sees(cell)
            ? 404
            : cell.WorkspaceRole != NoRole ? 409 : cell.Type switch { "closed" => 201, "private" => 403, _ => 409 };

    private static async Task<bool> IsListedAsync(Cell cell, string url, string list, string id, string expected)
    {
        var answer = await (await cell.Client.GetAsync(url)).Json();
        return answer.GetProperty(list).EnumerateArray().Any(row => row.GetProperty(id).ToString() == expected);
    }

    private static async Task<int> JoinAsync(Cell cell)
    {
        var answer = await cell.Client.PostAsync($"/v1/workspaces/{cell.Workspace}/join", null);
        if (answer.IsSuccessStatusCode)
        {
            (await cell.Client.DeleteAsync($"/v1/workspaces/{cell.Workspace}/members/{cell.User}"))
                .EnsureSuccessStatusCode();
        }

        return (int)answer.StatusCode;
    }

    private static async Task<int> AskAsync(Cell cell)
    {
        var answer = await cell.Client.PostAsync($"/v1/workspaces/{cell.Workspace}/join-requests", null);
        if (answer.IsSuccessStatusCode)
        {
            (await cell.Client.DeleteAsync(answer.Headers.Location)).EnsureSuccessStatusCode();
        }

        return (int)answer.StatusCode;
    }

    // A workspace for each workspace role, and in each of them everyone has that role. A stranger can have none.
    private async Task<List<Cell>> CellsAsync(string type, bool ceiling)
    {
        var tenant = await service.NewTenantAsync(ceiling: ceiling);
        var maker = await tenant.NewMemberAsync(Roles.Admin);
        var people = new Dictionary<string, Person>
        {
            [Roles.Owner] = new(service, tenant.Owner.Id, tenant.Owner.Email!, tenant.OwnerKey),
        };
        foreach (var role in OrganizationRoles.Except([Stranger, Roles.Owner]))
        {
            people[role] = await tenant.NewMemberAsync(Roles.Admin);
        }

        var workspaces = new Dictionary<string, string>();
        foreach (var workspaceRole in WorkspaceRoles)
        {
            var made = await service.Do(new CreateWorkspace.Command(
                await maker.CallerAsync(), tenant.Id, $"{type} {workspaceRole}", Type: type));
            workspaces[workspaceRole] = made.Value.Id;
            foreach (var person in people.Values)
            {
                if (workspaceRole != NoRole)
                {
                    await service.Do(new PutMember.Command(
                        ServiceFixture.RootCaller, made.Value.Id, person.Id.Number(), workspaceRole));
                }
                else if (type == "default")
                {
                    await service.Do(new RemoveMember.Command(ServiceFixture.RootCaller, made.Value.Id, person.Id));
                }
            }
        }

        // Only now, for under the ceiling nobody would be given a role above its own.
        foreach (var (role, person) in people.Where(p => p.Key is not Roles.Owner and not Roles.Admin))
        {
            await service.Do(new ChangeOrganizationMemberRole.Command(
                ServiceFixture.RootCaller, tenant.Id, person.Id, role));
        }

        var cells = new List<Cell>();
        foreach (var (workspaceRole, workspace) in workspaces)
        {
            foreach (var (role, person) in people)
            {
                cells.Add(await CellAsync(person, role, workspaceRole));
            }

            if (workspaceRole == NoRole)
            {
                cells.Add(await CellAsync(
                    await (await service.NewTenantAsync()).NewMemberAsync(Roles.Admin), Stranger, workspaceRole));
            }

            async Task<Cell> CellAsync(Person person, string role, string inWorkspace)
            {
                // No key of a stranger's can be narrowed to the workspace; it has none of its own either.
                var narrowed = role == Stranger
                    ? person.Client
                    : service.Client((await service.Do(new CreateApiKey.Command(
                        ServiceFixture.RootCaller, "Narrowed", "user", WorkspaceId: workspace, UserId: person.Id)))
                        .Value.Key!);
                return new Cell(
                    type, ceiling, role, inWorkspace, workspace, person.Id, maker.Id, person.Client, narrowed);
            }
        }

        return cells;
    }

    private sealed record Cell(
        string Type,
        bool Ceiling,
        string OrganizationRole,
        string WorkspaceRole,
        string Workspace,
        string User,
        string Maker,
        HttpClient Client,
        HttpClient Narrowed);
}
