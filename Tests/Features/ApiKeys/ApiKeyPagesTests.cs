using System.Net;
using AngleSharp.Dom;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.ApiKeys;

[Collection("ApiKeys")]
public sealed class ApiKeyPagesTests(ServiceFixture service)
{
    [Fact]
    public async Task An_admin_issues_a_secret_key_that_is_shown_once()
    {
        var tenant = await service.NewTenantAsync();
        using var owner = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await owner.GoAsync($"/console/organizations/{tenant.Id}");
        await owner.ClickAsync("API keys");
        owner.Text.Should().Contain("No API key yet");
        await owner.ClickAsync("Create the first key");
        owner.Page.QuerySelectorAll("nav.tabs a").Select(tab => tab.Text())
            .Should().Equal("Secret key", "Publishable key", "User key");
        await owner.SendAsync("main form.form", ("name", "Deployments"), ("permissions", "audit:read"));

        owner.Status.Should().Be(HttpStatusCode.OK, "a redirect could not show it");
        var text = owner.Page.QuerySelector(".secret code")!.Text();
        owner.Page.QuerySelector(".secret [data-copy]")!.GetAttribute("data-copy").Should().Be(text);
        owner.First.Headers.CacheControl!.NoStore.Should().BeTrue();
        var caller = await service.CallerAsync(text);
        (caller.OrganizationCode, string.Join(' ', caller.Permissions!)).Should().Be((tenant.Id, "audit:read"));
        await owner.ClickAsync("Done");
        owner.Page.QuerySelectorAll("tbody tr").Should().ContainSingle().Which.Text().Should().Contain("Deployments");
        owner.Page.DocumentElement.OuterHtml.Should().NotContain(text);
    }

    [Fact]
    public async Task A_key_without_permissions_is_refused_beside_them_and_the_name_is_kept()
    {
        var tenant = await service.NewTenantAsync();
        using var owner = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await owner.GoAsync($"/console/api-keys/new?organization_id={tenant.Id}");
        await owner.SendAsync("main form.form", ("name", "Powerless"), ("permissions", ""));

        owner.Status.Should().Be(HttpStatusCode.UnprocessableEntity);
        owner.Page.QuerySelector("#permissions-error")!.Text().Should().StartWith("Give at least one permission");
        owner.Alert.Should().Be("Nothing was changed; see below.");
        owner.Page.QuerySelector("#f-name")!.GetAttribute("value").Should().Be("Powerless");
    }

    [Fact]
    public async Task A_day_of_the_past_is_refused_beside_the_day()
    {
        var tenant = await service.NewTenantAsync();
        using var owner = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await owner.GoAsync($"/console/api-keys/new?organization_id={tenant.Id}&type=publishable");
        await owner.SendAsync("main form.form", ("name", "Late"), ("expires_at", "2001-02-03"));

        owner.ErrorOf("expires_at").Should().Be("Must lie in the future.");
        owner.Page.QuerySelector("#f-expires_at")!.GetAttribute("value").Should().Be("2001-02-03");
        owner.Page.QuerySelector("nav.tabs [aria-current]")!.Text().Should().Be("Publishable key");
    }

    [Fact]
    public async Task An_admin_issues_a_user_key_for_a_member_narrowed_to_a_workspace()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberOfAsync(workspace.Id);
        using var admin = await ConsoleVisitor.SignInAsync(service, (await tenant.NewMemberAsync(Roles.Admin)).Key);

        await admin.GoAsync($"/console/api-keys/new?organization_id={tenant.Id}");
        await admin.ClickAsync("User key");
        admin.Page.QuerySelectorAll("#f-user_id option").Select(option => option.GetAttribute("value"))
            .Should().Equal(["", person.Id], "nobody issues keys for the owner");
        await admin.SendAsync(
            "main form.form", ("name", "Hers"), ("user_id", person.Id), ("workspace_id", workspace.Id));

        var caller = await service.CallerAsync(admin.Page.QuerySelector(".secret code")!.Text());
        (caller.UserCode, caller.WorkspaceCode).Should().Be((person.Id, workspace.Id));
    }

    [Fact]
    public async Task A_member_is_offered_a_key_of_its_own_and_no_other()
    {
        var tenant = await service.NewTenantAsync();
        var person = await tenant.NewMemberAsync();
        using var member = await ConsoleVisitor.SignInAsync(service, person.Key);

        await member.GoAsync("/console/api-keys");
        member.Page.QuerySelectorAll("tbody tr").Should().ContainSingle();
        await member.ClickAsync("New API key");
        member.Page.QuerySelectorAll("nav.tabs").Should().BeEmpty();
        member.Page.QuerySelector("[name=user_id]").Should().BeNull();
        await member.SendAsync("main form.form", ("name", "Mine"));
        var caller = await service.CallerAsync(member.Page.QuerySelector(".secret code")!.Text());
        caller.UserCode.Should().Be(person.Id);
        await member.GoAsync($"/console/api-keys/new?organization_id={tenant.Id}&type=secret");
        member.Page.QuerySelector("[name=type]")!.GetAttribute("value").Should().Be("user");
        await member.SendAsync("main form.form", ("name", "Theirs"), ("type", "secret"), ("permissions", "read"));

        member.Status.Should().Be(HttpStatusCode.Forbidden);
        member.Page.QuerySelector(".secret").Should().BeNull();
    }

    [Fact]
    public async Task The_operator_issues_a_key_for_a_person_from_the_persons_page()
    {
        var user = await service.NewUserAsync();
        using var root = await ConsoleVisitor.SignInAsync(service, ServiceFixture.RootKey);

        await root.GoAsync($"/console/users/{user.Id}");
        await root.ClickAsync("New API key");
        await root.SendAsync("main form.form", ("name", "First"));

        var caller = await service.CallerAsync(root.Page.QuerySelector(".secret code")!.Text());
        caller.UserCode.Should().Be(user.Id);
    }

    [Fact]
    public async Task A_key_is_rotated_with_an_overlap_and_shown_once()
    {
        var tenant = await service.NewTenantAsync();
        var old = await tenant.ServiceKeyAsync();
        using var owner = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await owner.GoAsync($"/console/api-keys?organization_id={tenant.Id}");
        await owner.ClickAsync("Rotate");
        await owner.SendAsync("main form.form", ("overlap_seconds", "86400"));

        owner.Text.Should().Contain("The old text opens the key for one day, and then no more.");
        var text = owner.Page.QuerySelector(".secret code")!.Text();
        text.Should().NotBe(old);
        foreach (var key in new[] { old, text })
        {
            (await service.Client(key).GetAsync("/v1/me")).StatusCode.Should().Be(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task An_overlap_that_is_too_long_is_refused_beside_the_choice()
    {
        var tenant = await service.NewTenantAsync();
        await tenant.ServiceKeyAsync();
        using var owner = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await owner.GoAsync($"/console/api-keys?organization_id={tenant.Id}");
        await owner.ClickAsync("Rotate");
        await owner.SendAsync("main form.form", ("overlap_seconds", "999999999"));

        owner.ErrorOf("overlap_seconds").Should().StartWith("Give 0 to ");
        owner.Page.QuerySelector(".secret").Should().BeNull();
    }

    [Fact]
    public async Task A_key_is_revoked_after_the_page_said_what_that_means()
    {
        var tenant = await service.NewTenantAsync();
        var text = await tenant.ServiceKeyAsync();
        using var owner = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await owner.GoAsync($"/console/api-keys?organization_id={tenant.Id}");
        await owner.ClickAsync("Revoke");
        owner.Text.Should().Contain("it cannot be brought back");
        await owner.SendAsync("main form.form");

        owner.Notice.Should().Be("Test is revoked.");
        owner.Address.Should().Be($"/console/api-keys?organization_id={tenant.Id}");
        (await service.Client(text).GetAsync("/v1/me")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Revoking_the_key_of_the_session_ends_the_session()
    {
        var tenant = await service.NewTenantAsync();
        using var member = await ConsoleVisitor.SignInAsync(service, (await tenant.NewMemberAsync()).Key);

        await member.GoAsync("/console/api-keys");
        await member.ClickAsync("Revoke");
        member.Text.Should().Contain("your session ends with it");
        await member.SendAsync("main form.form");

        member.Address.Should().StartWith("/console/sign-in");
    }

    [Fact]
    public async Task A_service_key_sees_and_issues_no_keys()
    {
        var tenant = await service.NewTenantAsync();
        using var program = await ConsoleVisitor.SignInAsync(service, await tenant.ServiceKeyAsync());

        foreach (var page in new[] { "", "/new", $"/new?organization_id={tenant.Id}" })
        {
            await program.GoAsync("/console/api-keys" + page);
            program.Status.Should().Be(HttpStatusCode.Forbidden, page);
        }
    }

    [Fact]
    public async Task In_a_suspended_organization_no_key_is_offered_or_changed()
    {
        var tenant = await service.NewTenantAsync();
        await tenant.ServiceKeyAsync();
        await service.Do(new Organizations.UpdateOrganization.Command(
            ServiceFixture.RootCaller, tenant.Id, new() { Status = "suspended" }));
        using var owner = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await owner.GoAsync($"/console/api-keys?organization_id={tenant.Id}");
        (owner.Offers("New API key"), owner.Offers("Rotate"), owner.Offers("Revoke"))
            .Should().Be((false, false, false));
        await owner.GoAsync($"/console/api-keys/new?organization_id={tenant.Id}");

        owner.Status.Should().Be(HttpStatusCode.Forbidden);
        owner.Text.Should().Contain("The organization is not active");
    }
}
