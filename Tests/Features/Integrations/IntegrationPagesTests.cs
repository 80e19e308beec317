using System.Net;
using AngleSharp.Dom;

namespace WorkspaceService.Features.Integrations;

[Collection("Integrations")]
public sealed class IntegrationPagesTests(ServiceFixture service)
{
    [Fact]
    public async Task An_admin_connects_and_disconnects_a_system()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await admin.GoAsync($"/console/integrations?workspace_id={workspace.Id}");
        await admin.ClickAsync("Connect the first integration");
        await admin.SendAsync(
            "main form.form", ("type", "github"), ("config", """{ "org": "apex-digital", "token": "ghp_secret" }"""));
        admin.Notice.Should().Be("GitHub is connected now.");
        admin.Page.QuerySelector("main tbody pre")!.Text()
            .Should().Contain("apex-digital").And.NotContain("ghp_secret");
        await admin.ClickAsync("Disconnect");
        admin.Text.Should().Contain("its configuration is deleted");
        await admin.SendAsync("main form.form");

        admin.Notice.Should().Be("GitHub is not connected any more.");
        admin.Text.Should().Contain("Nothing is connected yet");
    }

    [Fact]
    public async Task Unreadable_configuration_is_refused_beside_its_field_and_kept()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        await admin.GoAsync($"/console/integrations/new?workspace_id={workspace.Id}");

        await admin.SendAsync("main form.form", ("type", "jira"), ("config", "{\n  \"site\": apex\n}"));

        admin.Status.Should().Be(HttpStatusCode.UnprocessableEntity);
        admin.ErrorOf("config").Should().Be("This is not JSON: it cannot be read from line 2, character 11 on.");
        admin.Page.QuerySelector("#f-config")!.Text().Should().Contain("\"site\": apex");
        admin.Page.QuerySelector("#f-type option[selected]")!.GetAttribute("value").Should().Be("jira");
    }

    [Fact]
    public async Task A_member_is_not_offered_them_and_refused_all_the_same()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var member = await tenant.NewMemberOfAsync(workspace.Id);
        using var visitor = await ConsoleVisitor.SignInAsync(service, member.Key);

        await visitor.GoAsync($"/console/workspaces/{workspace.Id}/members");
        visitor.Offers("Service lines").Should().BeTrue();
        visitor.Offers("Integrations").Should().BeFalse();
        foreach (var page in new[] { "", "/new" })
        {
            await visitor.GoAsync($"/console/integrations{page}?workspace_id={workspace.Id}");
            visitor.Status.Should().Be(HttpStatusCode.Forbidden, page);
        }
    }
}
