using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace WorkspaceService.Browser;

/// <summary>
/// What people come to the console for, done in a browser by what they read there, in organizations of their own: with
/// its script, without one, and what one does on the way on a phone too. What an action brings about (a notice, a
/// secret, a refused form) is looked at once as <see cref="PagesTests"/> looks at pages.
/// </summary>
[TestCaseOrderer(BrowserTestOrder.Name, BrowserTestOrder.Assembly)]
public sealed partial class JourneysTests(BrowserFixture browser) : IClassFixture<BrowserFixture>, IAsyncLifetime
{
    private static readonly ConcurrentDictionary<(string Journey, Way Way), bool> Begun = [];

    private readonly List<BrowserWindow> _windows = [];

    public static TheoryData<Way> Ways => [Way.Scripted, Way.Scriptless];

    public static TheoryData<Way> WaysAndPhone => [.. Enum.GetValues<Way>()];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        var complaints = _windows.SelectMany(window => window.ComplaintsBesideRefusals).ToList();
        foreach (var window in _windows)
        {
            await window.DisposeAsync();
        }

        string.Join('\n', complaints).Should().BeEmpty();
    }

    /// <summary>What was not sent yet is sent now, so that this holds of any selection of tests.</summary>
    [BrowserTheory]
    [MemberData(nameof(Ways))]
    public async Task Every_form_of_the_console_is_sent_by_somebody(Way way)
    {
        var journeys = typeof(JourneysTests).GetMethods()
            .Where(method => method.GetCustomAttribute<BrowserTheoryAttribute>() is not null
                && method.Name != nameof(Every_form_of_the_console_is_sent_by_somebody))
            .ToList();
        foreach (var journey in journeys.Where(journey => !Begun.ContainsKey((journey.Name, way))))
        {
            await (Task)journey.Invoke(this, [way])!;
        }

        var forms = browser.Service.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/console", StringComparison.Ordinal)
                && endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Contains("POST"))
            .Select(endpoint => endpoint.RoutePattern.RawText!).ToList();
        var sent = browser.Sent(way != Way.Scriptless).ToList();

        forms.Should().HaveCountGreaterThan(40);
        forms.Where(form => !sent.Exists(path => Regex.IsMatch(path, $"^{RouteParameter().Replace(form, "[^/]+")}$")))
            .Should().BeEmpty("each form was sent in a browser, and not refused");
    }

    /// <summary>A window of somebody, which is closed at the end of the test.</summary>
    private async Task<BrowserWindow> OpenAsync(
        Way way, string? key, ServiceFixture? service = null, [CallerMemberName] string journey = "")
    {
        Begun[(journey, way)] = true;
        var window = await browser.OpenAsync(
            key,
            way == Way.Phone ? BrowserLook.Phone : BrowserLook.Wide,
            script: way != Way.Scriptless,
            looks: way == Way.Scripted,
            service: service);
        _windows.Add(window);
        return window;
    }

    private static string Unique(string name) => $"{name} {Guid.NewGuid():N}"[..(name.Length + 9)];

    private static string AddressOf(string name) => $"{name.Replace(' ', '.').ToLowerInvariant()}@example.com";

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex RouteParameter();
}
