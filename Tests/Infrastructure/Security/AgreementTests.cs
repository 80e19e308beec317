using WorkspaceService.Features.Access;
using WorkspaceService.Infrastructure.Domain;
using Xunit.Abstractions;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>
/// Whatever happens to users, organizations, workspaces and memberships, in whatever order: all ways to ask about
/// access agree with each other, with what slices let a caller do, and with the rows as they stand, at once after every
/// change.
/// </summary>
[Collection("Security")]
public sealed class AgreementTests(ServiceFixture service, ITestOutputHelper output)
{
    private const int Steps = 150;

    private static readonly string?[] States =
    [
        null, "user_inactive", "not_a_member", "workspace_archived", "organization_suspended", "subscription_ended",
        "trial_ended",
    ];

    [Fact]
    public async Task All_answers_agree_over_random_states()
    {
        var random = Seeded.Random(output);
        var tenant = await service.NewTenantAsync();
        string[] workspaces =
        [
            (await tenant.NewWorkspaceAsync()).Id, (await tenant.NewWorkspaceAsync(type: "closed")).Id
        ];
        var people = new List<(string Id, Caller Caller)>();
        foreach (var role in new[] { Roles.Admin, Roles.Member, Roles.Viewer, Roles.Billing })
        {
            var person = await tenant.NewMemberAsync(role);
            people.Add((person.Id, await person.CallerAsync()));
        }

        var seen = new HashSet<string?>();

        // On until every state was come to: a third of all histories needs more than the least number of steps.
        for (var step = 0; step < Steps || (seen.Count < States.Length && step < 20 * Steps); step++)
        {
            await ChangeAsync(random, tenant.Id, workspaces, [.. people.Select(p => p.Id)]);
            foreach (var workspace in workspaces)
            {
                foreach (var (user, caller) in people)
                {
                    seen.Add(await AgreeAsync(step, workspace, user, caller));
                }
            }
        }

        seen.Should().BeEquivalentTo(States, "the states are to be of every kind");
    }

    private async Task<string?> AgreeAsync(int step, string workspace, string user, Caller caller)
    {
        var because = $"step {step}, {user} in {workspace}";
        var root = ServiceFixture.RootCaller;
        var expected = EffectiveAccess.Of(await FactsAsync(workspace, user));
        var reason = CanUseSite.ReasonAgainst(expected, await SubscriptionAsync(workspace), service.Clock.Now);

        (await service.Do(new CanUseSite.Query(root, workspace, user))).Should()
            .Be(new CanUseSite.Response(reason is null, reason), because);
        var answers = await service.Do(new CheckAccess.Query(
            root, [.. Roles.OfWorkspace.Select(role => new CheckAccess.Check(workspace, user, role))]));
        for (var i = 0; i < answers.Count; i++)
        {
            (await service.Do(new ShowAccess.Query(root, workspace, user, Roles.OfWorkspace[i])))
                .Should().Be(answers[i], because);
            (answers[i].Allowed, answers[i].Role, answers[i].Source).Should()
                .Be(
                    (Roles.Rank(expected.Role) >= Roles.Rank(Roles.OfWorkspace[i]), expected.Role, expected.Source),
                    because);
            (answers[i].Reason is null).Should().Be(answers[i].Allowed, because);
        }

        // Deactivated people do not come as far as authority: they are refused with their key.
        if (reason != DenialReason.UserInactive)
        {
            await using var session = service.Db.Open(caller);
            for (var i = 0; i < answers.Count; i++)
            {
                var need = Need.Read with { Rank = Roles.Rank(Roles.OfWorkspace[i]) };
                (await WorkspaceAuthorization.FindAsync(session, workspace, need)).Succeeded(out _, out _)
                    .Should().Be(answers[i].Allowed, because);
            }
        }

        return reason;
    }

    private async Task<AccessFacts> FactsAsync(string workspace, string user)
    {
        await using var session = service.Db.Open();
        return (await session.FindAsync<AccessFacts>(
            """
            SELECT w.status, o.status AS organization_status, o.workspace_role_ceiling, u.status AS user_status,
                   (SELECT om.role FROM organization_members om WHERE om.organization_id = o.id
                    AND om.user_id = u.id) AS organization_role,
                   (SELECT m.role FROM members m WHERE m.workspace_id = w.id AND m.user_id = u.id) AS workspace_role
            FROM workspaces w JOIN organizations o ON o.id = w.organization_id, users u
            WHERE w.code = @workspace AND u.code = @user
            """,
            new { workspace, user }))!;
    }

    private async Task<CanUseSite.Subscription> SubscriptionAsync(string workspace) =>
        (await service.ReadAsync<CanUseSite.Subscription>(
            """
            SELECT o.subscription_status, o.trial_ends_at
            FROM workspaces w JOIN organizations o ON o.id = w.organization_id
            WHERE w.code = @workspace
            """,
            new { workspace })).Single();

    private Task ChangeAsync(Random random, string organization, string[] workspaces, string[] people)
    {
        string Pick(params string[] of) => of[random.Next(of.Length)];
        var with = new
        {
            organization,
            workspace = Pick(workspaces),
            user = Pick(people),
            organizationRole = Pick(Roles.OfOrganization),
            workspaceRole = Pick(Roles.OfWorkspace),
            subscription = Pick("active", "trialing", "trialing", "past_due", "cancelled"),
            ends = random.Next(3) switch
            {
                0 => (DateTimeOffset?)null,
                1 => service.Clock.Now.AddDays(-1),
                _ => service.Clock.Now.AddDays(1),
            },
            active = Pick("active", "active", "active", "suspended"),
            ceiling = random.Next(2),
            status = Pick("active", "active", "deactivated"),
            archived = Pick("active", "active", "active", "archived"),
        };
        return service.ArrangeAsync(Pick(Changes), with);
    }

    private const string Who = "user_id = (SELECT id FROM users WHERE code = @user)";
    private const string Where = "organization_id = (SELECT id FROM organizations WHERE code = @organization)";
    private const string There = "workspace_id = (SELECT id FROM workspaces WHERE code = @workspace)";

    private static readonly string[] Changes =
    [
        $"UPDATE organization_members SET role = @organizationRole WHERE {Who} AND {Where}",
        $"DELETE FROM organization_members WHERE {Who} AND {Where}",
        """
        INSERT INTO organization_members (organization_id, user_id, role, version, joined_at)
        SELECT o.id, u.id, @organizationRole, 1, 0 FROM organizations o, users u WHERE o.code = @organization
          AND u.code = @user
        ON CONFLICT (organization_id, user_id) DO UPDATE SET role = excluded.role
        """,
        """
        INSERT INTO members (workspace_id, user_id, role, version, joined_at)
        SELECT w.id, u.id, @workspaceRole, 1, 0 FROM workspaces w, users u WHERE w.code = @workspace AND u.code = @user
        ON CONFLICT (workspace_id, user_id) DO UPDATE SET role = excluded.role
        """,
        """
        INSERT INTO members (workspace_id, user_id, role, version, joined_at)
        SELECT w.id, u.id, @workspaceRole, 1, 0 FROM workspaces w, users u WHERE w.code = @workspace AND u.code = @user
        ON CONFLICT (workspace_id, user_id) DO NOTHING
        """,
        $"DELETE FROM members WHERE {Who} AND {There}",
        $"UPDATE members SET role = @workspaceRole WHERE {There}",
        "UPDATE users SET status = @status WHERE code = @user",
        "UPDATE workspaces SET status = @archived WHERE code = @workspace",
        "UPDATE organizations SET status = @active WHERE code = @organization",
        "UPDATE organizations SET subscription_status = @subscription, trial_ends_at = @ends "
        + "WHERE code = @organization",
        "UPDATE organizations SET workspace_role_ceiling = @ceiling WHERE code = @organization",
    ];
}
