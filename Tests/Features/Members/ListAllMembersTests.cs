using System.Net;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Members;

[Collection("Members")]
public sealed class ListAllMembersTests(ServiceFixture service)
{
    [Fact]
    public async Task All_active_members_come_at_once_in_order_and_a_viewer_is_shown_as_guest()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var expected = new List<(long, string)> { (tenant.Owner.Id.Number(), "admin") };
        for (var n = 0; n < 120; n++)
        {
            var person = await tenant.NewMemberAsync();
            await service.Do(new AddMember.Command(
                await tenant.OwnerAsync(), workspace.Id, person.Id, n == 7 ? "viewer" : "member"));
            expected.Add((person.Id.Number(), n == 7 ? "guest" : "member"));
        }

        var answer = await (await tenant.Client.GetAsync($"/v1/workspace/{workspace.Id.Number()}/member")).Bare();

        answer.EnumerateObject().Select(m => m.Name).Should().Equal("workspace_members");
        answer.GetProperty("workspace_members")
            .EnumerateArray().Select(m => (m.GetProperty("user_id").GetInt64(), m.GetProperty("role").GetString()!))
            .Should().Equal(expected);
        answer.GetProperty("workspace_members").EnumerateArray()
            .Should().OnlyContain(m => m.GetProperty("workspace_id").GetInt64() == workspace.Id.Number());
    }

    [Fact]
    public async Task Who_sees_the_workspace_and_does_not_belong_may_not_know_who_is_in_it()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = (await tenant.NewWorkspaceAsync(type: "closed")).Id.Number();
        var member = await tenant.NewMemberAsync();
        var guest = await tenant.NewMemberAsync(Roles.Guest);

        await (await member.Client.GetAsync($"/v1/workspace/{workspace}/member"))
            .ShouldBeTapeError(HttpStatusCode.Forbidden, "restricted_resource");
        await (await guest.Client.GetAsync($"/v1/workspace/{workspace}/member"))
            .ShouldBeTapeError(HttpStatusCode.NotFound, "not_found");
    }
}
