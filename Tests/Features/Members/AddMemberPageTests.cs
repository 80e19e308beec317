using System.Net;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Members;

[Collection("Members")]
public sealed class AddMemberPageTests(ServiceFixture service)
{
    [Fact]
    public async Task An_admin_finds_somebody_of_the_organization_and_adds_them()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync("Platform");
        var ada = await tenant.NewMemberAsync(name: "Ada Lovelace");
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await admin.GoAsync($"/console/workspaces/{workspace.Id}/members");
        await admin.ClickAsync("Add member");
        await admin.SendAsync("main form.filters", ("q", "lovelace"));
        await admin.SendAsync("main form.form", ("user_id", ada.Id), ("role", Roles.Viewer));

        admin.Notice.Should().Be("Ada Lovelace is a member now.");
        admin.First.StatusCode.Should().Be(HttpStatusCode.SeeOther, "reloading the page sends nothing again");
        admin.Address.Should().Be($"/console/workspaces/{workspace.Id}/members");
        admin.Text.Should().Contain("Ada Lovelace");
    }

    [Fact]
    public async Task A_refusal_stands_beside_the_field_and_keeps_what_was_chosen()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var viewer = await tenant.NewMemberAsync(Roles.Viewer);
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await admin.GoAsync($"/console/workspaces/{workspace.Id}/members/add");
        await admin.SendAsync("main form.form", ("user_id", viewer.Id), ("role", Roles.Admin));

        admin.Status.Should().Be(HttpStatusCode.Forbidden);
        admin.ErrorOf("role").Should().Be("A workspace role may not outrank the person's organization role.");
        admin.Page.QuerySelector("input[name=user_id][checked]")!.GetAttribute("value").Should().Be(viewer.Id);
    }

    [Fact]
    public async Task It_is_not_offered_to_a_member_and_refused_all_the_same()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var member = await tenant.NewMemberOfAsync(workspace.Id);
        using var visitor = await ConsoleVisitor.SignInAsync(service, member.Key);

        await visitor.GoAsync($"/console/workspaces/{workspace.Id}/members");
        visitor.Offers("Add member").Should().BeFalse();
        await visitor.GoAsync($"/console/workspaces/{workspace.Id}/members/add");

        visitor.Status.Should().Be(HttpStatusCode.Forbidden);
    }
}
