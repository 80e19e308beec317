using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace WorkspaceService;

/// <summary>
/// What is wrong with a page to those who look at it: in light and in dark, on a wide screen and on a phone.
/// </summary>
public static partial class BrowserLook
{
    public const int Wide = 1280;
    public const int Phone = 360;

    // Run in the page itself, and asked for violations alone: RunAxe opens a second page each time, and brings along
    // every element that is right.
    private const string Run = """
        async ([type, values]) => {
          const found = await axe.run(document, { runOnly: { type, values }, resultTypes: ["violations"] });
          return found.violations.map(
            violation => `${violation.id}: ${violation.nodes.slice(0, 3).map(node => node.html).join("; ")}`);
        }
        """;

    // Tables that are wider than their panels, which scrolls to what is cut off.
    private const string Cut = """
        () => [...document.querySelectorAll("main .table")].filter(panel => panel.scrollWidth > panel.clientWidth)
          .map(panel => `a table is ${panel.scrollWidth} px wide in ${panel.clientWidth}`)
        """;

    // What a page shows beside what its address says: messages beside fields, a secret, a notice, a page of one card.
    private const string State = """
        () => [".error, [role=alert]", ".secret", "main .note", ".card-page"]
          .map(selector => document.querySelector(selector) ? selector : "").join("")
        """;

    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    private static readonly object[] Everything =
    [
        "tag", new[] { "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa" },
    ];

    // All that another theme can change: the document, its sizes and its places stay.
    private static readonly object[] Colours = ["rule", new[] { "color-contrast", "link-in-text-block" }];

    private static readonly (int Width, ColorScheme Scheme, object[] Rules)[] Looks =
    [
        (Wide, ColorScheme.Light, Everything), (Wide, ColorScheme.Dark, Colours),
        (Phone, ColorScheme.Dark, Everything), (Phone, ColorScheme.Light, Colours),
    ];

    private static readonly ConcurrentDictionary<string, bool> Seen = [];

    /// <summary>
    /// Violations of WCAG 2.2 AA that axe finds, and what does not fit on the screen; a line each. The page is left as
    /// it was, but in light.
    /// </summary>
    public static async Task<List<string>> LookAsync(this IPage page)
    {
        var (findings, before) = (new List<string>(), page.ViewportSize!);
        await page.EvaluateAsync(Axe);
        foreach (var (width, scheme, rules) in Looks)
        {
            await page.SetViewportSizeAsync(width, 800);
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            findings.AddRange((await page.EvaluateAsync<string[]>(Run, rules))
                .Concat(await page.EvaluateAsync<string[]>(Cut))
                .Select(finding => $"{page.Url} in {scheme} at {width} px: {finding}"));
        }

        if (await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth") is > Phone and var actual)
        {
            findings.Add($"{page.Url} is {actual} px wide on a phone of {Phone} px");
        }

        await page.SetViewportSizeAsync(before.Width, before.Height);
        return findings;
    }

    /// <summary>What does not fit on the screen, wide or of a phone; a line each.</summary>
    public static async Task<List<string>> FitAsync(this IPage page)
    {
        var findings = new List<string>();
        foreach (var width in new[] { Wide, Phone })
        {
            await page.SetViewportSizeAsync(width, 800);
            findings.AddRange((await page.EvaluateAsync<string[]>(Cut))
                .Select(finding => $"{page.Url} at {width} px: {finding}"));
            if (await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth") is var actual
                && actual > width)
            {
                findings.Add($"{page.Url} is {actual} px wide at {width} px");
            }
        }

        return findings;
    }

    /// <summary>
    /// The same for what only an action brings about, such as a notice, a secret or a refused form: once for each page
    /// and each such state.
    /// </summary>
    public static async Task<List<string>> LookOnceAsync(this IPage page) =>
        await page.EvaluateAsync<string>(State) is { Length: > 0 } state
        && Seen.TryAdd(PatternOf(page.Url) + state, true)
            ? await page.LookAsync()
            : [];

    /// <summary>The path of an address of the console, with <c>{}</c> for ids and tokens.</summary>
    public static string PatternOf(string url) =>
        Id().Replace(url[url.IndexOf("/console", StringComparison.Ordinal)..].Split('?', '#')[0], "/{}");

    [GeneratedRegex("/([A-Z]{2,4}-[0-9]{2}-[0-9]+|[a-z]{2,4}_[0-9]{2}_[0-9]+|(?<=/invitations/)[A-Za-z0-9_-]{20,})")]
    private static partial Regex Id();
}
