using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using WorkspaceService.Infrastructure.Hosting;

namespace WorkspaceService.Infrastructure.Http;

/// <summary>Calls by pages of other origins.</summary>
public sealed class CorsTests(CorsTests.OpenService service) : IClassFixture<CorsTests.OpenService>
{
    private const string App = "https://app.example.com";

    private static readonly string[] Paths = ["/v1/workspaces", "/v1/workspace", "/api/v4/invites"];

    [Theory]
    [InlineData(App)]
    [InlineData("http://localhost:5173")]
    public async Task A_preflight_needs_no_key(string origin)
    {
        foreach (var path in Paths.Append("/v1/workspaces/WS-26-000001").Append("/openapi/v1.json"))
        {
            foreach (var method in new[] { "POST", "PATCH", "PUT", "DELETE" })
            {
                var answer = await service.Client(null).SendJson(
                    HttpMethod.Options,
                    path,
                    null,
                    ("Origin", origin),
                    ("Access-Control-Request-Method", method),
                    ("Access-Control-Request-Headers", "authorization,content-type,if-match,idempotency-key"));

                answer.StatusCode.Should().Be(HttpStatusCode.NoContent, path);
                Header(answer, "Access-Control-Allow-Origin").Should().Be(origin);
                Header(answer, "Access-Control-Allow-Methods").Should().Contain(method);
                Header(answer, "Access-Control-Allow-Headers")
                    .Should().ContainAll("authorization", "content-type", "if-match", "idempotency-key");
            }
        }
    }

    [Fact]
    public async Task Answers_and_errors_may_be_read_and_ETag_and_Location_are_exposed()
    {
        var tenant = await service.NewTenantAsync();
        var made = await tenant.Client.PostJson(
            "/v1/workspaces", new { organization_id = tenant.Id, name = "Made" }, ("Origin", App));
        made.StatusCode.Should().Be(HttpStatusCode.Created);
        ShouldBeReadable(made);

        foreach (var path in Paths)
        {
            var strange = await service.Client(null).PostJson(path, new { }, ("Origin", App));
            strange.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
            ShouldBeReadable(strange);
            var invalid = await tenant.Client.PostJson(path, new { name = "" }, ("Origin", App));
            ((int)invalid.StatusCode).Should().BeOneOf(400, 422);
            ShouldBeReadable(invalid);
            var broken = await tenant.Client.PostJson(path, "{", ("Origin", App));
            broken.StatusCode.Should().Be(HttpStatusCode.BadRequest);
            ShouldBeReadable(broken);
            var unknown = await tenant.Client.SendJson(HttpMethod.Get, path + "/1/nothing", null, ("Origin", App));
            unknown.StatusCode.Should().Be(HttpStatusCode.NotFound);
            ShouldBeReadable(unknown);
        }
    }

    [Theory]
    [InlineData("https://other.example.com")]
    [InlineData("http://app.example.com")]
    [InlineData("https://app.example.com.example.org")]
    [InlineData("null")]
    public async Task Another_origin_may_read_nothing(string origin)
    {
        var answer = await service.Root.SendJson(HttpMethod.Get, "/v1/me", null, ("Origin", origin));

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        Header(answer, "Access-Control-Allow-Origin").Should().BeEmpty();
        var preflight = await service.Root.SendJson(
            HttpMethod.Options, "/v1/me", null, ("Origin", origin), ("Access-Control-Request-Method", "GET"));
        Header(preflight, "Access-Control-Allow-Origin").Should().BeEmpty();
    }

    [Theory]
    [InlineData("*")]
    [InlineData("app.example.com")]
    [InlineData("https://app.example.com/")]
    [InlineData("https://app.example.com/path")]
    [InlineData("https://user@app.example.com")]
    [InlineData("ftp://app.example.com")]
    [InlineData("https://b\u00fccher.example.com")]
    [InlineData("https://app.example.com;nonsense")]
    public void What_is_no_origin_stops_the_start(string origin) =>
        FluentActions.Invoking(() => SettingsOf(("Cors:Origins", origin)))
            .Should().Throw<StartupException>().WithMessage("Cors:Origins has '*'; an origin is written as*");

    [Fact]
    public void Origins_are_a_list_or_one_text_and_none_by_default()
    {
        SettingsOf().CorsOrigins.Should().BeEmpty();
        SettingsOf(("Cors:Origins", "")).CorsOrigins.Should().BeEmpty();
        SettingsOf(("Cors:Origins", $"{App}; http://localhost:5173;")).CorsOrigins
            .Should().Equal(App, "http://localhost:5173");
        SettingsOf(("Cors:Origins:0", App), ("Cors:Origins:1", "http://localhost:5173")).CorsOrigins
            .Should().Equal(App, "http://localhost:5173");
    }

    private static Settings SettingsOf(params (string Key, string Value)[] settings) =>
        Settings.From(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Append(("ConnectionStrings:Workspaces", "Data Source=x.db"))
                .Select(setting => KeyValuePair.Create(setting.Item1, (string?)setting.Item2)))
            .Build());

    private static void ShouldBeReadable(HttpResponseMessage answer)
    {
        Header(answer, "Access-Control-Allow-Origin").Should().Be(App);
        Header(answer, "Access-Control-Expose-Headers").Should().ContainAll("ETag", "Location", "X-Request-Id");
    }

    private static string Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(",", values) : "";

    public sealed class OpenService : ServiceFixture
    {
        protected override void Configure(IWebHostBuilder builder) =>
            builder.UseSetting("Cors:Origins", $"{App}; http://localhost:5173");
    }

    public sealed class ByDefault(ServiceFixture service) : IClassFixture<ServiceFixture>
    {
        [Fact]
        public async Task No_origin_may_read_anything_and_a_preflight_is_no_401()
        {
            var preflight = await service.Client(null).SendJson(
                HttpMethod.Options, "/v1/me", null, ("Origin", App), ("Access-Control-Request-Method", "GET"));
            preflight.StatusCode.Should().Be(HttpStatusCode.NoContent);
            Header(preflight, "Access-Control-Allow-Origin").Should().BeEmpty();

            var answer = await service.Root.SendJson(HttpMethod.Get, "/v1/me", null, ("Origin", App));
            Header(answer, "Access-Control-Allow-Origin").Should().BeEmpty();
        }
    }
}
