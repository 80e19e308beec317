using Serilog;
using Serilog.Core;
using Serilog.Formatting.Json;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Infrastructure.Operation;

/// <summary>The table of contents of the running service: what is in it, and what a request passes through.</summary>
public static class Startup
{
    private const long MaxBodyBytes = 1024 * 1024;

    public static void AddService(this WebApplicationBuilder builder)
    {
        var settings = Settings.From(builder.Configuration);
        DapperConventions.Apply();

        builder.Logging.ClearProviders();
        Log.Logger = Logger(builder.Configuration);
        builder.Logging.AddSerilog(dispose: true);

        if (builder.Configuration["urls"] is null && builder.Configuration["http_ports"] is null)
        {
            builder.WebHost.UseUrls("http://localhost:8080");
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
        });

        builder.Services
            .AddSingleton(settings)
            .AddSingleton(TimeProvider.System)
            .AddSingleton(services => Connect(settings, services.GetRequiredService<TimeProvider>()))
            .AddSingleton(new BootstrapKey(settings.RootKey))
            .AddSingleton<Callers>()
            .AddSingleton<CodeBook>()
            .AddHostedService<LastUsed>()
            .AddMediation();
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        builder.Services.ConfigureHttpJsonOptions(options => Wire.Configure(options.SerializerOptions));
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(10));
    }

    public static void UseService(this WebApplication app)
    {
        app.UseRequestIds();
        app.UseRequestLog();
        app.UseFailures();
        app.UseRouting();
        app.UseCallers();
        app.UseRateLimits();
        app.UseSafeRetries();
    }

    /// <summary>Migrates, and makes the operator's key on the first start.</summary>
    public static async Task PrepareDatabaseAsync(this WebApplication app)
    {
        var db = app.Services.GetRequiredService<ConnectionFactory>();
        var clock = app.Services.GetRequiredService<TimeProvider>();
        try
        {
            await db.MigrateAsync(clock);
        }
        catch (Exception exception) when (Outage.Is(exception) || exception is UnauthorizedAccessException or IOException)
        {
            throw new WrongSettingException($"the database of ConnectionStrings:Workspaces cannot be opened: {exception.Message}");
        }

        if (await Bootstrap.MakeRootKeyAsync(db, clock, app.Services.GetRequiredService<BootstrapKey>()) is { } key)
        {
            Console.WriteLine($"Root key, shown this once: {key}");
        }
    }

    private static Logger Logger(IConfiguration configuration)
    {
        try
        {
            return new LoggerConfiguration()
                .ReadFrom.Configuration(configuration)
                .WriteTo.Console(new JsonFormatter(renderMessage: true))
                .CreateLogger();
        }
        catch (InvalidOperationException wrong)
        {
            throw new WrongSettingException($"Serilog cannot be configured: {wrong.Message}");
        }
    }

    private static ConnectionFactory Connect(Settings settings, TimeProvider clock)
    {
        try
        {
            return new ConnectionFactory(settings.ConnectionString, clock);
        }
        catch (ArgumentException wrong)
        {
            throw new WrongSettingException($"ConnectionStrings:Workspaces cannot be used: {wrong.Message}");
        }
    }
}
