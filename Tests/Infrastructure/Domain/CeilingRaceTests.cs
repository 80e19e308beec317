using WorkspaceService.Features.Access;
using WorkspaceService.Features.Members;
using WorkspaceService.Features.Organizations;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>
/// R5 under sixteen callers at once: whatever comes first, nobody's effective role outranks its organization role.
/// </summary>
[Collection("Domain")]
public sealed class CeilingRaceTests(ServiceFixture service)
{
    [Fact]
    public async Task Sixteen_who_make_a_member_admin_under_the_ceiling_are_all_refused()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberAsync();
        var owner = await tenant.OwnerAsync();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ =>
            Task.Run(() => service.Next.Send(new AddMember.Command(owner, workspace.Id, person.Id, Roles.Admin)))));

        outcomes.Should().OnlyContain(o => o.Match(_ => "", f => f.Code) == "role_exceeds_organization_role");
    }

    [Fact]
    public async Task A_demotion_in_the_organization_and_a_promotion_in_the_workspace_never_leave_an_admin_behind()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var owner = await tenant.OwnerAsync();
        var people = new List<Person>();
        for (var n = 0; n < 8; n++)
        {
            var person = await tenant.NewMemberAsync(Roles.Admin);
            await service.Do(new AddMember.Command(owner, workspace.Id, person.Id, Roles.Member));
            people.Add(person);
        }

        await Task.WhenAll(people.SelectMany(person => new[]
        {
            Task.Run(
                () => service.Next.Do(
                    new ChangeOrganizationMemberRole.Command(owner, tenant.Id, person.Id, Roles.Viewer))) as Task,
            Task.Run(() => service.Next.Send(
                new ChangeMemberRole.Command(owner, workspace.Id, person.Id, Roles.Admin))),
        }));

        foreach (var person in people)
        {
            var access = await service.Do(new ShowAccess.Query(owner, workspace.Id, person.Id, Roles.Member));
            access.Allowed.Should().BeFalse();
            access.Role.Should().Be(Roles.Viewer);
        }
    }
}
