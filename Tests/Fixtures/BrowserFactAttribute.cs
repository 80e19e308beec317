namespace WorkspaceService;

/// <summary>
/// A test in a real browser, Debian's Chromium. Where there is none it is left out, which the run says; with CI=true it
/// runs all the same, and fails.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("CI") != "true" && BrowserFixture.Executable is null)
        {
            Skip = "Left out: it needs chromium, which is not installed here.";
        }
    }
}
