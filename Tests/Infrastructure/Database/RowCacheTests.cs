using WorkspaceService.Features.Members;
using WorkspaceService.Features.Organizations;
using WorkspaceService.Features.Workspaces;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using Xunit.Abstractions;

namespace WorkspaceService.Infrastructure.Database;

/// <summary>What is remembered of authority is what is stored, to readers and inside transactions.</summary>
[Collection("Database")]
public sealed class RowCacheTests(ServiceFixture service, ITestOutputHelper output)
{
    [Fact]
    public async Task Over_a_random_history_authority_is_as_it_is_stored()
    {
        var random = Seeded.Random(output);
        var tenant = await service.NewTenantAsync();
        var workspaces = new[]
        {
            (await tenant.NewWorkspaceAsync()).Id,
            (await tenant.NewWorkspaceAsync(type: "closed")).Id,
        };
        var people = new List<Person>();
        for (var n = 0; n < 4; n++)
        {
            people.Add(await tenant.NewMemberAsync());
        }

        var callers = await Task.WhenAll(people.Select(person => person.CallerAsync()));
        var root = ServiceFixture.RootCaller;
        var changed = 0;
        for (var step = 0; step < 150; step++)
        {
            var workspace = workspaces[random.Next(workspaces.Length)];
            var person = people[random.Next(people.Count)].Id;
            var role = Roles.OfWorkspace[random.Next(Roles.OfWorkspace.Length)];
            changed += random.Next(8) switch
            {
                0 => await DoneAsync(new AddMember.Command(root, workspace, person, role)),
                1 => await DoneAsync(new ChangeMemberRole.Command(root, workspace, person, role)),
                2 => await DoneAsync(new RemoveMember.Command(root, workspace, person)),
                3 => await DoneAsync(new ChangeOrganizationMemberRole.Command(
                    root, tenant.Id, person, random.Next(2) == 0 ? Roles.Admin : Roles.Guest)),
                4 => await DoneAsync(new ArchiveWorkspace.Command(root, workspace)),
                5 => await DoneAsync(new RestoreWorkspace.Command(root, workspace)),
                6 => await DoneAsync(new UpdateWorkspace.Command(
                    root, workspace, new() { Type = random.Next(2) == 0 ? "private" : "open" })),
                _ => await DoneAsync(new UpdateOrganization.Command(
                    root, tenant.Id, new() { Status = random.Next(2) == 0 ? "active" : "suspended" })),
            };

            foreach (var caller in callers)
            {
                foreach (var code in workspaces)
                {
                    var stored = await StoredAsync(caller, code);
                    (await ReadAsync(caller, code)).Should().Be(stored);
                    (await WriteAsync(caller, session => AskAsync(session, code))).Should().Be(stored);
                }
            }
        }

        changed.Should().BeGreaterThan(40);
    }

    [Fact]
    public async Task A_transaction_sees_its_own_changes_and_nobody_sees_those_that_were_taken_back()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberOfAsync(workspace.Id, Roles.Viewer, organizationRole: Roles.Member);
        var caller = await person.CallerAsync();
        (await ReadAsync(caller, workspace.Id)).Should().StartWith("viewer ");

        var inside = "";
        var outcome = await service.Db.TransactAsync<Done>(caller, async session =>
        {
            var before = await AskAsync(session, workspace.Id);
            await session.ExecuteAsync(
                "UPDATE members SET role = 'guest' WHERE user_id = @UserId", new { caller.UserId });
            inside = $"{before} | {await AskAsync(session, workspace.Id)}";
            return Faults.Forbidden;
        });

        outcome.Succeeded(out _, out _).Should().BeFalse();
        inside.Should().MatchRegex("^viewer .* \\| guest ");
        (await ReadAsync(caller, workspace.Id)).Should().StartWith("viewer ");
        (await WriteAsync(caller, session => AskAsync(session, workspace.Id))).Should().StartWith("viewer ");
    }

    private async Task<int> DoneAsync<T>(MediatR.IRequest<Outcome<T>> message) =>
        (await service.Send(message)).Succeeded(out _, out _) ? 1 : 0;

    private async Task<string> ReadAsync(Caller caller, string workspace)
    {
        await using var session = service.Db.Open(caller);
        return await AskAsync(session, workspace);
    }

    private async Task<string> WriteAsync(Caller caller, Func<Session, Task<string>> ask) =>
        (await service.Db.TransactAsync<string>(caller, async session => await ask(session)))
            .Match(value => value, fault => fault.Code);

    private static async Task<string> AskAsync(Session session, string workspace) =>
        (await WorkspaceAuthorization.FindAsync(session, workspace, Need.Read)).Match(Text, fault => fault.Code);

    // The same decision on what a statement that nothing remembers finds.
    private async Task<string> StoredAsync(Caller caller, string workspace)
    {
        var stored = (await service.ReadAsync<AccessFacts>(
            """
            SELECT w.id, w.code, w.organization_id, o.status AS organization_status, o.workspace_role_ceiling, w.type,
                   w.status, w.version,
                   (SELECT role FROM organization_members WHERE organization_id = o.id
                    AND user_id = @UserId) AS organization_role,
                   (SELECT role FROM members WHERE workspace_id = w.id AND user_id = @UserId) AS workspace_role
            FROM workspaces w JOIN organizations o ON o.id = w.organization_id
            WHERE w.code = @Workspace
            """,
            new { caller.UserId, Workspace = workspace })).Single();
        return WorkspaceAuthorization.Evaluate(caller, stored, Need.Read).Match(Text, fault => fault.Code);
    }

    private static string Text(WorkspaceAccess scope) =>
        $"{scope.Role} {scope.OrganizationRole} {scope.WorkspaceRole} {scope.Type} {scope.Status} "
        + $"{scope.Facts.OrganizationStatus} {scope.Version}";
}
