using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace WorkspaceService;

/// <summary>How somebody looks at the console.</summary>
public enum Way
{
    /// <summary>On a wide screen, with the console's script.</summary>
    Scripted,

    /// <summary>On a wide screen, with scripts switched off.</summary>
    Scriptless,

    /// <summary>On a screen of 360 px, with the script.</summary>
    Phone,
}

/// <summary>
/// A window of the browser, in which somebody does things by what there is to read: the names of links, buttons and
/// fields. It notes what must not happen.
/// </summary>
public sealed class BrowserWindow : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _complaints = [];
    private readonly bool _looks;

    /// <param name="looks">True to look once at each state that an action brings about.</param>
    public BrowserWindow(IBrowserContext context, IPage page, Uri service, bool looks)
    {
        (_context, Page, _looks) = (context, page, looks);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _complaints.Add($"{page.Url} says {message.Text} of {message.Location}");
            }
        };
        page.PageError += (_, error) => _complaints.Add($"{page.Url} fails: {error}");
        context.Request += (_, request) =>
        {
            if (new Uri(request.Url).Authority != service.Authority)
            {
                _complaints.Add($"{page.Url} asks {request.Url}");
            }
        };
    }

    public IPage Page { get; }

    /// <summary>Errors and warnings of the browser, requests to other hosts, and what is wrong with a state.</summary>
    public IReadOnlyList<string> Complaints => _complaints;

    /// <summary>Them but for pages that say why something was refused, which the browser tells its console.</summary>
    public IEnumerable<string> ComplaintsBesideRefusals => _complaints.Where(complaint =>
        !Regex.IsMatch(complaint, "status of 4.* of http://[^/]+/console/(?!assets/)"));

    /// <summary>Opens an address, such as one that somebody was sent.</summary>
    public Task GoAsync(string address) => Page.GotoAsync(address);

    /// <summary>Follows the first link of the page whose name begins so.</summary>
    public Task ClickAsync(string link) => Link(Page.Locator("main"), link).First.ClickAsync();

    /// <summary>Goes to a place of the navigation.</summary>
    public Task GoToAsync(string place) => Link(Page.Locator("nav.side"), place).First.ClickAsync();

    /// <summary>Opens a tab of the page, such as those of a workspace.</summary>
    public Task OpenAsync(string tab) => Link(Page.Locator("nav.tabs"), tab).First.ClickAsync();

    /// <summary>Opens the menu of the account and chooses a link or a button of it.</summary>
    public async Task ChooseInMenuAsync(string name)
    {
        await Page.Locator("details.account summary").ClickAsync();
        var menu = Page.Locator("details.account .menu");
        await Link(menu, name).Or(menu.GetByRole(AriaRole.Button, new() { Name = name })).ClickAsync();
    }

    /// <summary>Opens what is folded up under this heading.</summary>
    public Task UnfoldAsync(string heading) => Page.Locator("main summary").GetByText(heading).ClickAsync();

    /// <summary>Presses the button of exactly this name.</summary>
    public Task PressAsync(string button) =>
        Page.Locator("main").GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).First.ClickAsync();

    public Task FillAsync(string label, string text) => Field(label).FillAsync(text);

    /// <summary>What stands in a field.</summary>
    public Task<string> ReadAsync(string label) => Field(label).InputValueAsync();

    public Task SelectAsync(string label, string option) =>
        Field(label).SelectOptionAsync(new SelectOptionValue { Label = option });

    /// <summary>Checks the box or the choice whose label begins so.</summary>
    public Task CheckAsync(string label) => Page.Locator("main")
        .GetByLabel(new Regex($@"^\s*{Regex.Escape(label)}")).First.CheckAsync();

    /// <summary>Types into the search above every page.</summary>
    public async Task SearchAsync(string text)
    {
        await Page.Locator("header input[name=q]").FillAsync(text);
        await Page.Locator("header").GetByRole(AriaRole.Button, new() { Name = "Search" }).ClickAsync();
    }

    /// <summary>Waits until the page says this.</summary>
    public async Task SeesAsync(string text)
    {
        await Page.Locator("main").GetByText(text).First
            .WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await LoadedAsync();
        await LookOnceAsync();
    }

    /// <summary>Waits until a form was refused, with this text beside its field or above all.</summary>
    public async Task IsRefusedAsync(string message = "")
    {
        await Page.Locator("main form").Locator(".error, [role=alert]").Filter(new() { HasText = message }).First
            .WaitForAsync();
        await LoadedAsync();
        await LookOnceAsync();
    }

    /// <summary>The texts that are shown to be copied.</summary>
    public Task<IReadOnlyList<string>> SecretsAsync() => Page.Locator(".secret code").AllInnerTextsAsync();

    public ValueTask DisposeAsync() => _context.DisposeAsync();

    // What is seen first may be above what is not there yet. The browser is asked, time and again: an event could come
    // between a look at the state and the wait for it.
    private async Task LoadedAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        while (await Page.EvaluateAsync<string>("() => document.readyState") != "complete")
        {
            await Task.Delay(20, patience.Token);
        }
    }

    private async Task LookOnceAsync()
    {
        if (_looks)
        {
            _complaints.AddRange(await Page.LookOnceAsync());
        }
    }

    private static ILocator Link(ILocator within, string name) =>
        within.GetByRole(AriaRole.Link, new() { NameRegex = new Regex($"^{Regex.Escape(name)}") });

    private ILocator Field(string label) => Page.Locator("main")
        .GetByLabel(new Regex($@"^\s*{Regex.Escape(label)}\s*(\(optional\))?\s*$")).First;
}
