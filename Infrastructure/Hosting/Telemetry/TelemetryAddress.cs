namespace WorkspaceService.Infrastructure.Hosting.Telemetry;

/// <summary>Where telemetry goes: <c>Telemetry:Otlp</c>, or the variable of the OpenTelemetry specification.</summary>
internal static class TelemetryAddress
{
    public const string Setting = "Telemetry:Otlp";
    public const string Variable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private const string Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";

    // Of single signals; the SDK reads them itself.
    private static readonly string[] OfSignals = ["TRACES", "METRICS", "LOGS"];

    /// <summary>The address; null for none, and where the SDK is disabled.</summary>
    /// <exception cref="StartupException">It is none.</exception>
    public static Uri? Of(IConfiguration configuration)
    {
        var address = Read(configuration, Setting) ?? Read(configuration, Variable);
        if (address is null || bool.TryParse(configuration["OTEL_SDK_DISABLED"], out var disabled) && disabled)
        {
            return null;
        }

        foreach (var signal in OfSignals)
        {
            Read(configuration, $"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT");
            RequireProtocol(configuration, $"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL");
        }

        RequireProtocol(configuration, Protocol);
        return address;
    }

    // The message does not repeat the address, which may have a password in it.
    private static Uri? Read(IConfiguration configuration, string name) => configuration[name] switch
    {
        null or "" => null,
        var text when Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" => uri,
        _ => throw new StartupException(
            $"{name} is no address; it must be http or https, such as http://localhost:4317."),
    };

    // The SDK would ignore an unknown one.
    private static void RequireProtocol(IConfiguration configuration, string name)
    {
        if (configuration[name] is not (null or "" or "grpc" or "http/protobuf"))
        {
            throw new StartupException($"{name} is '{configuration[name]}'; it must be grpc or http/protobuf.");
        }
    }
}
