using System.Net;
using WorkspaceService.Features.Members;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.JoinRequests;

/// <summary>The pages of join requests in the console: those of admins, and those of who asks.</summary>
[Collection("JoinRequests")]
public sealed class JoinRequestsPagesTests(ServiceFixture service)
{
    [Fact]
    public async Task A_person_asks_to_join_a_closed_workspace_and_an_admin_approves()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync("Platform", "closed");
        var ada = await tenant.NewMemberAsync(name: "Ada Lovelace");
        using var person = await ConsoleVisitor.SignInAsync(service, ada.Key);
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await person.GoAsync($"/console/workspaces/{workspace.Id}");
        await person.SendAsync($"form[action$='/{workspace.Id}/join-requests']");
        person.Notice.Should().Be("You have asked to join. An admin of the workspace decides.");
        person.Offers("Ask to join").Should().BeFalse("one request waits");

        await admin.GoAsync($"/console/workspaces/{workspace.Id}");
        await admin.ClickAsync("1 person has asked to join");
        admin.Address.Should().EndWith("join-requests?status=pending");
        await admin.SendAsync("form[action$=approve]");

        admin.Notice.Should().Be("Ada Lovelace is a member now.");
        (await service.Do(new GetMember.Query(await tenant.OwnerAsync(), workspace.Id, ada.Id))).Value.Role
            .Should().Be(Roles.Member);
        admin.Offers("Approve").Should().BeFalse();
        await person.GoAsync($"/console/workspaces/{workspace.Id}");
        person.Page.QuerySelector(".meter").Should().NotBeNull("the person belongs now");
    }

    [Fact]
    public async Task A_denied_request_can_be_made_again()
    {
        var (tenant, workspace, ada) = await NewAsync();
        using var person = await ConsoleVisitor.SignInAsync(service, ada.Key);
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        await service.Do(new RequestToJoin.Command(await ada.CallerAsync(), workspace.Id));

        await admin.GoAsync($"/console/workspaces/{workspace.Id}/join-requests");
        await admin.SendAsync("form[action$=deny]");

        admin.Notice.Should().Be("The request of Ada Lovelace is denied.");
        await admin.SendAsync("main form.filters", ("status", "denied"));
        admin.Text.Should().Contain("Ada Lovelace").And.Contain(tenant.Owner.Id);
        await admin.SendAsync("main form.filters", ("status", "approved"));
        admin.Text.Should().Contain("No request matches");
        await person.GoAsync($"/console/workspaces/{workspace.Id}");
        person.Offers("Ask to join").Should().BeTrue();
    }

    [Fact]
    public async Task A_person_takes_the_request_back()
    {
        var (tenant, workspace, ada) = await NewAsync();
        await service.Do(new RequestToJoin.Command(await ada.CallerAsync(), workspace.Id));
        using var person = await ConsoleVisitor.SignInAsync(service, ada.Key);

        await person.GoAsync($"/console/workspaces/{workspace.Id}");
        await person.ClickAsync("Your request");
        await person.SendAsync("form[action$=withdraw]");

        person.Notice.Should().Be("Your request is withdrawn.");
        person.Offers("Ask to join").Should().BeTrue();
        await person.GoAsync($"/console/workspaces/{workspace.Id}/join-requests/own");
        person.Status.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_was_decided_meanwhile_is_refused_with_the_reason()
    {
        var (tenant, workspace, ada) = await NewAsync();
        var request = await service.Do(new RequestToJoin.Command(await ada.CallerAsync(), workspace.Id));
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        using var person = await ConsoleVisitor.SignInAsync(service, ada.Key);
        await admin.GoAsync($"/console/workspaces/{workspace.Id}/join-requests");
        await person.GoAsync($"/console/workspaces/{workspace.Id}/join-requests/own");
        await service.Do(new DenyJoinRequest.Command(await tenant.OwnerAsync(), workspace.Id, request.Value.Id));

        await admin.SendAsync("form[action$=approve]");
        await person.SendAsync("form[action$=withdraw]");

        admin.Status.Should().Be(HttpStatusCode.PreconditionFailed);
        person.Status.Should().Be(HttpStatusCode.PreconditionFailed);
        await admin.SendAsync("main form.form");
        admin.Alert.Should().Be(JoinRequestLifecycle.Decided.Message);
        await admin.GoAsync($"/console/workspaces/{workspace.Id}/join-requests/{request.Value.Id}/deny");
        await admin.SendAsync("main form.form");
        admin.Status.Should().Be(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Requests_are_shown_and_decided_by_admins_alone()
    {
        var (tenant, workspace, ada) = await NewAsync();
        var request = await service.Do(new RequestToJoin.Command(await ada.CallerAsync(), workspace.Id));
        var member = await tenant.NewMemberOfAsync(workspace.Id);
        using var visitor = await ConsoleVisitor.SignInAsync(service, member.Key);
        using var person = await ConsoleVisitor.SignInAsync(service, ada.Key);
        var its = $"/console/workspaces/{workspace.Id}/join-requests";

        await visitor.GoAsync($"/console/workspaces/{workspace.Id}");
        visitor.Text.Should().NotContain("asked to join");
        visitor.Offers("Join requests").Should().BeFalse();
        await visitor.GoAsync(its);
        visitor.Status.Should().Be(HttpStatusCode.Forbidden);
        await visitor.GoAsync($"{its}/{request.Value.Id}/approve");
        visitor.Status.Should().Be(HttpStatusCode.NotFound);
        await person.GoAsync($"{its}/{request.Value.Id}/approve");
        person.Status.Should().Be(HttpStatusCode.Forbidden, "who asks does not decide");
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        await admin.GoAsync($"{its}/{request.Value.Id}/withdraw");
        admin.Status.Should().Be(HttpStatusCode.Forbidden, "only who asked withdraws");
    }

    [Fact]
    public async Task Asking_twice_is_refused_on_a_page_of_its_own()
    {
        var (_, workspace, ada) = await NewAsync();
        using var person = await ConsoleVisitor.SignInAsync(service, ada.Key);
        await person.GoAsync($"/console/workspaces/{workspace.Id}");
        await service.Do(new RequestToJoin.Command(await ada.CallerAsync(), workspace.Id));

        await person.SendAsync($"form[action$='/{workspace.Id}/join-requests']");

        person.Status.Should().Be(HttpStatusCode.Conflict);
        person.Alert.Should().Be("Your request to join is waiting for an answer already.");
    }

    private async Task<(Tenant Tenant, WorkspaceObject Workspace, Person Ada)> NewAsync()
    {
        var tenant = await service.NewTenantAsync();
        return (
            tenant,
            await tenant.NewWorkspaceAsync("Platform", "closed"),
            await tenant.NewMemberAsync(name: "Ada Lovelace"));
    }
}
