using System.Globalization;

namespace WorkspaceService.Infrastructure.Hosting;

/// <summary>
/// The addresses that the service listens on, as a client on the same machine calls them: <c>http://+:8080</c> becomes
/// <c>http://localhost:8080</c>.
/// </summary>
public static class ServerAddresses
{
    public const string Default = "http://localhost:8080";

    private static readonly string[] Settings = ["urls", "http_ports", "https_ports"];

    /// <summary>The plain HTTP address that this configuration gives a service; null for none.</summary>
    public static string? Of(IConfiguration configuration)
    {
        var endpoints = configuration.GetSection("Kestrel:Endpoints")
            .GetChildren().Select(e => e["Url"]).OfType<string>().ToArray();
        return Local(endpoints.Length > 0 ? endpoints
            : configuration["urls"] is { Length: > 0 } urls ? Split(urls)
            : configuration["http_ports"] is { Length: > 0 } ports
                ? Split(ports).Select(port => $"http://localhost:{port}")
            : AreConfigured(configuration) ? []
            : [Default]);
    }

    /// <summary>True where the configuration says where to listen, for HTTPS alone too.</summary>
    public static bool AreConfigured(IConfiguration configuration) =>
        Settings.Any(name => !string.IsNullOrEmpty(configuration[name]))
        || configuration.GetSection("Kestrel:Endpoints").GetChildren().Any();

    /// <summary>The first plain HTTP address, with any wildcard host replaced by localhost.</summary>
    public static string? Local(IEnumerable<string> addresses)
    {
        foreach (var address in addresses.Where(a => a.StartsWith("http://", StringComparison.OrdinalIgnoreCase)))
        {
            var binding = BindingAddress.Parse(address);
            if (!binding.IsUnixPipe && !binding.IsNamedPipe)
            {
                var host = binding.Host is "+" or "*" or "0.0.0.0" or "[::]" ? "localhost" : binding.Host;
                return string.Create(CultureInfo.InvariantCulture, $"http://{host}:{binding.Port}");
            }
        }

        return null;
    }

    private static string[] Split(string several) =>
        several.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
