using System.Globalization;

namespace WorkspaceService.Infrastructure.Hosting;

/// <summary>The configuration, read once and checked: a wrong value stops the start with one clear line.</summary>
public sealed record Settings
{
    public required string ConnectionString { get; init; }

    /// <summary>The operator's key; null where the first start makes one.</summary>
    public string? RootKey { get; init; }

    /// <summary>Requests a minute for each key; 0 is no limit.</summary>
    public int RequestsPerMinute { get; init; }

    /// <summary>The most workspaces an organization may have on the Tape surface's terms.</summary>
    public int WorkspacesPerOrganization { get; init; }

    /// <summary>The origins whose pages may call the service from a browser.</summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    /// <exception cref="StartupException">A value is missing or cannot be used.</exception>
    public static Settings From(IConfiguration configuration)
    {
        var connectionString = configuration.GetConnectionString("Workspaces");
        if (string.IsNullOrWhiteSpace(connectionString))
        {
            throw new StartupException(
                "ConnectionStrings:Workspaces is missing; give Data Source=… (SQLite) or Host=… (PostgreSQL).");
        }

        var rootKey = configuration["Bootstrap:RootKey"];
        if (!string.IsNullOrEmpty(rootKey)
            && (!rootKey.StartsWith("root_key_", StringComparison.Ordinal) || rootKey.Length < "root_key_".Length + 32
                || rootKey.Any(char.IsWhiteSpace)))
        {
            throw new StartupException(
                "Bootstrap:RootKey must be root_key_ and at least 32 more characters without spaces.");
        }

        Known(configuration, "Bootstrap", "RootKey");
        Known(configuration, "Cors", "Origins");
        Known(configuration, "Limits", nameof(RequestsPerMinute), nameof(WorkspacesPerOrganization));
        return new Settings
        {
            ConnectionString = connectionString,
            RootKey = string.IsNullOrEmpty(rootKey) ? null : rootKey,
            CorsOrigins = Origins(configuration.GetSection("Cors:Origins")),
            RequestsPerMinute = Number(configuration, "Limits:RequestsPerMinute", 0, 0, 1_000_000),
            WorkspacesPerOrganization = Number(configuration, "Limits:WorkspacesPerOrganization", 500, 1, 1_000_000),
        };
    }

    // A misspelt limit would be no limit.
    private static void Known(IConfiguration configuration, string section, params string[] names)
    {
        if (configuration.GetSection(section).GetChildren()
            .Select(child => child.Key).Except(names, StringComparer.OrdinalIgnoreCase).FirstOrDefault() is { } unknown)
        {
            throw new StartupException(
                $"{section}:{unknown} is no setting of this service; there is "
                + $"{string.Join(" and ", names.Select(name => $"{section}:{name}"))}.");
        }
    }

    // A list, or one text with semicolons, as environment variables have it.
    private static string[] Origins(IConfigurationSection section)
    {
        var origins = section.GetChildren().Select(child => child.Value ?? "")
            .Concat((section.Value ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .ToArray();
        return origins.FirstOrDefault(origin => !IsOrigin(origin)) is { } wrong
            ? throw new StartupException($"Cors:Origins has '{wrong}'; an origin is written as https://app.example.com.")
            : origins;
    }

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
        && uri.GetLeftPart(UriPartial.Authority) == text && uri.UserInfo.Length == 0;

    private static int Number(IConfiguration configuration, string name, int otherwise, int least, int most) =>
        configuration[name] switch
        {
            null or "" => otherwise,
            var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                && value >= least && value <= most => value,
            var text =>
                throw new StartupException($"{name} is '{text}'; it must be a whole number from {least} to {most}."),
        };
}

/// <summary>A setting that the service cannot start with; its message is the one line that the operator gets.</summary>
public sealed class StartupException(string message) : Exception(message.Split('\n')[0].TrimEnd());
