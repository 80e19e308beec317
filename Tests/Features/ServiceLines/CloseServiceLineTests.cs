using WorkspaceService.Features.Workspaces;

namespace WorkspaceService.Features.ServiceLines;

[Collection("ServiceLines")]
public sealed class CloseServiceLineTests(ServiceFixture service)
{
    [Fact]
    public async Task It_ends_when_it_is_closed_whatever_was_planned()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var line = await tenant.NewLineAsync(workspace.Id, "active");
        var owner = await tenant.OwnerAsync();
        await service.Do(new UpdateServiceLine.Command(
            owner, line.Id, new() { EndsAt = service.Clock.Now.AddYears(1) }));

        var closed = (await tenant.MoveAsync(line.Id, "closed")).Value;

        closed.EndsAt.Should().Be(closed.UpdatedAt).And.BeCloseTo(service.Clock.Now, TimeSpan.FromMinutes(1));
        (await service.Do(new GetWorkspace.Query(owner, workspace.Id))).Value.ActiveServiceLines.Should().Be(0);
    }
}
