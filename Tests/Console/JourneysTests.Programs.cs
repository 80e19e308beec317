using System.Net;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Browser;

/// <summary>Of service lines, integrations, keys and webhooks.</summary>
public sealed partial class JourneysTests
{
    [BrowserTheory]
    [MemberData(nameof(WaysAndPhone))]
    public async Task A_service_line_is_drafted_runs_rests_and_ends(Way way)
    {
        var tenant = await browser.Service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var owner = await OpenAsync(way, tenant.OwnerKey);

        await owner.GoAsync($"/console/workspaces/{workspace.Id}");
        await owner.OpenAsync("Service lines");
        await owner.ClickAsync("Create the first service line");
        await owner.PressAsync("Create service line");
        await owner.IsRefusedAsync("Give a name.");
        await DraftAsync("Fleet");
        await owner.ClickAsync("Edit");
        await owner.FillAsync("Tags", "cluster\nnodes");
        await owner.FillAsync("Configuration", "no JSON");
        await owner.PressAsync("Save");
        await owner.IsRefusedAsync("JSON");
        await owner.FillAsync("Configuration", """{ "nodes": 3 }""");
        await owner.PressAsync("Save");
        await owner.SeesAsync("Fleet is saved.");
        await owner.PressAsync("Activate");
        await owner.SeesAsync("Fleet is active now.");
        await owner.PressAsync("Pause");
        await owner.SeesAsync("Fleet is paused now.");
        await owner.PressAsync("Resume");
        await owner.SeesAsync("Fleet is active now.");
        await owner.ClickAsync("Close");
        await owner.PressAsync("Close service line");
        await owner.SeesAsync("Fleet is closed now.");

        await owner.OpenAsync("Service lines");
        await owner.ClickAsync("New service line");
        await DraftAsync("Pilot");
        await owner.ClickAsync("Terminate");
        await owner.PressAsync("Terminate service line");
        await owner.SeesAsync("Pilot is terminated now.");

        async Task DraftAsync(string name)
        {
            await owner.FillAsync("Name", name);
            await owner.SelectAsync("Product line", "Infrastructure");
            await owner.SelectAsync("Execution", "Infra managed");
            await owner.SelectAsync("Billing", "Usage based");
            await owner.FillAsync("Planned end", "2040-01-31");
            await owner.PressAsync("Create service line");
            await owner.SeesAsync($"{name} is drafted.");
        }
    }

    [BrowserTheory]
    [MemberData(nameof(Ways))]
    public async Task An_integration_is_connected_and_disconnected(Way way)
    {
        var tenant = await browser.Service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var owner = await OpenAsync(way, tenant.OwnerKey);

        await owner.GoAsync($"/console/workspaces/{workspace.Id}");
        await owner.OpenAsync("Integrations");
        await owner.ClickAsync("Connect the first integration");
        await owner.PressAsync("Connect");
        await owner.IsRefusedAsync();
        await owner.SelectAsync("Type", "GitHub");
        await owner.FillAsync("Configuration", """{ "org": "apex-digital", "token": "told-to-nobody" }""");
        await owner.PressAsync("Connect");
        await owner.SeesAsync("GitHub is connected now.");
        (await owner.Page.ContentAsync()).Should().Contain("apex-digital").And.NotContain("told-to-nobody");
        await owner.ClickAsync("Disconnect");
        await owner.PressAsync("Disconnect");
        await owner.SeesAsync("GitHub is not connected any more.");
    }

    [BrowserTheory]
    [MemberData(nameof(WaysAndPhone))]
    public async Task Keys_of_each_type_are_made_rotated_and_revoked(Way way)
    {
        var tenant = await browser.Service.NewTenantAsync();
        var owner = await OpenAsync(way, tenant.OwnerKey);
        await owner.GoAsync($"/console/organizations/{tenant.Id}");
        await owner.GoToAsync("API keys");
        await owner.ClickAsync("Create the first key");
        await owner.PressAsync("Create secret key");
        await owner.IsRefusedAsync("Give a name.");
        await owner.CheckAsync("Read everything");
        var text = await MakeAsync("Deployments", "Create secret key");
        await owner.ClickAsync("New API key");
        await owner.OpenAsync("Publishable key");
        await MakeAsync("Status page", "Create publishable key");
        await owner.ClickAsync("New API key");
        await owner.OpenAsync("User key");
        await MakeAsync("Laptop", "Create user key");

        await owner.ClickAsync("Deployments");
        await owner.ClickAsync("Rotate");
        await owner.SelectAsync("The old text goes on opening the key", "Not at all: it ends at once");
        await owner.PressAsync("Rotate key");
        await owner.SeesAsync("The old text opens nothing any more.");
        var rotated = (await owner.SecretsAsync()).Should().ContainSingle().Which;
        (await browser.Service.Client(text).GetAsync("/v1/me")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await browser.Service.Client(rotated).GetAsync("/v1/me")).StatusCode.Should().Be(HttpStatusCode.OK);
        await owner.ClickAsync("Done");
        await owner.ClickAsync("Deployments");
        await owner.ClickAsync("Revoke");
        await owner.PressAsync("Revoke key");
        await owner.SeesAsync("Deployments is revoked.");
        (await browser.Service.Client(rotated).GetAsync("/v1/me")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);

        async Task<string> MakeAsync(string name, string button)
        {
            await owner.FillAsync("Name", name);
            await owner.PressAsync(button);
            await owner.SeesAsync("Copy it now");
            var made = (await owner.SecretsAsync()).Should().ContainSingle().Which;
            await owner.ClickAsync("Done");
            await owner.SeesAsync(name);
            return made;
        }
    }

    [BrowserTheory]
    [MemberData(nameof(WaysAndPhone))]
    public async Task A_webhook_is_made_tested_changed_replayed_and_deleted(Way way)
    {
        var tenant = await browser.Service.NewTenantAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        var address = $"{receiver.Address}/{way}";
        var owner = await OpenAsync(way, tenant.OwnerKey);

        await owner.GoAsync($"/console/organizations/{tenant.Id}");
        await owner.GoToAsync("Webhooks");
        await owner.ClickAsync("Create the first webhook");
        await owner.FillAsync("Address", "nowhere");
        await owner.PressAsync("Create webhook");
        await owner.IsRefusedAsync();
        await owner.FillAsync("Address", address);
        await owner.CheckAsync("All events");
        await owner.PressAsync("Create webhook");
        await owner.SeesAsync("The secret that deliveries are signed with");
        await owner.ClickAsync("Done");
        var webhook = owner.Page.Url.Split('/')[^1];

        await owner.PressAsync("Send a test");
        await owner.SeesAsync("is on its way.");
        await receiver.OnAsync($"/{way}", 1);
        await tenant.EndedAsync(webhook, 1);
        await owner.GoAsync($"/console/webhooks/{webhook}");
        await owner.ClickAsync(Codes.Delivery);
        await owner.SeesAsync("webhook.test");
        await owner.PressAsync("Send again");
        await owner.SeesAsync("It is being sent again.");
        await receiver.OnAsync($"/{way}", 2);

        await owner.ClickAsync(webhook);
        await owner.PressAsync("Disable");
        await owner.SeesAsync("The webhook is disabled now.");
        await owner.PressAsync("Enable");
        await owner.SeesAsync("The webhook is enabled now.");
        await owner.ClickAsync("Edit");
        await owner.FillAsync("Description", "Tells the directory.");
        await owner.PressAsync("Save");
        await owner.SeesAsync("The webhook is saved.");
        await owner.ClickAsync("Rotate secret");
        await owner.SelectAsync("The old secret goes on for", "An hour");
        await owner.PressAsync("Rotate secret");
        await owner.SeesAsync("The new secret");
        await owner.ClickAsync("Done");
        await owner.ClickAsync("Replay");
        await owner.FillAsync("After", "-1");
        await owner.PressAsync("Send again");
        await owner.IsRefusedAsync();
        await owner.FillAsync("After", "0");
        await owner.PressAsync("Send again");
        await owner.SeesAsync("are sent again.");
        await owner.ClickAsync("Delete");
        await owner.PressAsync("Delete webhook");
        await owner.SeesAsync($"{webhook} is deleted.");
    }
}
