using System.Net;
using WorkspaceService.Features.Users;
using WorkspaceService.Infrastructure.Contracts;

namespace WorkspaceService.Features.Organizations;

/// <summary>The console of an empty service leads from one step to the next.</summary>
public sealed class FirstVisitTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task The_root_key_is_led_from_nothing_to_an_organization_with_its_owner_and_a_workspace()
    {
        using var root = await ConsoleVisitor.SignInAsync(service, ServiceFixture.RootKey);
        var before = root.Clicks;

        root.Address.Should().Be("/console/organizations");
        await root.ClickAsync("Get started");
        root.Text.Should().Contain("Step 1 of 3");
        await root.SendAsync("main form.form", ("name", "Sam Rivera"), ("email", "sam@example.com"));
        root.Text.Should().Contain("Step 2 of 3").And.Contain("Sam Rivera");
        await GoneAndBackAsync();
        await root.SendAsync("main form.form", ("name", "Apex Digital"));

        (root.Clicks - before).Should().Be(3, "one link and two forms");
        root.First.StatusCode.Should().Be(HttpStatusCode.SeeOther);
        var organization = await OrganizationAsync();
        (organization.Name, organization.MemberCount).Should().Be(("Apex Digital", 1L));
        var owner = await service.Do(new GetUser.Query(ServiceFixture.RootCaller, organization.OwnerId));
        owner.Value.Email.Should().Be("sam@example.com");
        root.Address.Should().Be($"/console/workspaces/new?organization_id={organization.Id}&step=3");

        root.Text.Should().Contain("Step 3 of 3");
        await root.SendAsync("main form.form", ("name", "Platform"));

        (root.Clicks - before).Should().Be(4);
        root.Address.Should().StartWith("/console/workspaces/WS-");
        root.Text.Should().Contain("Platform");
    }

    // Whoever goes away after the first step is led to the second, and from the first again too.
    private async Task GoneAndBackAsync()
    {
        using var root = await ConsoleVisitor.SignInAsync(service, ServiceFixture.RootKey);

        await root.ClickAsync("Get started");
        root.Text.Should().Contain("Step 2 of 3");
        await root.ClickAsync("Somebody new");
        root.Offers("Choose the owner").Should().BeFalse();
        await root.SendAsync("main form.form", ("name", "Sam Rivera"), ("email", "sam@example.com"));
        root.Status.Should().Be(HttpStatusCode.Conflict);
        await root.ClickAsync("Choose the owner");
        await root.ClickAsync("SR");

        root.Text.Should().Contain("Step 2 of 3").And.Contain("Owner");
        root.Page.QuerySelector("input[name=owner_id]").Should().NotBeNull();
    }

    private async Task<OrganizationObject> OrganizationAsync() =>
        (await service.Do(new ListOrganizations.Query(ServiceFixture.RootCaller))).Items.Should().ContainSingle().Which;
}
