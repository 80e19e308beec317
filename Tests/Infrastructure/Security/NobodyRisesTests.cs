using MediatR;
using WorkspaceService.Features.Access;
using WorkspaceService.Features.ApiKeys;
using WorkspaceService.Features.Invitations;
using WorkspaceService.Features.Members;
using WorkspaceService.Features.Organizations;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>
/// R6, from one table: whoever tries whatever to get more than it has, through an invitation, a membership, a role or a
/// key, for itself or for somebody else, does not get it.
/// </summary>
[Collection("Security")]
public sealed class NobodyRisesTests(ServiceFixture service)
{
    public static TheoryData<bool, string, string?> Callers => new()
    {
        { true, Roles.Admin, null },
        { true, Roles.Admin, Roles.Guest },
        { true, Roles.Member, Roles.Member },
        { true, Roles.Member, null },
        { true, Roles.Viewer, Roles.Viewer },
        { true, Roles.Guest, Roles.Guest },
        { false, Roles.Member, Roles.Admin },
        { false, Roles.Viewer, Roles.Admin },
        { false, Roles.Guest, Roles.Admin },
        { false, Roles.Billing, Roles.Admin },
        { false, Roles.Member, Roles.Viewer },
        { false, Roles.Guest, null },
    };

    [Theory]
    [MemberData(nameof(Callers))]
    public async Task Nobody_gets_or_gives_more_than_it_has(
        bool ceiling, string organizationRole, string? workspaceRole)
    {
        var tenant = await service.NewTenantAsync(ceiling: ceiling);
        var workspace = (await tenant.NewWorkspaceAsync()).Id;
        var person = workspaceRole is null
            ? await tenant.NewMemberAsync(organizationRole)
            : await tenant.NewMemberOfAsync(workspace, workspaceRole, organizationRole);
        var caller = await person.CallerAsync();
        var (inWorkspace, inOrganization) = (await RankAsync(workspace, person.Id), Roles.Rank(organizationRole));
        inWorkspace.Should().Be(Roles.Rank(Roles.Effective(organizationRole, workspaceRole, ceiling)));
        var colleague = await tenant.NewMemberOfAsync(workspace, Roles.Guest, Roles.Member);

        foreach (var role in Roles.OfWorkspace)
        {
            // Somebody new, and oneself under another address.
            var address = $"{role}-of-{person.Id}@example.com";
            if ((await service.Send(new InviteMembers.Command(caller, workspace, address, role)))
                .Succeeded(out var invited, out _))
            {
                var accepted = await service.Do(new AcceptInvitation.Command(
                    ServiceFixture.RootCaller, invited.Value.Token!, "Somebody"));
                (await RankAsync(workspace, accepted.Value.UserId))
                    .Should().BeLessThanOrEqualTo(inWorkspace, $"invited as {role}");
            }

            await TryAsync(new InviteMembers.Command(caller, workspace, person.Email, role));
            await TryAsync(new AddMember.Command(caller, workspace, person.Id, role));
            await TryAsync(new ChangeMemberRole.Command(caller, workspace, person.Id, role));
            (await RankAsync(workspace, person.Id)).Should().BeLessThanOrEqualTo(inWorkspace, $"as {role} itself");

            await TryAsync(new ChangeMemberRole.Command(caller, workspace, colleague.Id, role));
            (await RankAsync(workspace, colleague.Id))
                .Should().BeLessThanOrEqualTo(Math.Max(inWorkspace, 1), $"a colleague as {role}");
        }

        foreach (var role in Roles.OfOrganization)
        {
            await TryAsync(new ChangeOrganizationMemberRole.Command(caller, tenant.Id, colleague.Id, role));
            (await OrganizationRankAsync(tenant.Id, colleague.Id))
                .Should().BeLessThanOrEqualTo(Math.Max(inOrganization, 3), $"a colleague as {role}");
            var newcomer = await tenant.NewUserAsync();
            await TryAsync(new AddOrganizationMember.Command(caller, tenant.Id, newcomer.Id, Role: role));
            (await OrganizationRankAsync(tenant.Id, newcomer.Id))
                .Should().BeLessThanOrEqualTo(inOrganization, $"a newcomer as {role}");
        }

        await TryAsync(new TransferOwnership.Command(caller, tenant.Id, person.Id));
        await TryAsync(new ChangeOrganizationMemberRole.Command(caller, tenant.Id, person.Id, Roles.Admin));
        (await OrganizationRankAsync(tenant.Id, person.Id)).Should().BeLessThanOrEqualTo(inOrganization);
        (await RankAsync(workspace, person.Id)).Should().BeLessThanOrEqualTo(inWorkspace);
    }

    [Theory]
    [MemberData(nameof(Callers))]
    public async Task No_key_is_stronger_than_its_issuer(bool ceiling, string organizationRole, string? workspaceRole)
    {
        var tenant = await service.NewTenantAsync(ceiling: ceiling);
        var workspace = (await tenant.NewWorkspaceAsync()).Id;
        var person = workspaceRole is null
            ? await tenant.NewMemberAsync(organizationRole)
            : await tenant.NewMemberOfAsync(workspace, workspaceRole, organizationRole);
        var caller = await person.CallerAsync();
        var admin = await tenant.NewMemberAsync(Roles.Admin);
        var power = await PowerAsync(caller, workspace);
        var issued = 0;

        foreach (var attempt in new CreateApiKey.Command[]
        {
            new(caller, "Itself", "user"),
            new(caller, "Itself here", "user", tenant.Id),
            new(caller, "The owner", "user", tenant.Id, UserId: tenant.Owner.Id),
            new(caller, "An admin", "user", tenant.Id, UserId: admin.Id),
            new(caller, "The organization", "secret", tenant.Id),
            new(caller, "Managing", "secret", tenant.Id, Permissions: [Permissions.MembersManage]),
            new(caller, "The workspace", "secret", tenant.Id, workspace),
            new(caller, "Looking", "publishable", tenant.Id, workspace),
        })
        {
            if ((await service.Send(attempt)).Succeeded(out var made, out var fault))
            {
                issued++;
                (await PowerAsync(await service.CallerAsync(made.Value.Key!), workspace))
                    .Should().BeLessThanOrEqualTo(power, attempt.Name);
                made.Value.UserId.Should().NotBe(tenant.Owner.Id, "the owner alone can hand the organization over");
            }
            else
            {
                fault.Kind.Should().BeOneOf(FaultKind.Forbidden, FaultKind.NotFound, FaultKind.Invalid);
            }
        }

        issued.Should().BeGreaterThanOrEqualTo(2, "everyone may issue a key for itself");
    }

    private async Task TryAsync<T>(IRequest<Outcome<T>> message) =>
        (await service.Send(message)).Match(_ => "", fault => fault.Code).Should().NotBe("internal");

    private async Task<int> RankAsync(string workspace, string user) =>
        Roles.Rank(
            (await service.Do(new ShowAccess.Query(ServiceFixture.RootCaller, workspace, user, Roles.Guest))).Role);

    private async Task<int> OrganizationRankAsync(string organization, string user) =>
        Roles.Rank((await service.ReadAsync<string>(
            """
            SELECT om.role
            FROM organization_members om JOIN organizations o ON o.id = om.organization_id
            JOIN users u ON u.id = om.user_id
            WHERE o.code = @organization AND u.code = @user
            """,
            new { organization, user })).FirstOrDefault());

    // The highest rank in the workspace that the caller is let act with, in whatever it is allowed at all.
    private async Task<int> PowerAsync(Caller caller, string workspace)
    {
        await using var session = service.Db.Open(caller);
        for (var rank = 4; rank > 0; rank--)
        {
            if ((await WorkspaceAuthorization.FindAsync(session, workspace, new Need(caller.AnyPermission, rank)))
                .Succeeded(out _, out _))
            {
                return rank;
            }
        }

        return 0;
    }
}
