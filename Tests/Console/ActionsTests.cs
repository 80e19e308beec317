using Microsoft.Playwright;

namespace WorkspaceService.Browser;

/// <summary>What needs the console's script or a real browser: copying, live updates, zones, the keyboard.</summary>
[Collection("Browser")]
public sealed class ActionsTests(BrowserFixture browser)
{
    [BrowserFact]
    public async Task A_key_is_shown_once_and_copied_by_its_button()
    {
        await using var window = await browser.OpenAsync(browser.Keys["owner"]);
        var page = window.Page;
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await page.GotoAsync($"/console/api-keys?organization_id={BrowserFixture.Organization}");

        await window.ClickAsync("New API key");
        await window.FillAsync("Name", "Deployments");
        await window.CheckAsync("Read everything");
        await window.PressAsync("Create secret key");
        var key = await page.Locator(".secret code").InnerTextAsync();
        var copy = page.Locator(".secret [data-copy]");
        await copy.ClickAsync();
        await copy.Filter(new() { HasText = "Copied" }).WaitForAsync();

        key.Should().MatchRegex("^secret_key_[A-Za-z0-9]{40,}$");
        (await page.EvaluateAsync<string>("() => navigator.clipboard.readText()")).Should().Be(key);
        await page.GotoAsync($"/console/api-keys?organization_id={BrowserFixture.Organization}");
        (await page.ContentAsync()).Should().Contain("Deployments").And.NotContain(key);
    }

    [BrowserFact]
    public async Task At_the_first_visit_times_are_in_the_readers_zone_and_from_then_on_the_service_writes_them_so()
    {
        await using var window = await browser.OpenAsync(browser.Keys["owner"]);
        var time = window.Page.Locator("main time").First;
        await window.GoAsync($"/console/organizations/{BrowserFixture.Organization}");
        var first = await time.InnerTextAsync();

        await window.Page.ReloadAsync();

        (await time.InnerTextAsync()).Should().Be(first);
        (await window.Page.Locator("footer").InnerTextAsync()).Should().Contain("Europe/Vienna");
        (await time.GetAttributeAsync("title")).Should().EndWith("Z");
    }

    [BrowserFact]
    public async Task The_audit_log_shows_what_happens_while_it_is_open()
    {
        await using var reader = await browser.OpenAsync(browser.Keys["owner"]);
        await reader.Page.GotoAsync(
            $"/console/audit-logs?organization_id={BrowserFixture.Organization}&sort=-occurred_at");
        await reader.Page.Locator("[data-live-state]").WaitForAsync();
        var rows = await reader.Page.Locator("[data-live] tbody tr").CountAsync();
        await using var other = await browser.OpenAsync(browser.Keys["owner"]);
        await other.Page.GotoAsync($"/console/workspaces/new?organization_id={BrowserFixture.Organization}");
        await other.FillAsync("Name", $"Seen {Guid.NewGuid():N}"[..16]);
        await other.PressAsync("Create workspace");

        await reader.Page.Locator("[data-live] tbody tr.new").First.WaitForAsync();

        (await reader.Page.Locator("[data-live] tbody tr").CountAsync()).Should().BeGreaterThan(rows);
        (await reader.Page.Locator("[data-live] tbody tr.new").First.InnerTextAsync())
            .Should().Contain("workspace.created");
        reader.Complaints.Should().BeEmpty();
    }

    [BrowserFact]
    public async Task Everything_is_done_by_the_keyboard()
    {
        await using var window = await browser.OpenAsync(browser.Keys["owner"]);
        var page = window.Page;

        await page.GotoAsync($"/console/organizations/{BrowserFixture.Organization}");
        await page.Keyboard.PressAsync("Tab");
        (await FocusedAsync(page)).Should().Be("Skip to the content");
        await page.Keyboard.PressAsync("Enter");
        (await page.EvaluateAsync<string>("() => document.activeElement.id")).Should().Be("content");
        await page.Keyboard.PressAsync("Tab");
        (await FocusedAsync(page)).Should().Be("New workspace");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Heading, new() { Name = "New workspace" }).WaitForAsync();

        await page.Locator("details.account summary").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        (await page.Locator("details.account .menu").IsVisibleAsync()).Should().BeTrue();
        await page.Keyboard.PressAsync("Escape");
        (await page.Locator("details.account .menu").IsVisibleAsync()).Should().BeFalse();
    }

    [BrowserFact]
    public async Task A_link_in_a_mail_leads_to_its_page_in_the_session_that_there_is()
    {
        await using var window = await browser.OpenAsync(browser.Keys["owner"]);
        var url = new Uri(browser.Service.ClientOptions.BaseAddress, $"/console/workspaces/{BrowserFixture.Workspace}");
        var elsewhere = $"data:text/html,<a href='{url}'>The workspace</a>";
        await window.Page.GotoAsync(elsewhere);

        await window.Page.GetByText("The workspace").ClickAsync();
        await window.Page.GetByRole(AriaRole.Heading, new() { Name = "Platform Engineering" }).WaitForAsync();

        window.Page.Url.Should().Be(url.ToString());
    }

    private static async Task<string> FocusedAsync(IPage page) =>
        (await page.EvaluateAsync<string>("() => document.activeElement.innerText")).Trim();
}
