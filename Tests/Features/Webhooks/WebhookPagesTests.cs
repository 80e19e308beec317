using System.Net;
using AngleSharp.Dom;
using WorkspaceService.Features.Organizations;

namespace WorkspaceService.Features.Webhooks;

[Collection("Webhooks")]
public sealed class WebhookPagesTests(WebhookFixture service)
{
    [Fact]
    public async Task The_secret_of_a_new_webhook_is_shown_once()
    {
        var tenant = await service.NewTenantAsync();
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await admin.GoAsync($"/console/webhooks?organization_id={tenant.Id}");
        await admin.ClickAsync("Create the first webhook");
        await admin.SendAsync(
            "main form.form", ("url", WebhookTesting.Nowhere), ("events", "member.*"), ("description", "Directory"));

        admin.Status.Should().Be(HttpStatusCode.OK);
        admin.Page.QuerySelector(".secret code")!.Text().Should().StartWith("whsec_");
        var secret = admin.Page.QuerySelector(".secret code")!.Text();
        await admin.ClickAsync("Done");
        admin.Page.DocumentElement.OuterHtml.Should().NotContain(secret).And.Contain("member.*");
        await admin.GoAsync($"/console/webhooks?organization_id={tenant.Id}");
        admin.Page.QuerySelector("main tbody tr th")!.Text().Should().StartWith(WebhookTesting.Nowhere + "Directory ");
    }

    [Fact]
    public async Task Refusals_stand_beside_their_fields_and_keep_what_was_typed()
    {
        var tenant = await service.NewTenantAsync();
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        await admin.GoAsync($"/console/webhooks/new?organization_id={tenant.Id}");

        await admin.SendAsync("main form.form", ("url", "hooks"), ("description", "Kept"));
        admin.Status.Should().Be(HttpStatusCode.UnprocessableEntity);
        admin.ErrorOf("url").Should().Be("Give an address such as https://hooks.example.com/workspaces.");
        admin.Page.QuerySelector("#events-error")!.Text().Should().Be("Name the events, or * for all.");
        admin.Page.QuerySelector("#f-description")!.GetAttribute("value").Should().Be("Kept");
        await admin.SendAsync(
            "main form.form", ("url", WebhookTesting.Nowhere), ("events", "*"), ("workspace_id", "WS-26-999999"));

        admin.ErrorOf("workspace_id").Should().NotBeNull();
        admin.Page.QuerySelector("input[name=events][checked]")!.GetAttribute("value").Should().Be("*");
    }

    [Fact]
    public async Task A_button_that_is_refused_shows_the_whole_webhook_which_can_be_saved_then()
    {
        var tenant = await service.NewTenantAsync();
        var webhook = await tenant.NewIdleWebhookAsync();
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        await admin.GoAsync($"/console/webhooks/{webhook.Id}");
        await service.Do(new UpdateWebhook.Command(
            await tenant.OwnerAsync(), webhook.Id, new UpdateWebhook.Body { Description = "Changed meanwhile" }));

        await admin.SendAsync("main form[action$='/status']");
        admin.Status.Should().Be(HttpStatusCode.PreconditionFailed);
        admin.Page.QuerySelector("#f-url")!.GetAttribute("value").Should().Be(webhook.Url);
        await admin.SendAsync("main form.form", ("description", "Saved after all"));

        admin.Notice.Should().Be("The webhook is saved.");
        admin.Text.Should().Contain("Saved after all");
    }

    [Fact]
    public async Task In_a_suspended_organization_nothing_is_offered_that_would_be_refused()
    {
        var tenant = await service.NewTenantAsync();
        var webhook = await tenant.NewIdleWebhookAsync();
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        await admin.GoAsync($"/console/webhooks/{webhook.Id}");
        string[] actions = ["Edit", "Enable", "Rotate secret", "Replay", "Delete"];
        actions.Should().OnlyContain(action => admin.Offers(action));
        await service.Do(new UpdateOrganization.Command(
            ServiceFixture.RootCaller, tenant.Id, new() { Status = "suspended" }));

        await admin.GoAsync($"/console/webhooks/{webhook.Id}");

        admin.Text.Should().Contain(webhook.Id);
        actions.Should().OnlyContain(action => !admin.Offers(action));
        foreach (var form in new[] { "edit", "rotate-secret", "replay", "test", "delete" })
        {
            await admin.GoAsync($"/console/webhooks/{webhook.Id}/{form}");
            admin.Status.Should().Be(HttpStatusCode.Forbidden, form);
        }

        await admin.GoAsync($"/console/webhooks/new?organization_id={tenant.Id}");
        admin.Status.Should().Be(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_key_of_a_workspace_has_the_pages_of_its_webhooks()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var other = await tenant.NewIdleWebhookAsync();
        var key = await tenant.ServiceKeyAsync("secret", workspace.Id, "read", "webhooks:manage");
        using var deployer = await ConsoleVisitor.SignInAsync(service, key);

        await deployer.GoAsync($"/console/workspaces/{workspace.Id}");
        await deployer.ClickAsync("Webhooks");
        await deployer.ClickAsync("Create the first webhook");
        await deployer.SendAsync("main form.form", ("url", WebhookTesting.Nowhere), ("events", "*"));
        await deployer.ClickAsync("Done");
        deployer.Text.Should().Contain(workspace.Id);
        await deployer.ClickAsync("Edit");
        await deployer.SendAsync("main form.form", ("description", "Deployments"));

        deployer.Notice.Should().Be("The webhook is saved.");
        await deployer.GoAsync($"/console/webhooks/{other.Id}");
        deployer.Status.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_test_is_delivered_and_shown_with_its_tries_and_sent_again()
    {
        var tenant = await service.NewTenantAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        var webhook = await tenant.NewWebhookAsync(receiver.Address);
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        await admin.GoAsync($"/console/webhooks/{webhook.Id}");

        await admin.SendAsync("main form[action$='/test']");
        admin.Notice.Should().EndWith("is on its way.");
        var page = admin.Address;
        await Until.TrueAsync(async () =>
        {
            await admin.GoAsync(page);
            return admin.Page.QuerySelector("main tbody .badge")?.Text() == "Delivered";
        });
        var delivery = admin.Page.QuerySelector("main tbody th code")!.Text();
        await admin.ClickAsync(delivery);
        admin.Page.QuerySelectorAll("main tbody tr").Should().ContainSingle();
        await admin.SendAsync("main form[action$='/retry']");

        admin.Notice.Should().Be("It is being sent again.");
        await Until.TrueAsync(async () =>
        {
            await admin.GoAsync($"/console/webhooks/{webhook.Id}/deliveries/{delivery}");
            return admin.Page.QuerySelectorAll("main tbody tr").Length == 2;
        });
    }

    [Fact]
    public async Task It_is_changed_disabled_and_enabled_again()
    {
        var tenant = await service.NewTenantAsync();
        var webhook = await tenant.NewIdleWebhookAsync();
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        await admin.GoAsync($"/console/webhooks/{webhook.Id}");
        await admin.ClickAsync("Edit");

        await admin.SendAsync("main form.form", ("description", "Changed"), ("events", "workspace.archived"));
        admin.Notice.Should().Be("The webhook is saved.");
        var saved = (await service.Do(new GetWebhook.Query(ServiceFixture.RootCaller, webhook.Id))).Value;
        (saved.Description, saved.EventList, saved.Status, saved.Url).Should().Be(
            ("Changed", "workspace.archived", "disabled", webhook.Url));
        await admin.SendAsync("main form[action$='/status']");
        admin.Notice.Should().Be("The webhook is enabled now.");
        await admin.SendAsync("main form[action$='/status']");

        (await tenant.StatusAsync(webhook.Id)).Should().Be("disabled");
    }

    [Fact]
    public async Task A_rotated_secret_is_shown_once()
    {
        var tenant = await service.NewTenantAsync();
        var webhook = await tenant.NewIdleWebhookAsync();
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        await admin.GoAsync($"/console/webhooks/{webhook.Id}");
        await admin.ClickAsync("Rotate secret");

        await admin.SendAsync("main form.form", ("overlap_seconds", "3600"));

        var secret = admin.Page.QuerySelector(".secret code")!.Text();
        (await service.ReadAsync<string>("SELECT secret FROM webhooks WHERE code = @Id", new { webhook.Id }))
            .Should().Equal(secret);
        await admin.ClickAsync("Done");
        admin.Page.DocumentElement.OuterHtml.Should().NotContain(secret);
    }

    [Fact]
    public async Task Events_are_replayed_from_a_sequence_that_the_log_has()
    {
        var tenant = await service.NewTenantAsync();
        var webhook = await tenant.NewIdleWebhookAsync();
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        await admin.GoAsync($"/console/webhooks/{webhook.Id}/replay");

        await admin.SendAsync("main form.form", ("after", "999999999"));
        admin.ErrorOf("after").Should().Be("The log has no event with this sequence yet.");
        admin.Page.QuerySelector("#f-after")!.GetAttribute("value").Should().Be("999999999");
        await admin.SendAsync("main form.form", ("after", "1"), ("before", "3"));

        admin.Notice.Should().Be("The events after 1 and before 3 are sent again.");
    }

    [Fact]
    public async Task Deleting_says_what_will_happen_and_asks()
    {
        var tenant = await service.NewTenantAsync();
        var webhook = await tenant.NewIdleWebhookAsync();
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        await admin.GoAsync($"/console/webhooks/{webhook.Id}");

        await admin.ClickAsync("Delete");
        admin.Text.Should().Contain("the list of its deliveries is deleted");
        await admin.SendAsync("main form.form");

        admin.Notice.Should().Be($"{webhook.Id} is deleted.");
        admin.Text.Should().Contain("No webhook yet");
        await admin.GoAsync($"/console/webhooks/{webhook.Id}");
        admin.Status.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_member_is_not_offered_them_and_refused_all_the_same()
    {
        var tenant = await service.NewTenantAsync();
        var webhook = await tenant.NewIdleWebhookAsync();
        var member = await tenant.NewMemberAsync();
        using var visitor = await ConsoleVisitor.SignInAsync(service, member.Key);

        await visitor.GoAsync($"/console/organizations/{tenant.Id}");
        visitor.Page.QuerySelectorAll("nav a").Select(link => link.Text()).Should().NotContain("Webhooks");
        foreach (var page in new[]
        {
            $"?organization_id={tenant.Id}", $"/new?organization_id={tenant.Id}", $"/{webhook.Id}",
            $"/{webhook.Id}/edit", $"/{webhook.Id}/delete", $"/{webhook.Id}/rotate-secret", $"/{webhook.Id}/replay",
        })
        {
            await visitor.GoAsync("/console/webhooks" + page);
            visitor.Status.Should().Be(HttpStatusCode.Forbidden, page);
        }
    }
}
