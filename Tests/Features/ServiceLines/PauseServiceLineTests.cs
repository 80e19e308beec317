using WorkspaceService.Features.Workspaces;
using WorkspaceService.Infrastructure.Contracts;

namespace WorkspaceService.Features.ServiceLines;

[Collection("ServiceLines")]
public sealed class PauseServiceLineTests(ServiceFixture service)
{
    [Fact]
    public async Task A_paused_line_gives_its_place_up_and_has_to_find_one_again()
    {
        var tenant = await service.NewTenantAsync(new PlanLimits(null, null, 1));
        var workspace = await tenant.NewWorkspaceAsync();
        var one = await tenant.NewLineAsync(workspace.Id, "paused");
        var two = await tenant.NewLineAsync(workspace.Id, "active");

        (await service.Refused(new ActivateServiceLine.Command(await tenant.OwnerAsync(), one.Id))).Code
            .Should().Be("plan_limit_exceeded");
        await tenant.MoveAsync(two.Id, "terminated");
        (await tenant.MoveAsync(one.Id, "active")).Value.Status.Should().Be("active");
    }

    [Fact]
    public async Task Only_active_lines_count_in_the_workspace()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        await tenant.NewLineAsync(workspace.Id, "active");
        var line = await tenant.NewLineAsync(workspace.Id, "active");
        await tenant.NewLineAsync(workspace.Id);

        var paused = (await tenant.MoveAsync(line.Id, "paused")).Value;

        paused.EndsAt.Should().BeNull();
        (await service.Do(new GetWorkspace.Query(await tenant.OwnerAsync(), workspace.Id))).Value.ActiveServiceLines
            .Should().Be(1);
    }
}
