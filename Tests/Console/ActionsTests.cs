using System.Text.RegularExpressions;
using Microsoft.Playwright;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Browser;

/// <summary>
/// What administrators do, done in a browser by what they see: once with a script and once without, on a wide screen
/// and on a phone.
/// </summary>
[Collection("Browser")]
public sealed class ActionsTests(BrowserFixture browser)
{
    [BrowserFact]
    public Task A_workspace_from_its_creation_to_its_end() => RunWorkspaceAsync(script: true, width: 1280);

    [BrowserFact]
    public Task The_same_without_a_script() => RunWorkspaceAsync(script: false, width: 1280);

    [BrowserFact]
    public Task The_same_on_a_phone() => RunWorkspaceAsync(script: true, width: 360);

    private async Task RunWorkspaceAsync(bool script, int width)
    {
        await using var window = await browser.OpenAsync("owner", width, script: script);
        var page = window.Page;
        var name = $"Mobile Apps {Guid.NewGuid():N}"[..20];

        await ClickLinkAsync(page, "New workspace");
        await Field(page, "Name").FillAsync("");
        await SubmitAsync(page, "Create workspace");
        await ShouldSayAsync(page, "Give a name."); // beside the field, and nothing else was lost
        await Field(page, "Name").FillAsync(name);
        await page.GetByLabel("Seat limit").FillAsync("3");
        await SubmitAsync(page, "Create workspace");
        await ShouldBeAtAsync(page, name);

        await OpenTabAsync(page, "Members");
        await ClickLinkAsync(page, "Add member");
        await page.GetByLabel("Noor Haddad").CheckAsync();
        await SubmitAsync(page, "Add member");
        await ShouldSayAsync(page, "Noor Haddad is a member now.");
        await page.GetByLabel("Role of Noor Haddad", new() { Exact = true }).SelectOptionAsync(Roles.Viewer);
        await SubmitAsync(page, "Save the role of Noor Haddad");
        await ShouldSayAsync(page, "Noor Haddad has the role viewer now.");

        await ClickLinkAsync(page, "Invite");
        await page.GetByLabel("E-mail addresses").FillAsync("grace@example.com");
        await SubmitAsync(page, "Make the invitations");
        await ShouldSayAsync(page, "/console/invitations/");
        await page.GotoAsync(Regex.Replace(page.Url, "/invitations/new$", "/members"));
        await ShouldSayAsync(page, "grace@example.com");
        await ClickLinkAsync(page, "Revoke the invitation of grace@example.com");
        await SubmitAsync(page, "Revoke invitation");

        await OpenTabAsync(page, "Members");
        await ClickLinkAsync(page, "Remove Noor Haddad");
        await SubmitAsync(page, "Remove member");
        await ShouldSayAsync(page, "Noor Haddad is no member any more.");

        await OpenTabAsync(page, "Settings");
        await page.GetByLabel("Description").FillAsync("Apps for phones.");
        await SubmitAsync(page, "Save settings");
        await OpenTabAsync(page, "Overview");
        await ShouldSayAsync(page, "Apps for phones.");

        await ClickLinkAsync(page, "Archive");
        await SubmitAsync(page, "Archive workspace");
        await ShouldSayAsync(page, "This workspace is archived");
        await OpenTabAsync(page, "Overview");
        await ClickLinkAsync(page, "Delete");
        await page.Locator("#f-confirmation").FillAsync("something else");
        await SubmitAsync(page, "Delete workspace");
        (await page.GetByText(name).CountAsync()).Should().BePositive("a wrong name deletes nothing");
        await page.Locator("#f-confirmation").FillAsync(name);
        await SubmitAsync(page, "Delete workspace");

        await page.GotoAsync($"/console/organizations/{BrowserFixture.Organization}?q={Uri.EscapeDataString(name)}");
        await ShouldSayAsync(page, "No workspace matches");
        window.Complaints.Where(complaint => !complaint.Contains("status of 4", StringComparison.Ordinal))
            .Should().BeEmpty("only refused forms are told to the browser's console");
    }

    [BrowserFact]
    public async Task A_key_is_shown_once_and_copied_by_its_button()
    {
        await using var window = await browser.OpenAsync("owner");
        var page = window.Page;
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await page.GotoAsync($"/console/api-keys?organization_id={BrowserFixture.Organization}");

        await ClickLinkAsync(page, "New API key");
        await Field(page, "Name").FillAsync("Deployments");
        await page.Locator("input[name=permissions][type=checkbox]").First.CheckAsync();
        await page.Locator("main form.form button").ClickAsync();
        var key = await page.Locator(".secret code").InnerTextAsync();
        await page.Locator(".secret [data-copy]").ClickAsync();

        key.Should().MatchRegex("^secret_key_[A-Za-z0-9]{40,}$");
        (await page.EvaluateAsync<string>("() => navigator.clipboard.readText()")).Should().Be(key);
        await page.GotoAsync($"/console/api-keys?organization_id={BrowserFixture.Organization}");
        (await page.ContentAsync()).Should().Contain("Deployments").And.NotContain(key);
    }

    [BrowserFact]
    public async Task At_the_first_visit_times_are_in_the_readers_zone_and_from_then_on_the_service_writes_them_so()
    {
        await using var window = await browser.OpenAsync("owner");
        var time = window.Page.Locator("main time").First;
        var first = await time.InnerTextAsync();

        await window.Page.ReloadAsync();

        (await time.InnerTextAsync()).Should().Be(first);
        (await window.Page.Locator("footer").InnerTextAsync()).Should().Contain("Europe/Vienna");
        (await time.GetAttributeAsync("title")).Should().EndWith("Z");
    }

    [BrowserFact]
    public async Task The_audit_log_shows_what_happens_while_it_is_open()
    {
        await using var reader = await browser.OpenAsync("owner");
        await reader.Page.GotoAsync(
            $"/console/audit-logs?organization_id={BrowserFixture.Organization}&sort=-occurred_at");
        await reader.Page.Locator("[data-live-state]").WaitForAsync();
        var rows = await reader.Page.Locator("[data-live] tbody tr").CountAsync();
        await using var other = await browser.OpenAsync("owner");
        await other.Page.GotoAsync($"/console/workspaces/new?organization_id={BrowserFixture.Organization}");
        await Field(other.Page, "Name").FillAsync($"Seen {Guid.NewGuid():N}"[..16]);
        await SubmitAsync(other.Page, "Create workspace");

        await reader.Page.Locator("[data-live] tbody tr.new").First.WaitForAsync();

        (await reader.Page.Locator("[data-live] tbody tr").CountAsync()).Should().BeGreaterThan(rows);
        (await reader.Page.Locator("[data-live] tbody tr.new").First.InnerTextAsync())
            .Should().Contain("workspace.created");
        reader.Complaints.Should().BeEmpty();
    }

    [BrowserFact]
    public async Task Everything_is_done_by_the_keyboard()
    {
        await using var window = await browser.OpenAsync("owner");
        var page = window.Page;

        await page.GotoAsync($"/console/organizations/{BrowserFixture.Organization}");
        await page.Keyboard.PressAsync("Tab");
        (await FocusedAsync(page)).Should().Be("Skip to the content");
        await page.Keyboard.PressAsync("Enter");
        (await page.EvaluateAsync<string>("() => document.activeElement.id")).Should().Be("content");
        await page.Keyboard.PressAsync("Tab");
        (await FocusedAsync(page)).Should().Be("New workspace");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/console/workspaces/new?**");

        await page.Locator("details.account summary").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        (await page.Locator("details.account .menu").IsVisibleAsync()).Should().BeTrue();
        await page.Keyboard.PressAsync("Escape");
        (await page.Locator("details.account .menu").IsVisibleAsync()).Should().BeFalse();
    }

    [BrowserFact]
    public async Task A_link_in_a_mail_leads_to_its_page_in_the_session_that_there_is()
    {
        await using var window = await browser.OpenAsync("owner");
        var url = new Uri(browser.Service.ClientOptions.BaseAddress, $"/console/workspaces/{BrowserFixture.Workspace}");
        var elsewhere = $"data:text/html,<a href='{url}'>The workspace</a>";
        await window.Page.GotoAsync(elsewhere);

        await window.Page.GetByText("The workspace").ClickAsync();
        await window.Page.GetByRole(AriaRole.Heading, new() { Name = "Platform Engineering" }).WaitForAsync();

        window.Page.Url.Should().Be(url.ToString());
    }

    private static async Task<string> FocusedAsync(IPage page) =>
        (await page.EvaluateAsync<string>("() => document.activeElement.innerText")).Trim();

    private static ILocator Field(IPage page, string label) =>
        page.Locator("main form.form").GetByLabel(label, new() { Exact = true });

    private static Task ClickLinkAsync(IPage page, string name) =>
        page.Locator("main").GetByRole(AriaRole.Link, new() { Name = name, Exact = true }).First.ClickAsync();

    private static Task OpenTabAsync(IPage page, string name) =>
        page.Locator("nav.tabs").GetByRole(AriaRole.Link, new() { Name = name, Exact = true }).ClickAsync();

    private static Task SubmitAsync(IPage page, string name) =>
        page.Locator("main").GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).First.ClickAsync();

    private static Task ShouldSayAsync(IPage page, string text) =>
        page.Locator("main").GetByText(text).First.WaitForAsync(new() { State = WaitForSelectorState.Attached });

    private static Task ShouldBeAtAsync(IPage page, string heading) =>
        page.GetByRole(AriaRole.Heading, new() { Name = heading, Level = 1 }).WaitForAsync();
}
