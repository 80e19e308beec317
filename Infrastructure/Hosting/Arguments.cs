namespace WorkspaceService.Infrastructure.Hosting;

/// <summary>What the command line says about the service that is to start.</summary>
/// <param name="Settings">Arguments for the configuration.</param>
/// <param name="Options">Options of slices, in the order of their names.</param>
public sealed record Arguments(string[] Settings, IReadOnlyList<ICommandLineOption> Options)
{
    // The first part of a setting's name: sections of the service, then those of the framework.
    private static readonly string[] Sections =
    [
        "ConnectionStrings", "Audit", "Bootstrap", "Console", "Cors", "Limits", "Memory", "Webhooks", "Telemetry",
        "Serilog", "Logging", "Kestrel", "AllowedHosts", "urls", "http_ports", "https_ports", "environment",
        "contentRoot", "applicationName",
    ];

    /// <summary>
    /// Parts settings, <c>--Name=value</c> or <c>--Name value</c>, from the rest: their names are open-ended, so no
    /// parser knows them. What follows <c>--</c> is no setting.
    /// </summary>
    /// <returns>False where a setting has no value: <paramref name="incomplete"/> is its name.</returns>
    public static bool TryPart(string[] args, out string[] settings, out string[] rest, out string? incomplete)
    {
        var (taken, left) = (new List<string>(), new List<string>());
        incomplete = null;
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--")
            {
                left.AddRange(args[i..]);
                break;
            }

            if (!IsSetting(args[i]))
            {
                left.Add(args[i]);
            }
            else if (args[i].Contains('=', StringComparison.Ordinal))
            {
                taken.Add(args[i]);
            }
            else if (i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal))
            {
                taken.AddRange([args[i], args[++i]]);
            }
            else
            {
                incomplete ??= args[i];
            }
        }

        (settings, rest) = ([.. taken], [.. left]);
        return incomplete is null;
    }

    private static bool IsSetting(string typed) => typed.StartsWith("--", StringComparison.Ordinal)
        && Sections.Contains(typed[2..].Split('=', ':')[0], StringComparer.OrdinalIgnoreCase);
}
