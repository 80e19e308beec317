using System.Collections.Concurrent;
using Microsoft.AspNetCore.Hosting;
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

    private readonly ConcurrentDictionary<(Uri Service, string Key), IReadOnlyList<Cookie>> _sessions = [];
    private readonly ConcurrentDictionary<(bool Scripted, string Path), bool> _sent = [];
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Where Chromium is; null for nowhere.</summary>
    public static string? Executable { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(
            name => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    public ServiceFixture Service { get; } = new ServiceOfDemo();

    /// <summary>A workspace that is archived.</summary>
    public string Archived { get; private set; } = "";

    /// <summary>The keys of the callers who look: root, owner, member, viewer.</summary>
    public IReadOnlyDictionary<string, string> Keys { get; private set; } = null!;

    /// <summary>The paths of the forms that were sent and not refused, with or without a script.</summary>
    public IEnumerable<string> Sent(bool scripted) =>
        _sent.Keys.Where(sent => sent.Scripted == scripted).Select(sent => sent.Path);

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

    /// <summary>A window of somebody who is signed in and has not gone anywhere yet, or of nobody.</summary>
    /// <param name="key">Null for nobody.</param>
    /// <param name="looks">True to look once at each state that an action brings about.</param>
    /// <param name="service">Another service than the demo's.</param>
    public async Task<BrowserWindow> OpenAsync(
        string? key,
        int width = BrowserLook.Wide,
        int height = 860,
        ColorScheme scheme = ColorScheme.Light,
        bool script = true,
        bool looks = false,
        ServiceFixture? service = null)
    {
        var browser = _browser
            ?? throw new InvalidOperationException("There is no chromium: install Debian's package of that name.");
        var address = (service ?? Service).ClientOptions.BaseAddress;
        var context = await browser.NewContextAsync(new()
        {
            BaseURL = address.ToString(),
            ViewportSize = new() { Width = width, Height = height },
            ColorScheme = scheme,
            JavaScriptEnabled = script,
            TimezoneId = "Europe/Vienna",
            Locale = "en-GB",
        });
        context.SetDefaultTimeout(15_000);
        context.Response += (_, response) =>
        {
            if (response.Request.Method == "POST" && response.Status < 400)
            {
                _sent[(script, new Uri(response.Url).AbsolutePath)] = true;
            }
        };
        if (key is not null)
        {
            await context.AddCookiesAsync(await SessionAsync(address, key));
        }

        return new BrowserWindow(context, await context.NewPageAsync(), address, looks);
    }

    // Signed in once for each key, without the browser; a journey signs in by the page.
    private async Task<IReadOnlyList<Cookie>> SessionAsync(Uri service, string key)
    {
        if (!_sessions.TryGetValue((service, key), out var session))
        {
            using var visitor = await ConsoleVisitor.SignInAsync(service, key);
            session = _sessions[(service, key)] =
            [
                .. visitor.Cookies.GetAllCookies().Select(cookie => new Cookie
                {
                    Name = cookie.Name,
                    Value = cookie.Value,
                    Domain = cookie.Domain,
                    Path = cookie.Path,
                    HttpOnly = cookie.HttpOnly,
                    SameSite = SameSiteAttribute.Strict,
                }),
            ];
        }

        return session;
    }

    private async Task<string> KeyOfAsync(string role)
    {
        var members = await Service.Do(new ListMembers.Query(ServiceFixture.RootCaller, Workspace, Role: role));
        return await Service.UserKeyAsync(members.Items[0].UserId);
    }

    /// <summary>With the demo, and webhooks that may be on this machine.</summary>
    private sealed class ServiceOfDemo : ServiceFixture
    {
        protected override void Configure(IWebHostBuilder builder)
        {
            builder.UseSetting("demo", "true");
            builder.UseSetting("Webhooks:AllowHttp", "true");
            builder.UseSetting("Webhooks:AllowPrivateNetworks", "true");
        }
    }
}
