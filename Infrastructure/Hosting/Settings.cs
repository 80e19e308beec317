using System.Globalization;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Dispatch;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Hosting.Telemetry;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

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
          --Webhooks:Timeout                  Seconds that a receiver of webhooks has for its answer. [default: 15]
          --Webhooks:RetrySchedule            The waits between the tries of a delivery, separated by semicolons.
                                              [default: 00:00:05;00:05;00:30;02:00;05:00;10:00;14:00;20:00;1.00:00]
          --Webhooks:AllowHttp                true allows http addresses, for development. [default: false]
          --Webhooks:AllowPrivateNetworks     true allows addresses that are not public, for development.
                                              [default: false]
          --Webhooks:RetainDeliveries         Days for which ended deliveries are shown. [default: 30]
          --Audit:RetainRefusals              How long the audit log keeps what was refused, in days; events stay.
                                              [default: 90]
          --Console:Enabled                   false serves no console. [default: true]
          --Console:SessionLifetime           How long after its sign-in a session of the console ends.
                                              [default: 12:00:00]
          --Console:IdleTimeout               How long after its last page a session of the console ends.
                                              [default: 01:00:00]
          --Cors:Origins                      Origins whose pages may call, separated by semicolons. [default: none]
          --Telemetry:Otlp                    Where traces, metrics and logs go, such as http://localhost:4317; so
                                              says OTEL_EXPORTER_OTLP_ENDPOINT. [default: nowhere]
          --urls                              Where the service listens. [default: http://localhost:8080]
          --Serilog:MinimumLevel:Default      How much is logged; any Serilog setting works. [default: Information]
        """;

    public required string ConnectionString { get; init; }

    /// <summary>Where traces, metrics and logs go over OTLP; null for nowhere.</summary>
    public Uri? Otlp { get; init; }

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

    public WebhookSettings Webhooks { get; init; } = new();

    public ConsoleSettings Console { get; init; } = new();

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
        RejectUnknown(configuration, "Console", [.. typeof(ConsoleSettings).GetProperties().Select(p => p.Name)]);
        RejectUnknown(configuration, "Cors", "Origins");
        RejectUnknown(configuration, "Memory", nameof(MaxStaleness));
        RejectUnknown(configuration, "Telemetry", nameof(Otlp));
        RejectUnknown(configuration, "Limits", nameof(RequestsPerMinute), nameof(WorkspacesPerOrganization));
        RejectUnknown(configuration, "Webhooks", [.. typeof(WebhookSettings).GetProperties().Select(p => p.Name)]);
        return new Settings
        {
            ConnectionString = connectionString,
            Notifications = NullIfEmpty(configuration.GetConnectionString("Notifications")),
            MaxStaleness = Duration(
                configuration, "Memory:MaxStaleness", ConnectionFactory.DefaultMaxStaleness, TimeSpan.FromMinutes(1)),
            RootKey = string.IsNullOrEmpty(rootKey) ? null : rootKey,
            Webhooks = WebhooksFrom(configuration),
            Console = ConsoleFrom(configuration),
            Otlp = TelemetryAddress.Of(configuration),
            RetainRefusals = Days(configuration, "Audit:RetainRefusals", Refusals.DefaultRetention),
            CorsOrigins = Origins(configuration.GetSection("Cors:Origins")),
            RequestsPerMinute = Number(configuration, "Limits:RequestsPerMinute", 0, 0, 1_000_000),
            WorkspacesPerOrganization = Number(configuration, "Limits:WorkspacesPerOrganization", 500, 1, 1_000_000),
        };
    }

    private static WebhookSettings WebhooksFrom(IConfiguration configuration)
    {
        var defaults = new WebhookSettings();
        var waits = Texts(configuration.GetSection("Webhooks:RetrySchedule"));
        return defaults with
        {
            Timeout = AnswerTime(configuration, "Webhooks:Timeout", defaults.Timeout),
            RetrySchedule = waits.Count == 0 ? defaults.RetrySchedule : waits.ConvertAll(Wait),
            AllowHttp = Flag(configuration, "Webhooks:AllowHttp"),
            AllowPrivateNetworks = Flag(configuration, "Webhooks:AllowPrivateNetworks"),
            RetainDeliveries = Days(configuration, "Webhooks:RetainDeliveries", defaults.RetainDeliveries),
        };
    }

    private static ConsoleSettings ConsoleFrom(IConfiguration configuration)
    {
        var defaults = new ConsoleSettings();
        return new ConsoleSettings
        {
            Enabled = Flag(configuration, "Console:Enabled", defaults.Enabled),
            SessionLifetime = Span(configuration, "Console:SessionLifetime", defaults.SessionLifetime),
            IdleTimeout = Span(configuration, "Console:IdleTimeout", defaults.IdleTimeout),
        };
    }

    private static TimeSpan Span(IConfiguration configuration, string name, TimeSpan fallback) =>
        configuration[name] switch
        {
            null or "" => fallback,
            var text when text.Contains(':', StringComparison.Ordinal)
                && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span)
                && span >= TimeSpan.FromMinutes(1) && span.TotalDays <= 30 => span,
            var text => throw new StartupException(
                $"{name} is '{text}'; it is written as 01:00:00, and may be from 00:01:00 to 30.00:00:00."),
        };

    private static TimeSpan AnswerTime(IConfiguration configuration, string name, TimeSpan fallback) =>
        configuration[name] switch
        {
            null or "" => fallback,
            var text when DurationOf(text) is var time && time >= Shortest && time <= TimeSpan.FromMinutes(5) => time,
            var text => throw new StartupException($"{name} is '{text}'; it must be seconds from 0.1 to 300."),
        };

    private static TimeSpan Wait(string text) =>
        TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var wait)
        && wait > TimeSpan.Zero && wait <= TimeSpan.FromDays(30) && text.Contains(':', StringComparison.Ordinal)
            ? wait
            : throw new StartupException(
                $"Webhooks:RetrySchedule has '{text}'; a wait is written as 00:00:05, and at most 30.00:00:00.");

    private static bool Flag(IConfiguration configuration, string name, bool fallback = false) =>
        configuration[name] switch
        {
            null or "" => fallback,
            var text when bool.TryParse(text, out var value) => value,
            var text => throw new StartupException($"{name} is '{text}'; it must be true or false."),
        };

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
    private static List<string> Texts(IConfigurationSection section) =>
    [
        .. section.GetChildren().Select(child => child.Value ?? ""),
        .. (section.Value ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
    ];

    private static List<string> Origins(IConfigurationSection section)
    {
        var origins = Texts(section);
        return origins.Find(origin => !IsOrigin(origin)) is { } wrong
            ? throw new StartupException(
                $"Cors:Origins has '{wrong}'; an origin is written as https://app.example.com.")
            : origins;
    }

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
        && uri.GetLeftPart(UriPartial.Authority) == text && uri.UserInfo.Length == 0
        && text.All(char.IsAscii);

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static TimeSpan Duration(IConfiguration configuration, string name, TimeSpan fallback, TimeSpan max)
    {
        var text = configuration[name];
        if (string.IsNullOrEmpty(text))
        {
            return fallback;
        }

        var duration = DurationOf(text);
        return duration >= TimeSpan.Zero && duration <= max && (duration == TimeSpan.Zero || duration >= Shortest)
            ? duration
            : throw new StartupException(
                $"{name} is '{text}'; it must be 0 for no memory, or seconds from 0.1 to {max.TotalSeconds}.");
    }

    // Seconds, or what TimeSpan reads.
    private static TimeSpan DurationOf(string text)
    {
        var number = text.EndsWith('s') ? text[..^1] : text;
        var isRead = decimal.TryParse(
            number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds);
        return isRead && seconds <= 3600 ? TimeSpan.FromSeconds((double)seconds)
            : TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) ? span
            : TimeSpan.MaxValue;
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
