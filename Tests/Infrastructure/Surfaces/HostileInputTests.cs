using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WorkspaceService.Infrastructure.Surfaces;

/// <summary>
/// Malformed, oversized and hostile input gets the right 4xx, with code and pointer, and never a 500.
/// </summary>
[Collection("Surfaces")]
public sealed class HostileInputTests(ServiceFixture service)
{
    [Theory]
    [InlineData("{\"organization_id\": ")]
    [InlineData("{\"name\" \"x\"}")]
    [InlineData("{'name': 'x'}")]
    [InlineData("")]
    [InlineData("nope")]
    public async Task Broken_JSON_is_malformed(string body)
    {
        var response = await service.Root.SendJson(HttpMethod.Post, "/v1/workspaces", body);

        await response.ShouldBeProblem(HttpStatusCode.BadRequest, "malformed_json");
    }

    [Theory]
    [InlineData("{\"name\": 5}", "/name", "wrong_type")]
    [InlineData("{\"name\": [\"x\"]}", "/name", "wrong_type")]
    [InlineData("{\"seat_limit\": \"5\"}", "/seat_limit", "wrong_type")]
    [InlineData("{\"seat_limit\": 1.5}", "/seat_limit", "wrong_type")]
    [InlineData("{\"seat_limit\": 99999999999999999999}", "/seat_limit", "wrong_type")]
    [InlineData("{\"settings\": []}", "/settings", "wrong_type")]
    [InlineData("{\"settings\": \"x\"}", "/settings", "wrong_type")]
    [InlineData("{\"nmae\": \"x\"}", "/nmae", "unknown_member")]
    [InlineData("{\"name\": \"x\", \"name\": \"y\"}", "/name", "duplicate_member")]
    [InlineData("{\"name\": \"a\\u0000b\"}", "/name", "wrong_type")]
    [InlineData("{\"name\": \"a\\ud800b\"}", "/name", "wrong_type")]
    [InlineData("{\"settings\": {\"note\": \"a\\u0000b\"}}", "/settings", "wrong_type")]
    [InlineData("{\"settings\": {\"no\\u0000te\": 1}}", "/settings", "wrong_type")]
    [InlineData("{\"settings\": {\"a\": 1, \"a\": 2}}", "/settings", "duplicate_member")]
    public async Task A_value_of_the_wrong_kind_is_pointed_at(string body, string pointer, string code)
    {
        var response = await service.Root.SendJson(HttpMethod.Post, "/v1/workspaces", body);

        var problem = await response.ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");
        var error = problem.GetProperty("errors").EnumerateArray().Single();
        error.GetProperty("pointer").GetString().Should().StartWith(pointer);
        error.GetProperty("code").GetString().Should().Be(code);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"text\"")]
    [InlineData("5")]
    public async Task A_body_that_is_no_object_is_refused(string body)
    {
        var response = await service.Root.SendJson(HttpMethod.Post, "/v1/workspaces", body);

        ((int)response.StatusCode).Should().BeOneOf(400, 422);
    }

    [Fact]
    public async Task A_body_of_two_megabytes_is_too_large()
    {
        // Asked first: a body that is being sent while the answer comes may end in a reset connection.
        var response = await service.Root.PostJson(
            "/v1/workspaces", new { name = new string('x', 2 * 1024 * 1024) }, ("Expect", "100-continue"));

        await response.ShouldBeProblem(HttpStatusCode.RequestEntityTooLarge, "payload_too_large");
    }

    [Fact]
    public async Task Another_media_type_is_not_read()
    {
        var response = await service.Root.PostAsync(
            "/v1/workspaces", new StringContent("name=x", Encoding.UTF8, "application/x-www-form-urlencoded"));

        await response.ShouldBeProblem(HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
    }

    [Fact]
    public async Task An_unknown_address_and_a_wrong_verb_are_said()
    {
        await (await service.Root.GetAsync("/v1/nothing")).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        var wrongVerb = await service.Root.DeleteAsync("/v1/workspaces");
        await wrongVerb.ShouldBeProblem(HttpStatusCode.MethodNotAllowed, "method_not_allowed");
        wrongVerb.Content.Headers.Allow.Should().Contain("POST");
    }

    [Theory]
    [InlineData("WS-26-00002x")]
    [InlineData("ORG-26-000001")]
    [InlineData("1")]
    [InlineData("WS-26-000001'; DROP TABLE workspaces; --")]
    [InlineData("%00")]
    [InlineData("WS-26-99999999999999999999999999")]
    [InlineData("..%2f..%2fetc%2fpasswd")]
    public async Task What_is_no_code_of_a_workspace_is_not_found(string id)
    {
        var response = await service.Root.GetAsync($"/v1/workspaces/{id}");

        response.StatusCode.Should().BeOneOf(HttpStatusCode.NotFound, HttpStatusCode.BadRequest);
        ((int)response.StatusCode).Should().BeLessThan(500);
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("Robert'); DROP TABLE workspaces; --")]
    [InlineData("{{7*7}} ${jndi:ldap://example.com/a} %s%n")]
    [InlineData("𝕎𝕠𝕣𝕜 🧑‍🚀 مساحة العمل")]
    public async Task Text_that_looks_like_code_is_text(string name)
    {
        var tenant = await service.NewTenantAsync();

        var response = await tenant.Client.PostJson("/v1/workspaces", new { organization_id = tenant.Id, name });

        var workspace = await response.Data(HttpStatusCode.Created);
        workspace.GetProperty("name").GetString().Should().Be(name);
        (await (await tenant.Client.GetAsync($"/v1/workspaces/{workspace.GetProperty("id").GetString()}")).Data())
            .GetProperty("name").GetString().Should().Be(name);
    }

    [Theory]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer user_key_short")]
    [InlineData("Basic !!!")]
    [InlineData("Basic OnBhc3N3b3Jk")]
    [InlineData("Digest username=x")]
    public async Task Credentials_that_cannot_be_keys_are_401(string header)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/v1/workspaces/WS-26-000001");
        request.Headers.TryAddWithoutValidation("Authorization", header);

        var response = await service.Client(null).SendAsync(request);

        await response.ShouldBeProblem(HttpStatusCode.Unauthorized, "unauthenticated");
        response.Headers.WwwAuthenticate.ToString().Should().Be("Bearer");
    }

    [Theory]
    [InlineData("Authorization", "Bearer {0}")]
    [InlineData("Authorization", "bearer {0}")]
    [InlineData("Authentication", "Bearer {0}")]
    [InlineData("Authorization", "Basic")]
    public async Task A_key_is_accepted_in_every_form(string name, string value)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/workspaces/{workspace.Id}");
        request.Headers.TryAddWithoutValidation(name, value == "Basic"
            ? "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(tenant.OwnerKey + ":"))
            : string.Format(System.Globalization.CultureInfo.InvariantCulture, value, tenant.OwnerKey));

        (await service.Client(null).SendAsync(request)).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Bytes_that_are_no_HTTP_do_not_stop_the_service()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(service.ClientOptions.BaseAddress.Host, service.ClientOptions.BaseAddress.Port);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes("\0\x01 garbage\r\n\r\n"));
        var buffer = new byte[1024];
        var read = await socket.GetStream().ReadAsync(buffer);

        Encoding.ASCII.GetString(buffer, 0, read).Should().StartWith("HTTP/1.1 400");
        (await service.Root.GetAsync("/v1/workspaces/WS-26-999999")).StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_id_that_the_caller_may_not_see_is_404_before_the_body_is_judged()
    {
        var tenant = await service.NewTenantAsync();
        var stranger = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        foreach (var body in new[] { "{", "{\"nonsense\": 1}", "{\"user_id\": 5}", "{}", "null" })
        {
            var response = await stranger.Client.SendJson(
                HttpMethod.Post, $"/v1/workspaces/{workspace.Id}/members", body);
            await response.ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        }
    }
}
