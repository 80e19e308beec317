using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Infrastructure.Http;

/// <summary>What the middleware says and logs, without a server.</summary>
public sealed class ErrorHandlingTests
{
    private readonly Captured _log = new();

    public static TheoryData<bool> Both => [true, false];

    [Theory]
    [MemberData(nameof(Both))]
    public async Task A_client_that_has_gone_away_is_no_error_of_the_server(bool hasStarted)
    {
        using var gone = new CancellationTokenSource();
        var http = Context("/v1/me", hasStarted);
        http.RequestAborted = gone.Token;

        await RunAsync(http, async _ =>
        {
            await gone.CancelAsync();
            gone.Token.ThrowIfCancellationRequested();
        });

        _log.Events.Should().BeEmpty();
        http.Response.StatusCode.Should().Be(hasStarted ? 200 : 499);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Nor_is_one_whose_connection_is_reset_while_its_body_is_read(bool hasStarted)
    {
        await RunAsync(Context("/v1/me", hasStarted), _ => throw new ConnectionResetException("reset"));

        _log.Events.Should().BeEmpty();
    }

    [Fact]
    public async Task A_failure_after_the_answer_has_begun_ends_the_connection()
    {
        var http = Context("/v1/me", hasStarted: true);

        await FluentActions.Awaiting(() => RunAsync(http, _ => throw new InvalidOperationException("bug")))
            .Should().ThrowAsync<InvalidOperationException>();
    }

    [Theory]
    [InlineData("/v1/workspaces/WS-26-000001", "workspace", "WS-26-000001", "\"code\":\"unavailable\"")]
    [InlineData("/v1/workspace/1", "workspaceNumber", "1", "\"error_code\":\"service_unavailable\"")]
    [InlineData("/api/v4/workspace_users/1", "userNumber", "1", "\"message\":")]
    public async Task A_database_that_goes_away_while_an_error_is_worded_is_503(
        string path, string name, string value, string said)
    {
        await using var nowhere = new ConnectionFactory(
            "Host=127.0.0.1;Port=1;Username=nobody;Timeout=2", TimeProvider.System);
        foreach (var failure in new Exception[]
        {
            new BadHttpRequestException("no body"), new NpgsqlException("gone"), new InvalidDataException("gzip"),
        })
        {
            var http = Context(path, hasStarted: false, services => services
                .AddSingleton(nowhere).AddSingleton<NumericIds>());
            http.Features.Set(ServiceFixture.RootCaller);
            http.Request.RouteValues[name] = value;

            await RunAsync(http, _ => throw failure);

            http.Response.StatusCode.Should().Be(503);
            http.Response.Headers.RetryAfter.ToString().Should().NotBeEmpty();
            Body(http).Should().Contain(said);
        }
    }

    [Fact]
    public async Task A_bug_in_the_wording_of_an_error_is_the_surfaces_500_and_both_are_logged()
    {
        // No database is registered, so that the caller's sight cannot be judged.
        var http = Context("/v1/workspaces/WS-26-000001", hasStarted: false);
        http.Features.Set(ServiceFixture.RootCaller);
        http.Request.RouteValues["workspace"] = "WS-26-000001";

        await RunAsync(http, _ => throw new BadHttpRequestException("no body"));

        http.Response.StatusCode.Should().Be(500);
        Body(http).Should().Contain("\"code\":\"internal\"");
        _log.Events.Should().ContainSingle().Which.Exception.Should().NotBeNull();
    }

    private static async Task RunAsync(HttpContext http, RequestDelegate endpoint)
    {
        var app = new ApplicationBuilder(http.RequestServices);
        app.UseErrorHandling();
        app.Run(endpoint);
        await app.Build()(http);
    }

    private DefaultHttpContext Context(string path, bool hasStarted, Action<IServiceCollection>? add = null)
    {
        var services = new ServiceCollection()
            .AddSingleton<ILogger>(new LoggerConfiguration().WriteTo.Sink(_log).CreateLogger());
        add?.Invoke(services);
        var http = new DefaultHttpContext { RequestServices = services.BuildServiceProvider() };
        http.Features.Set<IHttpResponseFeature>(new Response(hasStarted));
        http.Response.Body = new MemoryStream();
        http.Request.Path = path;
        return http;
    }

    private static string Body(HttpContext http) =>
        System.Text.Encoding.UTF8.GetString(((MemoryStream)http.Response.Body).ToArray());

    private sealed class Response(bool hasStarted) : HttpResponseFeature
    {
        public override bool HasStarted => hasStarted;
    }

    private sealed class Captured : ILogEventSink
    {
        public List<LogEvent> Events { get; } = [];

        public void Emit(LogEvent logEvent) => Events.Add(logEvent);
    }
}
