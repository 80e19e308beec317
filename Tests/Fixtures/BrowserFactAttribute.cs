namespace WorkspaceService;

/// <summary>
/// A test in a real browser, Debian's Chromium. Where there is none it is left out, which the run says; with CI=true it
/// runs all the same, and fails.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserFactAttribute : FactAttribute
{
    internal const string LeftOut = "Left out: it needs chromium, which is not installed here.";

    public BrowserFactAttribute() => Skip = IsLeftOut ? LeftOut : null;

    internal static bool IsLeftOut =>
        Environment.GetEnvironmentVariable("CI") != "true" && BrowserFixture.Executable is null;
}

/// <summary>The same, in several ways.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public BrowserTheoryAttribute() => Skip = BrowserFactAttribute.IsLeftOut ? BrowserFactAttribute.LeftOut : null;
}
