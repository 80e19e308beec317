using System.Net;
using WorkspaceService.Features.Members;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Workspaces;

[Collection("Workspaces")]
public sealed class RestoreWorkspaceTests(ServiceFixture service)
{
    [Fact]
    public async Task A_restored_workspace_is_as_it_was_and_can_be_worked_in()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(seatLimit: 3);
        var first = await tenant.NewMemberOfAsync(workspace.Id);
        var second = await tenant.NewMemberAsync();
        var owner = await tenant.OwnerAsync();
        await service.Do(new ArchiveWorkspace.Command(owner, workspace.Id));

        var restored = await (await tenant.Client.PostAsync($"/v1/workspaces/{workspace.Id}/restore", null)).Data();

        restored.GetProperty("status").GetString().Should().Be("active");
        restored.GetProperty("member_count").GetInt64().Should().Be(2);
        restored.GetProperty("seat_limit").GetInt64().Should().Be(3);
        (await service.Do(new GetMember.Query(owner, workspace.Id, first.Id))).Value.Role.Should().Be(Roles.Member);
        (await service.Do(new AddMember.Command(owner, workspace.Id, second.Id, Roles.Member))).Value.UserId
            .Should().Be(second.Id);
    }

    [Fact]
    public async Task It_appends_one_event()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var owner = await tenant.OwnerAsync();
        await service.Do(new ArchiveWorkspace.Command(owner, workspace.Id));

        await service.Do(new RestoreWorkspace.Command(owner, workspace.Id));

        var events = await service.EventsAsync(workspace.Id);
        events.Select(e => e.Type).Should().Equal("workspace.created", "workspace.archived", "workspace.restored");
        events[^1].Changes.Text.Should().Be("""{"status":["archived","active"]}""");
    }

    [Fact]
    public async Task An_active_workspace_cannot_be_restored()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        var response = await tenant.Client.PostAsync($"/v1/workspaces/{workspace.Id}/restore", null);

        await response.ShouldBeProblem(HttpStatusCode.Conflict, "not_archived");
        (await service.EventsAsync(workspace.Id)).Select(e => e.Type).Should().Equal("workspace.created");
    }

    [Fact]
    public async Task Lines_that_force_has_closed_stay_closed()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var owner = await tenant.OwnerAsync();
        await service.NewLineAsync(workspace, "active");
        await service.Do(new ArchiveWorkspace.Command(owner, workspace.Id, Force: true));

        var restored = await service.Do(new RestoreWorkspace.Command(owner, workspace.Id));

        restored.Value.ActiveServiceLines.Should().Be(0);
        (await service.LineStatusesAsync(workspace.Id)).Should().Equal("closed");
    }

    [Theory]
    [InlineData(Roles.Admin, null)]
    [InlineData(Roles.Member, "forbidden")]
    [InlineData(Roles.Viewer, "forbidden")]
    public async Task Admins_of_the_workspace_restore_it(string role, string? code)
    {
        var tenant = await service.NewTenantAsync(ceiling: false);
        var workspace = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberOfAsync(workspace.Id, role, Roles.Member);
        await service.Do(new ArchiveWorkspace.Command(await tenant.OwnerAsync(), workspace.Id));

        var outcome = await service.Send(new RestoreWorkspace.Command(await person.CallerAsync(), workspace.Id));

        outcome.Match(_ => (string?)null, fault => fault.Code).Should().Be(code);
    }

    [Fact]
    public async Task Who_does_not_see_the_workspace_does_not_find_it()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var stranger = await service.NewTenantAsync();
        await service.Do(new ArchiveWorkspace.Command(await tenant.OwnerAsync(), workspace.Id));

        (await service.Refused(new RestoreWorkspace.Command(await stranger.OwnerAsync(), workspace.Id))).Code
            .Should().Be("not_found");
    }

    [Fact]
    public async Task A_service_key_needs_write()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        await service.Do(new ArchiveWorkspace.Command(await tenant.OwnerAsync(), workspace.Id));
        var reader = await service.CallerAsync(await tenant.ServiceKeyAsync("secret", null, Permissions.Read));
        var writer = await service.CallerAsync(await tenant.ServiceKeyAsync("secret", null, Permissions.Write));

        (await service.Refused(new RestoreWorkspace.Command(reader, workspace.Id))).Code.Should().Be("forbidden");
        (await service.Do(new RestoreWorkspace.Command(writer, workspace.Id))).Value.Status.Should().Be("active");
    }

    [Fact]
    public async Task A_stale_version_changes_nothing()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var seen = (await tenant.Client.GetAsync($"/v1/workspaces/{workspace.Id}")).Headers.ETag!.ToString();
        await service.Do(new ArchiveWorkspace.Command(await tenant.OwnerAsync(), workspace.Id));

        var stale = await tenant.Client.PostJson($"/v1/workspaces/{workspace.Id}/restore", new { }, ("If-Match", seen));

        await stale.ShouldBeProblem(HttpStatusCode.PreconditionFailed, "precondition_failed");
    }

    [Fact]
    public async Task Sixteen_who_restore_at_once_give_one_winner()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var owner = await tenant.OwnerAsync();
        await service.Do(new ArchiveWorkspace.Command(owner, workspace.Id));

        var codes = await service.Race(
            Enumerable.Range(0, 16).Select(_ => new RestoreWorkspace.Command(owner, workspace.Id)));

        codes.Count(code => code is null).Should().Be(1);
        codes.Where(code => code is not null).Should().OnlyContain(code => code == "not_archived");
    }
}
