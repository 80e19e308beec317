using Microsoft.Playwright;

namespace WorkspaceService.Browser;

/// <summary>
/// The pictures of the main pages: in the folder that <c>CONSOLE_SCREENSHOTS</c> names, as those of
/// <c>Tests/Console/screenshots</c> were made, otherwise in a temporary one. Each is small enough for the repository.
/// </summary>
[Collection("Browser")]
public sealed class ScreenshotTests(BrowserFixture browser)
{
    private const int MostBytes = 180_000;

    private static readonly (string Name, string Url)[] Pages =
    [
        ("workspaces", $"/console/organizations/{BrowserFixture.Organization}"),
        ("workspace", $"/console/workspaces/{BrowserFixture.Workspace}"),
        ("members", $"/console/workspaces/{BrowserFixture.Workspace}/members"),
        ("service-lines", $"/console/service-lines?workspace_id={BrowserFixture.Workspace}"),
        ("plan", $"/console/organizations/{BrowserFixture.Organization}/plan"),
        ("audit-log", $"/console/audit-logs?organization_id={BrowserFixture.Organization}&sort=-occurred_at"),
        ("service-line", "/console/service-lines/LIN-26-084732"),
        ("api-keys", $"/console/api-keys?organization_id={BrowserFixture.Organization}"),
    ];

    [BrowserFact]
    public async Task They_are_taken_in_light_in_dark_and_on_a_phone()
    {
        var folder = Environment.GetEnvironmentVariable("CONSOLE_SCREENSHOTS")
            ?? Directory.CreateTempSubdirectory("screenshots").FullName;
        foreach (var (kind, scheme, width, height) in new[]
        {
            ("light", ColorScheme.Light, 1280, 800),
            ("dark", ColorScheme.Dark, 1280, 800),
            ("phone", ColorScheme.Light, 360, 740),
        })
        {
            await using var visitor = await browser.OpenAsync(null, width, height, scheme);
            await visitor.Page.GotoAsync("/console/sign-in");
            await TakeAsync(visitor.Page, folder, $"sign-in-{kind}");

            await using var owner = await browser.OpenAsync(browser.Keys["owner"], width, height, scheme);
            foreach (var (name, url) in Pages)
            {
                (await owner.Page.GotoAsync(url))!.Status.Should().Be(200, url);
                await TakeAsync(owner.Page, folder, $"{name}-{kind}");
            }
        }
    }

    private static async Task TakeAsync(IPage page, string folder, string name)
    {
        var path = Path.Combine(folder, name + ".png");
        await page.ScreenshotAsync(new() { Path = path });
        new FileInfo(path).Length.Should().BeInRange(2_000, MostBytes, name);
    }
}
