using Microsoft.Playwright;
using WorkspaceService.Features.Invitations;
using WorkspaceService.Features.Members;
using WorkspaceService.Features.Workspaces;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService;

/// <summary>A browser, and the service with the demo for it to look at.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    public const string Organization = "ORG-26-090500";
    public const string Workspace = "WS-26-000021";
    public const string Person = "USR-26-000045";

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Where Chromium is; null for nowhere.</summary>
    public static string? Executable { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(
            name => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    public DemoFixture Service { get; } = new();

    /// <summary>A workspace that is archived.</summary>
    public string Archived { get; private set; } = "";

    /// <summary>The keys of the callers who look: root, owner, member, viewer.</summary>
    public IReadOnlyDictionary<string, string> Keys { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (Executable is null)
        {
            return; // with CI=true the tests fail where they open a page
        }

        await Service.InitializeAsync();
        var old = await Service.Do(
            new CreateWorkspace.Command(ServiceFixture.RootCaller, Organization, "Customer Portal", Type: "open"));
        Archived = old.Value.Id;
        await Service.Do(new ArchiveWorkspace.Command(ServiceFixture.RootCaller, Archived));
        await Service.Do(
            new InviteMembers.Command(ServiceFixture.RootCaller, Workspace, "grace.hopper@example.com", Roles.Member));
        await new Tenant(Service, Organization, new UserObject(), OwnerKey: "").NewDeliveryAsync("WHK-26-000001");
        Keys = new Dictionary<string, string>
        {
            ["root"] = ServiceFixture.RootKey,
            ["owner"] = await Service.UserKeyAsync("USR-26-000044"),
            ["member"] = await KeyOfAsync(Roles.Member),
            ["viewer"] = await KeyOfAsync(Roles.Viewer),
        };
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = Executable, Args = ["--no-sandbox", "--disable-dev-shm-usage"] });
    }

    public async Task DisposeAsync()
    {
        await (_browser?.DisposeAsync() ?? ValueTask.CompletedTask);
        _playwright?.Dispose();
        await ((IAsyncLifetime)Service).DisposeAsync();
    }

    /// <summary>A window of somebody who has signed in, or of nobody.</summary>
    /// <param name="caller">One of <see cref="Keys"/>; null for nobody.</param>
    public async Task<BrowserWindow> OpenAsync(
        string? caller, int width = 1280, int height = 860, ColorScheme scheme = ColorScheme.Light, bool script = true)
    {
        var browser = _browser
            ?? throw new InvalidOperationException("There is no chromium: install Debian's package of that name.");
        var context = await browser.NewContextAsync(new()
        {
            BaseURL = Service.ClientOptions.BaseAddress.ToString(),
            ViewportSize = new() { Width = width, Height = height },
            ColorScheme = scheme,
            JavaScriptEnabled = script,
            TimezoneId = "Europe/Vienna",
            Locale = "en-GB",
        });
        context.SetDefaultTimeout(15_000);
        var window = new BrowserWindow(context, await context.NewPageAsync(), Service.ClientOptions.BaseAddress);
        if (caller is not null)
        {
            await window.Page.GotoAsync("/console/sign-in");
            await window.Page.GetByLabel("API key").FillAsync(Keys[caller]);
            await window.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        }

        return window;
    }

    private async Task<string> KeyOfAsync(string role)
    {
        var members = await Service.Do(new ListMembers.Query(ServiceFixture.RootCaller, Workspace, Role: role));
        return await Service.UserKeyAsync(members.Items[0].UserId);
    }
}

/// <summary>A window of the browser, which notes what must not happen in it.</summary>
public sealed class BrowserWindow : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _complaints = [];

    public BrowserWindow(IBrowserContext context, IPage page, Uri service)
    {
        (_context, Page) = (context, page);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _complaints.Add($"{page.Url} says {message.Text}");
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

    /// <summary>Errors and warnings of the browser, and requests to other hosts.</summary>
    public IReadOnlyList<string> Complaints => _complaints;

    public ValueTask DisposeAsync() => _context.DisposeAsync();
}
