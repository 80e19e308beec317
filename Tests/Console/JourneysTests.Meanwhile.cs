using WorkspaceService.Features.JoinRequests;

namespace WorkspaceService.Browser;

/// <summary>Of two who do something at the same time.</summary>
public sealed partial class JourneysTests
{
    /// <summary>What a button does at once has a page of its own only then.</summary>
    [BrowserTheory]
    [MemberData(nameof(Ways))]
    public async Task A_button_asks_again_where_somebody_else_was_faster(Way way)
    {
        var tenant = await browser.Service.NewTenantAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        var workspace = (await tenant.NewWorkspaceAsync(type: "closed")).Id;
        var line = (await tenant.NewLineAsync(workspace)).Id;
        var webhook = (await tenant.NewWebhookAsync(receiver.Address, null, "invitation.declined")).Id;
        var delivery = await tenant.NewDeliveryAsync(webhook);
        var names = Enumerable.Range(0, 4).Select(_ => Unique("Yuki Tanaka")).ToList();
        var people = new List<Person>();
        foreach (var name in names)
        {
            people.Add(await tenant.NewMemberAsync(name: name));
        }

        await tenant.AddToAsync(workspace, people[0].Id, "viewer");
        foreach (var asking in people[1..])
        {
            await browser.Service.Do(new RequestToJoin.Command(await asking.CallerAsync(), workspace));
        }

        var owner = await OpenAsync(way, tenant.OwnerKey);
        var person = await OpenAsync(way, people[3].Key);
        foreach (var (who, address, table, button, again, notice) in new[]
        {
            (owner, $"service-lines/{line}", "service_lines", "Activate", "Activate service line", "is active now."),
            (owner, $"service-lines/{line}", "service_lines", "Pause", "Pause service line", "is paused now."),
            (owner, $"webhooks/{webhook}", "webhooks", "Send a test", "Send a test", "is on its way."),
            (owner, $"webhooks/{webhook}/deliveries/{delivery}", "webhook_deliveries", "Send again", "Send again",
                "It is being sent again."),
            (owner, $"webhooks/{webhook}", "webhooks", "Disable", "Save", "The webhook is saved."),
            (owner, $"workspaces/{workspace}/members", "members", $"Save the role of {names[0]}", "Change role",
                "has the role viewer now."),
            (owner, $"organizations/{tenant.Id}/members", "organization_members", $"Save the role of {names[0]}",
                "Change role", "has the role member now."),
            (owner, $"workspaces/{workspace}/join-requests", "join_requests", $"Approve the request of {names[1]}",
                "Approve request", "is a member now."),
            (owner, $"workspaces/{workspace}/join-requests", "join_requests", $"Deny the request of {names[2]}",
                "Deny request", "is denied."),
            (person, $"workspaces/{workspace}/join-requests/own", "join_requests", "Withdraw the request",
                "Withdraw the request", "Your request is withdrawn."),
        })
        {
            await who.GoAsync($"/console/{address}");
            await browser.Service.ArrangeAsync($"UPDATE {table} SET version = version + 1");
            await who.PressAsync(button);
            await who.IsRefusedAsync("Somebody has changed this since you opened the page.");
            await who.PressAsync(again);
            await who.SeesAsync(notice);
        }
    }
}
