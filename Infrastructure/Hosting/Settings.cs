using System.Globalization;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Hosting;

/// <summary>The configuration, read and validated once at startup.</summary>
public sealed record Settings
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);

    /// <summary>The settings as <c>--help</c> lists them.</summary>
    public const string Help = """
        Settings (--Name=value, --Name "value", or in the environment with __ for the colon):
          --ConnectionStrings:Workspaces      The database: "Data Source=FILE" for SQLite, "Host=…;Database=…" for
                                              PostgreSQL. [default: Data Source=data/workspaces.db]
          --ConnectionStrings:Notifications   A direct connection to PostgreSQL, where the other goes through a
                                              pooler. [default: the same]
          --Memory:MaxStaleness               Seconds after which what another instance has committed counts at
                                              the latest; 0 is no memory. [default: 1]
          --Bootstrap:RootKey                 The operator's key: root_key_ and at least 32 more characters.
                                              [default: made and printed at the first start]
          --Limits:RequestsPerMinute          Requests a minute for each key; 0 is no limit. [default: 0]
          --Limits:WorkspacesPerOrganization  The most workspaces of an organization on the Tape surface.
                                              [default: 500]
          --Audit:RetainRefusals              How long the audit log keeps what was refused, in days; events stay.
                                              [default: 90]
          --Cors:Origins                      Origins whose pages may call, separated by semicolons. [default: none]
          --urls                              Where the service listens. [default: http://localhost:8080]
          --Serilog:MinimumLevel:Default      How much is logged; any Serilog setting works. [default: Information]
        """;

    public required string ConnectionString { get; init; }

    /// <summary>
    /// A direct connection to PostgreSQL for notifications, where <see cref="ConnectionString"/> goes through a pooler;
    /// null for the same.
    /// </summary>
    public string? Notifications { get; init; }

    /// <summary>How long a cached answer may miss what another instance has committed; zero is no cache.</summary>
    public TimeSpan MaxStaleness { get; init; }

    /// <summary>The configured root key; null where the first start creates one.</summary>
    public string? RootKey { get; init; }

    /// <summary>Requests per minute and key; 0 is unlimited.</summary>
    public int RequestsPerMinute { get; init; }

    /// <summary>The maximum of workspaces per organization when one is created through the Tape surface.</summary>
    public int WorkspacesPerOrganization { get; init; }

    /// <summary>How long refusals stay in the audit log.</summary>
    public TimeSpan RetainRefusals { get; init; } = Refusals.DefaultRetention;

    /// <summary>The origins whose pages may call the service from a browser.</summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    /// <exception cref="StartupException">A value is missing or invalid.</exception>
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
            && (!rootKey.StartsWith(ApiKeyFormat.RootPrefix, StringComparison.Ordinal)
                || rootKey.Length < ApiKeyFormat.RootPrefix.Length + 32
                || rootKey.Any(char.IsWhiteSpace)))
        {
            throw new StartupException(
                "Bootstrap:RootKey must be root_key_ and at least 32 more characters without spaces.");
        }

        RejectUnknown(configuration, "Audit", nameof(RetainRefusals));
        RejectUnknown(configuration, "Bootstrap", "RootKey");
        RejectUnknown(configuration, "Cors", "Origins");
        RejectUnknown(configuration, "Memory", nameof(MaxStaleness));
        RejectUnknown(configuration, "Limits", nameof(RequestsPerMinute), nameof(WorkspacesPerOrganization));
        return new Settings
        {
            ConnectionString = connectionString,
            Notifications = NullIfEmpty(configuration.GetConnectionString("Notifications")),
            MaxStaleness = Duration(
                configuration, "Memory:MaxStaleness", ConnectionFactory.DefaultMaxStaleness, TimeSpan.FromMinutes(1)),
            RootKey = string.IsNullOrEmpty(rootKey) ? null : rootKey,
            RetainRefusals = Days(configuration, "Audit:RetainRefusals", Refusals.DefaultRetention),
            CorsOrigins = Origins(configuration.GetSection("Cors:Origins")),
            RequestsPerMinute = Number(configuration, "Limits:RequestsPerMinute", 0, 0, 1_000_000),
            WorkspacesPerOrganization = Number(configuration, "Limits:WorkspacesPerOrganization", 500, 1, 1_000_000),
        };
    }

    // A misspelt limit would otherwise be ignored, which is no limit.
    private static void RejectUnknown(IConfiguration configuration, string section, params string[] names)
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
            .Concat((section.Value ?? "").Split(
                ';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .ToArray();
        return origins.FirstOrDefault(origin => !IsOrigin(origin)) is { } wrong
            ? throw new StartupException(
                $"Cors:Origins has '{wrong}'; an origin is written as https://app.example.com.")
            : origins;
    }

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
        && uri.GetLeftPart(UriPartial.Authority) == text && uri.UserInfo.Length == 0
        && text.All(char.IsAscii);

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    // Seconds, or what TimeSpan reads.
    private static TimeSpan Duration(IConfiguration configuration, string name, TimeSpan fallback, TimeSpan max)
    {
        var text = configuration[name];
        if (string.IsNullOrEmpty(text))
        {
            return fallback;
        }

        var number = text.EndsWith('s') ? text[..^1] : text;
        var isRead = decimal.TryParse(
            number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds);
        var duration = isRead && seconds <= 3600 ? TimeSpan.FromSeconds((double)seconds)
            : TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) ? span
            : TimeSpan.MaxValue;
        return duration >= TimeSpan.Zero && duration <= max && (duration == TimeSpan.Zero || duration >= Shortest)
            ? duration
            : throw new StartupException(
                $"{name} is '{text}'; it must be 0 for no memory, or seconds from 0.1 to {max.TotalSeconds}.");
    }

    // Days, or what TimeSpan reads, such as 12:00:00.
    private static TimeSpan Days(IConfiguration configuration, string name, TimeSpan fallback) =>
        configuration[name] switch
        {
            null or "" => fallback,
            var text when TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span)
                && span >= TimeSpan.FromHours(1) && span.TotalDays <= 36_500 => span,
            var text => throw new StartupException(
                $"{name} is '{text}'; it must be days from 1 to 36500, or a time span from 01:00:00."),
        };

    private static int Number(IConfiguration configuration, string name, int fallback, int min, int max) =>
        configuration[name] switch
        {
            null or "" => fallback,
            var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                && value >= min && value <= max => value,
            var text =>
                throw new StartupException($"{name} is '{text}'; it must be a whole number from {min} to {max}."),
        };
}

/// <summary>Stops the start: Program prints its one-line message on standard error and exits with 1.</summary>
public sealed class StartupException(string message) : Exception(message.Split('\n')[0].TrimEnd());
