using System.Data.Common;
using System.Net.Sockets;
using System.Reflection;
using Carter;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Dispatch;
using WorkspaceService.Infrastructure.Hosting.Logging;
using WorkspaceService.Infrastructure.Hosting.Telemetry;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.OpenApi;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Infrastructure.Hosting;

/// <summary>Registers the services, orders the middleware, and starts the host.</summary>
public static class Startup
{
    internal const int MaxBodyBytes = 1024 * 1024;

    // What a page of another origin may read beside the body.
    private static readonly string[] ExposedHeaders =
        ["ETag", "Location", "X-Request-Id", "Idempotency-Replayed", "RateLimit", "RateLimit-Policy", "Retry-After"];

    public static WebApplicationBuilder CreateBuilder(Arguments arguments)
    {
        // With pipe-based parsing, shutdown cancels the read of a body that is still arriving, and the request fails;
        // with stream-based parsing it completes (dotnet/aspnetcore#19476).
        AppContext.SetSwitch("Microsoft.AspNetCore.UseStreamBasedJsonParsing", true);
        try
        {
            return WebApplication.CreateBuilder(arguments.Settings);
        }
        catch (Exception exception)
            when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                $"the configuration cannot be read: {(exception.InnerException ?? exception).Message}");
        }
    }

    public static void AddService(this WebApplicationBuilder builder)
    {
        var settings = Settings.From(builder.Configuration);

        builder.AddTelemetry(settings);
        builder.AddLogging(settings);

        if (!ServerAddresses.AreConfigured(builder.Configuration))
        {
            builder.WebHost.UseUrls(ServerAddresses.Default);
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
        });

        builder.Services
            .AddSingleton(settings)
            .AddSingleton(TimeProvider.System)
            .AddSingleton(services => Connect(settings, services))
            .AddSingleton(new RootKey(settings.RootKey))
            .AddSingleton<ApiKeyAuthenticator>()
            .AddSingleton<NumericIds>()
            .AddSingleton<DatabaseProbe>()
            .AddHostedService<LastUsedWriter>()
            .AddHostedService<Housekeeping>()
            .AddSingleton(settings.Console)
            .AddConsole()
            .AddSingleton(settings.Webhooks)
            .AddSingleton<WebhookSender>()
            .AddHostedService<WebhookDispatcher>()
            .AddSingleton<EventStreams>()
            .AddHostedService(services => services.GetRequiredService<EventStreams>())
            .AddSingleton<RefusedRequests>()
            .AddHostedService<RefusalWriter>()
            .AddMediation()
            .AddCarter(configurator: carter => carter.WithModules(Modules()).WithEmptyValidators())
            .AddOpenApiDescription();
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        builder.Services.ConfigureHttpJsonOptions(options =>
        {
            JsonConventions.Configure(options.SerializerOptions);
            options.SerializerOptions.MaxDepth = JsonConventions.RequestDepth;
        });
        // With the last lines of the log, at most eight seconds: containers are killed after ten.
        builder.Services.Configure<HostOptions>(options =>
        {
            options.ShutdownTimeout = TimeSpan.FromSeconds(6);

            // What is done in the background is no reason to answer nobody; its failure is logged.
            options.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.Ignore;
        });
        builder.Services.AddSecurityHeaders();
        builder.Services.AddRequestDecompression(
            options => options.DecompressionProviders["br"] = new BrotliDecompression());
        builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
            .WithOrigins([.. settings.CorsOrigins]).AllowAnyMethod().AllowAnyHeader()
            .WithExposedHeaders(ExposedHeaders).SetPreflightMaxAge(TimeSpan.FromHours(1))));
    }

    public static void UseService(this WebApplication app)
    {
        app.StartTelemetry();
        app.UseSecurityHeaders();
        app.UseRequestId();
        app.UseRequestLogging();
        app.UseHeadRequests();
        app.UseErrorHandling();
        app.UseCacheHeaders();
        app.UseConsole();
        app.UseCors();
        app.UseDocsPage();
        app.UseEmptyBodies();
        app.UseFreshReads();
        app.UseRouting();
        app.UseApiKeyAuthentication();
        app.UseConsoleForms();
        app.UseRateLimits();
        app.UseQueryParameters();
        app.UseRequestBodies();
        app.UseIdempotency();
    }

    /// <summary>Applies the migrations, and creates and prints the root key at the first start.</summary>
    public static async Task PrepareDatabaseAsync(this WebApplication app)
    {
        var db = app.Services.GetRequiredService<ConnectionFactory>();
        var clock = app.Services.GetRequiredService<TimeProvider>();
        try
        {
            await db.MigrateAsync(clock);
            if (await Bootstrap.MakeRootKeyAsync(db, app.Services.GetRequiredService<RootKey>()) is { } key)
            {
                Console.WriteLine($"Root key, shown this once: {key}");
            }
        }
        catch (Exception exception)
            when (exception is DbException or TimeoutException or UnauthorizedAccessException or IOException)
        {
            throw new StartupException(
                $"the database of ConnectionStrings:Workspaces cannot be opened: {exception.Message}");
        }
    }

    /// <summary>Runs the command-line options of slices; their messages are printed once the service listens.</summary>
    public static async Task RunOptionsAsync(this WebApplication app, Arguments arguments)
    {
        var messages = new List<Func<string, string>>();
        foreach (var option in arguments.Options)
        {
            messages.Add((await option.RunAsync(app.Services)).Match(message => message, fault => _ => fault.Message));
        }

        app.Lifetime.ApplicationStarted.Register(() =>
        {
            var features = app.Services.GetRequiredService<IServer>().Features;
            var addresses = features.Get<IServerAddressesFeature>()?.Addresses ?? [];
            var address = ServerAddresses.Local(addresses) ?? ServerAddresses.Default;
            foreach (var message in messages)
            {
                Console.WriteLine(message(address));
            }
        });
    }

    public static async Task ListenAsync(this WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch (Exception exception)
            when (exception is IOException or SocketException or FormatException or ArgumentException
                or InvalidOperationException)
        {
            throw new StartupException($"it cannot listen: {exception.Message}");
        }
    }

    /// <exception cref="StartupException">The text is no connection string; it is named in the message.</exception>
    internal static ConnectionFactory Connect(
        string connectionString, TimeProvider clock, string setting = "ConnectionStrings:Workspaces") =>
        Named(setting, () => new ConnectionFactory(connectionString, clock));

    // Carter's own scan finds public types only.
    private static Type[] Modules() =>
    [
        .. Assembly.GetExecutingAssembly().DefinedTypes
            .Where(type => !type.IsAbstract && type.IsAssignableTo(typeof(ICarterModule))),
    ];

    private static ConnectionFactory Connect(Settings settings, IServiceProvider services) => Named(
        settings.Notifications is null
            ? "ConnectionStrings:Workspaces"
            : "ConnectionStrings:Workspaces or ConnectionStrings:Notifications",
        () => new ConnectionFactory(
            settings.ConnectionString,
            services.GetRequiredService<TimeProvider>(),
            settings.MaxStaleness,
            settings.Notifications,
            services.GetRequiredService<ILogger<ConnectionFactory>>()));

    private static ConnectionFactory Named(string setting, Func<ConnectionFactory> connect)
    {
        try
        {
            return connect();
        }
        catch (ArgumentException exception)
        {
            throw new StartupException($"{setting} cannot be used: {exception.Message}");
        }
    }
}
