namespace WorkspaceService.Features.ServiceLines;

[Collection("ServiceLines")]
public sealed class TerminateServiceLineTests(ServiceFixture service)
{
    [Fact]
    public async Task A_draft_can_be_given_up_without_ever_having_started()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var line = await tenant.NewLineAsync(workspace.Id);

        var terminated = (await tenant.MoveAsync(line.Id, "terminated")).Value;

        terminated.StartedAt.Should().BeNull();
        terminated.EndsAt.Should().Be(terminated.UpdatedAt);
        await service.CountsShouldBeTrueAsync(workspace.Id);
    }
}
