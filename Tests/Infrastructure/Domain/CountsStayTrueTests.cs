using MediatR;
using WorkspaceService.Features.Members;
using WorkspaceService.Features.Organizations;
using WorkspaceService.Features.Users;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using Xunit.Abstractions;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>
/// Counters beside the rows they count: after whatever happened, in whatever order, they say what the rows say.
/// </summary>
public sealed class CountsStayTrueTests(ServiceFixture service, ITestOutputHelper output)
    : IClassFixture<ServiceFixture>
{
    private const int Steps = 600;

    private const int Acts = 8;

    private static readonly string[] OrganizationRoles =
    [
        Roles.Admin, Roles.Admin, Roles.Member, Roles.Viewer, Roles.Guest
    ];

    private static readonly string[] Refusals =
    [
        "last_admin", "seat_limit_reached", "owner_protected", "already_member"
    ];

    private readonly List<string> _succeeded = [];

    private readonly HashSet<string> _refused = [];

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public async Task Counts_are_true_after_a_random_history(int atOnce)
    {
        var random = Seeded.Random(output);
        Tenant[] tenants =
        [
            await service.NewTenantAsync(new PlanLimits(null, 9, null)), await service.NewTenantAsync(ceiling: false)
        ];
        var workspaces = new List<(Tenant Tenant, WorkspaceObject Workspace)>();
        foreach (var tenant in tenants)
        {
            workspaces.Add((tenant, await tenant.NewWorkspaceAsync()));
            workspaces.Add((tenant, await tenant.NewWorkspaceAsync(seatLimit: 3)));
            workspaces.Add((tenant, await tenant.NewWorkspaceAsync(type: "default", seatLimit: 5)));
        }

        var people = tenants.Select(t => t.Owner.Id).ToList();
        for (var i = 0; i < 10; i++)
        {
            people.Add((await tenants[i % 2].NewUserAsync()).Id);
        }

        // On until everything was done and refused: one history in a hundred needs more than the least number of steps.
        for (var step = 0; step < Steps || (!HasSeenAll() && step < 20 * Steps); step += atOnce)
        {
            await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => Next()).ToList().Select(act => Task.Run(act)));
        }

        (await service.FindAsync()).Should().BeEmpty("requests alone were at work");
        _succeeded.Distinct().Should().HaveCount(Acts, "a history in which nothing happens proves nothing");
        _refused.Should().Contain(Refusals);

        Func<Task> Next()
        {
            var tenant = tenants[random.Next(tenants.Length)];
            var (home, workspace) = workspaces[random.Next(workspaces.Count)];
            var person = people[random.Next(people.Count)];
            var organizationRole = OrganizationRoles[random.Next(OrganizationRoles.Length)];
            var role = Roles.OfWorkspace[random.Next(Roles.OfWorkspace.Length)];

            // As the owner, whom the plan binds, where that may do it; root takes people into the organization that
            // does not see them.
            return random.Next(20) switch
            {
                < 3 => async () => await TryAsync(
                    "join",
                    new AddOrganizationMember.Command(
                        await OwnerWhoSeesAsync(tenant, person) ?? ServiceFixture.RootCaller,
                        tenant.Id,
                        person,
                        Role: organizationRole)),
                < 9 => async () => await TryAsync(
                    "add", new AddMember.Command(await home.OwnerAsync(), workspace.Id, person, role)),
                < 12 => async () => await TryAsync(
                    "role", new ChangeMemberRole.Command(await home.OwnerAsync(), workspace.Id, person, role)),
                < 15 => async () => await TryAsync(
                    "remove", new RemoveMember.Command(await home.OwnerAsync(), workspace.Id, person)),
                15 => async () => await TryAsync(
                    "leave", new RemoveOrganizationMember.Command(ServiceFixture.RootCaller, tenant.Id, person)),
                16 => async () => await TryAsync(
                    "organization role",
                    new ChangeOrganizationMemberRole.Command(
                        ServiceFixture.RootCaller, tenant.Id, person, organizationRole)),
                17 => async () => await TryAsync(
                    "deactivate",
                    new UpdateUser.Command(ServiceFixture.RootCaller, person, new() { Status = "deactivated" })),
                _ => async () => await TryAsync(
                    "reactivate",
                    new UpdateUser.Command(ServiceFixture.RootCaller, person, new() { Status = "active" })),
            };
        }
    }

    private bool HasSeenAll() => _succeeded.Distinct().Count() == Acts && _refused.IsSupersetOf(Refusals);

    private async Task TryAsync<T>(string act, IRequest<Outcome<T>> message)
    {
        var code = (await service.Next.Send(message)).Match(_ => (string?)null, fault => fault.Code);
        lock (_succeeded)
        {
            if (code is null)
            {
                _succeeded.Add(act);
            }
            else
            {
                _refused.Add(code);
            }
        }
    }

    private async Task<Caller?> OwnerWhoSeesAsync(Tenant tenant, string person)
    {
        var owner = await tenant.OwnerAsync();
        return (await service.Send(new GetUser.Query(owner, person))).Match<Caller?>(_ => owner, _ => null);
    }
}
