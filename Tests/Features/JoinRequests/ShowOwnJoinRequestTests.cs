namespace WorkspaceService.Features.JoinRequests;

[Collection("JoinRequests")]
public sealed class ShowOwnJoinRequestTests(ServiceFixture service)
{
    [Fact]
    public async Task It_is_the_callers_own_and_nobody_elses()
    {
        var tenant = await service.NewTenantAsync();
        var closed = await tenant.NewWorkspaceAsync("Closed", "closed");
        var person = await tenant.NewMemberAsync();
        var other = await tenant.NewMemberAsync();
        var asked = await service.Do(new RequestToJoin.Command(await person.CallerAsync(), closed.Id));

        var own = await service.Do(new ShowOwnJoinRequest.Query(await person.CallerAsync(), closed.Id));

        own.Value.Should().BeEquivalentTo(asked.Value);
        own.Version.Should().Be(asked.Version);
        (await RefusedAsync(other, closed.Id)).Should().Be("not_found");
        (await service.Refused(new ShowOwnJoinRequest.Query(await tenant.OwnerAsync(), closed.Id))).Code
            .Should().Be("not_found", "an admin sees it in the list");
    }

    [Fact]
    public async Task One_that_was_decided_or_withdrawn_waits_no_more()
    {
        var tenant = await service.NewTenantAsync();
        var closed = await tenant.NewWorkspaceAsync("Closed", "closed");
        var denied = await tenant.NewMemberAsync();
        var gone = await tenant.NewMemberAsync();
        var first = (await service.Do(new RequestToJoin.Command(await denied.CallerAsync(), closed.Id))).Value;
        var second = (await service.Do(new RequestToJoin.Command(await gone.CallerAsync(), closed.Id))).Value;

        await service.Do(new DenyJoinRequest.Command(await tenant.OwnerAsync(), closed.Id, first.Id));
        await service.Do(new WithdrawJoinRequest.Command(await gone.CallerAsync(), closed.Id, second.Id));

        (await RefusedAsync(denied, closed.Id)).Should().Be("not_found");
        (await RefusedAsync(gone, closed.Id)).Should().Be("not_found");
    }

    [Fact]
    public async Task A_workspace_that_the_caller_may_not_see_is_not_found()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberAsync();

        (await RefusedAsync(person, workspace.Id)).Should().Be("not_found", "it is private");
    }

    private async Task<string> RefusedAsync(Person person, string workspace) =>
        (await service.Refused(new ShowOwnJoinRequest.Query(await person.CallerAsync(), workspace))).Code;
}
