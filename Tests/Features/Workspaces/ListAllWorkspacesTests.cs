using WorkspaceService.Features.Members;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Workspaces;

[Collection("Workspaces")]
public sealed class ListAllWorkspacesTests(ServiceFixture service)
{
    [Theory]
    [InlineData(Roles.Admin, "private closed open default own")]
    [InlineData(Roles.Member, "closed open default own")]
    [InlineData(Roles.Viewer, "own")]
    [InlineData(Roles.Billing, "own")]
    [InlineData(Roles.Guest, "own")]
    public async Task Everyone_gets_what_it_sees_at_once_and_in_order(string role, string names)
    {
        var tenant = await service.NewTenantAsync();
        foreach (var type in new[] { "private", "closed", "open", "default" })
        {
            await tenant.NewWorkspaceAsync(type, type);
        }

        var own = await tenant.NewWorkspaceAsync("own", "private");
        await (await service.NewTenantAsync()).NewWorkspaceAsync("foreign", "open");
        var person = await tenant.NewMemberAsync(role);
        await service.Do(new AddMember.Command(await tenant.OwnerAsync(), own.Id, person.Id, "guest"));

        var answer = await (await person.Client.GetAsync("/v1/workspace/org")).Bare();

        answer.GetProperty("workspaces").EnumerateArray().Select(w => w.GetProperty("name").GetString())
            .Should().Equal(names.Split(' '));
        answer.GetProperty("total").GetInt32().Should().Be(names.Split(' ').Length);
    }

    [Fact]
    public async Task The_list_is_never_capped_and_costs_the_same()
    {
        var tenant = await service.NewTenantAsync();
        var (_, few) = await service.Counted(new ListAllWorkspaces.Query(await tenant.OwnerAsync(), tenant.Id));
        for (var n = 0; n < 130; n++)
        {
            await tenant.NewWorkspaceAsync();
        }

        var (all, many) = await service.Counted(new ListAllWorkspaces.Query(await tenant.OwnerAsync(), tenant.Id));

        all.Should().HaveCount(130);
        few.Should().BeLessThanOrEqualTo(2);
        many.Should().BeLessThanOrEqualTo(2);
    }
}
