using WorkspaceService.Reliability;

/// <summary>
/// Runs inside the service's process, before its <c>Main</c>, where DOTNET_STARTUP_HOOKS names the tests' assembly: so
/// that faults can be put where no request reaches, and the service itself knows nothing of them.
/// </summary>
internal static class StartupHook
{
    /// <summary>What a shell is to do before it becomes a service with these variables and the hook.</summary>
    public static string With(params (string Name, string Value)[] variables) =>
        $"export DOTNET_STARTUP_HOOKS='{typeof(StartupHook).Assembly.Location}'"
        + string.Concat(variables.Select(variable => $" {variable.Name}='{variable.Value}'"));

    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(KillPoint.Variable) is { } order)
        {
            KillPoint.Prepare(order);
        }

        if (Environment.GetEnvironmentVariable(SetClock.Variable) is { } offset)
        {
            SetClock.Prepare(offset);
        }
    }
}
