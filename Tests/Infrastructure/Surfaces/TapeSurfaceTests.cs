using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using WorkspaceService.Features.ApiKeys;
using WorkspaceService.Features.Organizations;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Surfaces;

[Collection("Clock")]
public sealed class TapeSurfaceTests(ServiceFixture service)
{
    [Fact]
    public async Task Without_a_key_nobody_gets_in()
    {
        var response = await service.Client(null).GetAsync("/v1/workspace/org?with=query");

        var error = await response.ShouldBeTapeError(HttpStatusCode.Unauthorized, "dev_api_authentication");
        error.GetProperty("endpoint").GetString().Should().Be("/v1/workspace/org");
        response.Headers.WwwAuthenticate.ToString().Should().Be("Bearer");
    }

    [Theory]
    [InlineData("Bearer", "user_key_replace_with_your_api_key")]
    [InlineData("Bearer", "workflow_key_1234567890")]
    [InlineData("Basic", "user_key_replace_with_your_api_key:")]
    [InlineData("Basic", "user_key_replace_with_your_api_key:password")]
    public async Task A_malformed_key_is_a_bad_request(string scheme, string key)
    {
        var client = service.Client(null);
        client.DefaultRequestHeaders.Authorization =
            new(scheme, scheme == "Basic" ? Convert.ToBase64String(Encoding.UTF8.GetBytes(key)) : key);

        var response = await client.GetAsync("/v1/workspace/org");

        await response.ShouldBeTapeError(HttpStatusCode.BadRequest, "validation");
        response.Headers.WwwAuthenticate.Should().BeEmpty();
    }

    [Fact]
    public async Task A_well_formed_key_that_was_never_issued_is_no_key()
    {
        var response = await service.Client(ApiKeyFormat.Create("user")).GetAsync("/v1/org");

        await response.ShouldBeTapeError(HttpStatusCode.Unauthorized, "dev_api_authentication");
    }

    [Theory]
    [InlineData("GET", "/v1/workspace/1/nothing", HttpStatusCode.NotFound, "not_found")]
    [InlineData("GET", "/v1/workspace", HttpStatusCode.MethodNotAllowed, "invalid_request_method")]
    [InlineData("PATCH", "/v1/org/user", HttpStatusCode.MethodNotAllowed, "invalid_request_method")]
    [InlineData("DELETE", "/v1/workspace/abc", HttpStatusCode.NotFound, "not_found")]
    [InlineData("GET", "/v1/workspace/abc", HttpStatusCode.NotFound, "not_found")]
    [InlineData("GET", "/v1/workspace/1", HttpStatusCode.MethodNotAllowed, "invalid_request_method")]
    [InlineData("PATCH", "/v1/workspace/org", HttpStatusCode.MethodNotAllowed, "invalid_request_method")]
    [InlineData("GET", "/v1/workspace/1/member/1", HttpStatusCode.MethodNotAllowed, "invalid_request_method")]
    [InlineData("GET", "/v1/workspace/1/member/one", HttpStatusCode.NotFound, "not_found")]
    [InlineData("GET", "/v1/workspace/0/member", HttpStatusCode.NotFound, "not_found")]
    [InlineData("GET", "/v1/workspace/-1/member", HttpStatusCode.NotFound, "not_found")]
    [InlineData("GET", "/v1/workspace/1.5/member", HttpStatusCode.NotFound, "not_found")]
    [InlineData("GET", "/v1/workspace/9223372036854775807/member", HttpStatusCode.NotFound, "not_found")]
    [InlineData("GET", "/v1/workspace/9223372036854775808/member", HttpStatusCode.NotFound, "not_found")]
    [InlineData("GET", "/v1/workspace/%D9%A1/member", HttpStatusCode.NotFound, "not_found")]
    [InlineData("DELETE", "/v1/workspace/1/member/x", HttpStatusCode.NotFound, "not_found")]
    [InlineData("DELETE", "/v1/workspace/org", HttpStatusCode.NotFound, "not_found")]
    [InlineData("GET", "/V1/WorkSpace/nothing", HttpStatusCode.NotFound, "not_found")]
    public async Task What_the_framework_refuses_is_worded_here(
        string method, string path, HttpStatusCode status, string code)
    {
        var tenant = await service.NewTenantAsync();

        await (await tenant.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path)))
            .ShouldBeTapeError(status, code);
    }

    [Theory]
    [InlineData("/v1/workspaces/nothing/at/all")]
    [InlineData("/v1/orgs/nothing/at/all")]
    [InlineData("/v1/workspacex")]
    [InlineData("/v1/organization")]
    [InlineData("/v1")]
    public async Task The_plural_and_everything_else_stays_native(string path)
    {
        var tenant = await service.NewTenantAsync();

        await (await tenant.Client.GetAsync(path)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Theory]
    [InlineData("{", "invalid_json")]
    [InlineData("", "invalid_json")]
    [InlineData("nonsense", "invalid_json")]
    [InlineData("[]", "validation")]
    [InlineData("{\"name\": 5}", "validation")]
    [InlineData("{\"name\": \"One\", \"name\": \"Two\"}", "validation")]
    [InlineData("{\"name\": \"a\\u0000b\"}", "validation")]
    [InlineData("{}", "validation")]
    [InlineData("{\"name\": \"  \"}", "validation")]
    [InlineData("{\"name\": \"One\", \"type\": \"secret\"}", "validation")]
    public async Task A_body_that_cannot_be_used_is_a_bad_request(string body, string code)
    {
        var tenant = await service.NewTenantAsync();

        await (await tenant.Client.PostJson("/v1/workspace", body)).ShouldBeTapeError(HttpStatusCode.BadRequest, code);
    }

    [Fact]
    public async Task A_refused_body_says_what_is_wrong_where()
    {
        var tenant = await service.NewTenantAsync();

        var error = await (await tenant.Client.PostJson("/v1/workspace", new { type = "secret" }))
            .ShouldBeTapeError(HttpStatusCode.BadRequest, "validation");

        error.GetProperty("error_message").GetString()
            .Should().Be("name: Give a name. type: Must be one of: private, closed, open, default.");
    }

    [Fact]
    public async Task Another_media_type_and_a_body_too_large_are_refused()
    {
        var tenant = await service.NewTenantAsync();

        var text = await tenant.Client.PostAsync("/v1/workspace", new StringContent("{}", Encoding.UTF8, "text/plain"));
        await text.ShouldBeTapeError(HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
        var large = await tenant.Client.PostJson(
            "/v1/workspace",
            new { name = "Large", description = new string('x', 2 * 1024 * 1024) },
            ("Expect", "100-continue"));
        await large.ShouldBeTapeError(HttpStatusCode.RequestEntityTooLarge, "request_too_large");
    }

    [Fact]
    public async Task Members_of_a_body_that_nobody_knows_are_ignored()
    {
        var tenant = await service.NewTenantAsync();

        var workspace = await (await tenant.Client.PostJson(
            "/v1/workspace", new { name = "Known", color = "blue", nested = new { a = 1 } })).Bare();

        workspace.GetProperty("name").GetString().Should().Be("Known");
        workspace.GetProperty("type").GetString()
            .Should().Be("closed", "that is what a workspace is here unless it says otherwise");
        workspace.GetProperty("description").ValueKind.Should().Be(JsonValueKind.Null);
    }

    // Every kind of fault has its status and its code, whichever endpoint raises it.
    [Theory]
    [InlineData(FaultKind.Malformed, 400, "validation")]
    [InlineData(FaultKind.Unauthenticated, 401, "dev_api_authentication")]
    [InlineData(FaultKind.Forbidden, 403, "restricted_resource")]
    [InlineData(FaultKind.NotFound, 404, "not_found")]
    [InlineData(FaultKind.MethodNotAllowed, 405, "invalid_request_method")]
    [InlineData(FaultKind.Conflict, 409, "conflict_error")]
    [InlineData(FaultKind.Gone, 404, "not_found")]
    [InlineData(FaultKind.Stale, 409, "conflict_error")]
    [InlineData(FaultKind.TooLarge, 413, "request_too_large")]
    [InlineData(FaultKind.UnsupportedMediaType, 415, "unsupported_media_type")]
    [InlineData(FaultKind.Invalid, 400, "validation")]
    [InlineData(FaultKind.TooMany, 429, "user_too_many_requests")]
    [InlineData(FaultKind.Internal, 500, "internal_server_error")]
    [InlineData(FaultKind.Unavailable, 503, "service_unavailable")]
    public async Task Every_kind_of_fault_has_its_code(FaultKind kind, int status, string code)
    {
        var http = new DefaultHttpContext { RequestServices = service.Services };
        http.Request.Path = "/v1/workspace/7";
        using var answer = new MemoryStream();
        http.Response.Body = answer;

        await Surface.Of(http.Request).WriteErrorAsync(http, new Fault(kind, "some_code", "Said."));

        http.Response.StatusCode.Should().Be(status);
        Encoding.UTF8.GetString(answer.ToArray()).Should()
            .Be($$"""{"status_code":{{status}}"""
                + $$""","endpoint":"/v1/workspace/7","error_code":"{{code}}","error_message":"Said."}""");
        http.Response.Headers.RetryAfter.ToString().Should().Be(status == 503 ? "1" : "");
    }

    [Fact]
    public void Every_kind_of_fault_is_in_that_table() =>
        typeof(TapeSurfaceTests).GetMethod(nameof(Every_kind_of_fault_has_its_code))!
            .GetCustomAttributes(typeof(InlineDataAttribute), false).Should()
            .HaveCount(Enum.GetValues<FaultKind>().Length);

    [Fact]
    public async Task The_organization_is_the_keys_and_else_the_earliest_joined()
    {
        var first = await service.NewTenantAsync();
        var second = await service.NewTenantAsync();
        var person = await second.NewMemberAsync(Roles.Admin);
        service.Clock.Advance(TimeSpan.FromMinutes(1));
        await service.Do(new AddOrganizationMember.Command(
            ServiceFixture.RootCaller, first.Id, UserId: person.Id, Role: Roles.Admin));
        var narrowed = (await service.Do(new CreateApiKey.Command(
            await person.CallerAsync(), "First", "user", first.Id))).Value.Key!;

        (await (await person.Client.PostJson("/v1/workspace", new { name = "Earliest" })).Bare())
            .GetProperty("org_id").GetInt64().Should().Be(second.Id.Number());
        (await (await service.Client(narrowed).PostJson("/v1/workspace", new { name = "Named" })).Bare())
            .GetProperty("org_id").GetInt64().Should().Be(first.Id.Number());
        (await (await person.Client.GetAsync("/v1/org")).Bare()).GetProperty("org_id").GetInt64()
            .Should().Be(second.Id.Number());
        (await (await service.Client(narrowed).GetAsync("/v1/workspace/org")).Bare())
            .GetProperty("workspaces").EnumerateArray()
            .Should().OnlyContain(w => w.GetProperty("org_id").GetInt64() == first.Id.Number());
    }

    [Fact]
    public async Task The_root_key_has_no_organization_whatever_it_names()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = (await tenant.NewWorkspaceAsync()).Id.Number();

        foreach (var request in new[]
        {
            service.Root.GetAsync("/v1/workspace/org"),
            service.Root.GetAsync("/v1/org"),
            service.Root.GetAsync("/v1/org/user"),
        })
        {
            await (await request).ShouldBeTapeError(HttpStatusCode.BadRequest, "validation");
        }

        await (await service.Root.PostJson("/v1/workspace", new { name = "Whose?" }))
            .ShouldBeTapeError(HttpStatusCode.BadRequest, "validation");
        await (await service.Root.PostJson("/v1/org/user", new { name = "Whose?", email = "whose@example.com" }))
            .ShouldBeTapeError(HttpStatusCode.BadRequest, "validation");
        await (await service.Root.GetAsync($"/v1/workspace/{workspace}/member"))
            .ShouldBeTapeError(HttpStatusCode.BadRequest, "validation");
        await (await service.Root.DeleteAsync($"/v1/workspace/{workspace}"))
            .ShouldBeTapeError(HttpStatusCode.BadRequest, "validation");
        await (await service.Root.PatchJson($"/v1/workspace/{workspace}", new { }))
            .ShouldBeTapeError(HttpStatusCode.MethodNotAllowed, "invalid_request_method");
        await (await service.Root.GetAsync("/v1/workspace/1/nothing"))
            .ShouldBeTapeError(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task A_person_of_no_organization_finds_nothing()
    {
        var user = await service.NewUserAsync();
        var client = service.Client(await service.UserKeyAsync(user.Id));

        await (await client.GetAsync("/v1/workspace/org")).ShouldBeTapeError(HttpStatusCode.NotFound, "not_found");
        await (await client.GetAsync("/v1/org")).ShouldBeTapeError(HttpStatusCode.NotFound, "not_found");
        await (await client.PostJson("/v1/workspace", new { name = "Nowhere" }))
            .ShouldBeTapeError(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task A_key_of_one_workspace_lists_that_one_and_sees_no_organization()
    {
        var tenant = await service.NewTenantAsync();
        var only = await tenant.NewWorkspaceAsync("Only");
        await tenant.NewWorkspaceAsync("Other", "open");
        var client = service.Client(await tenant.ServiceKeyAsync("secret", only.Id));

        var list = await (await client.GetAsync("/v1/workspace/org")).Bare();

        list.GetProperty("workspaces").EnumerateArray().Select(w => w.GetProperty("workspace_id").GetInt64())
            .Should().Equal(only.Id.Number());
        list.GetProperty("total").GetInt32().Should().Be(1);
        await (await client.GetAsync("/v1/org")).ShouldBeTapeError(HttpStatusCode.NotFound, "not_found");
        await (await client.GetAsync("/v1/org/user")).ShouldBeTapeError(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task A_key_without_the_permission_may_not()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = (await tenant.NewWorkspaceAsync()).Id.Number();
        var reader = service.Client(await tenant.ServiceKeyAsync("publishable"));

        (await reader.GetAsync("/v1/workspace/org")).StatusCode.Should().Be(HttpStatusCode.OK);
        await (await reader.PostJson("/v1/workspace", new { name = "No" }))
            .ShouldBeTapeError(HttpStatusCode.Forbidden, "restricted_resource");
        await (await reader.PutJson($"/v1/workspace/{workspace}", new { name = "No" }))
            .ShouldBeTapeError(HttpStatusCode.Forbidden, "restricted_resource");
        await (await reader.DeleteAsync($"/v1/workspace/{workspace}"))
            .ShouldBeTapeError(HttpStatusCode.Forbidden, "restricted_resource");
        await (await reader.PostJson(
            $"/v1/workspace/{workspace}/member", new { user_id = tenant.Owner.Id.Number(), role = "admin" }))
            .ShouldBeTapeError(HttpStatusCode.Forbidden, "restricted_resource");
    }

    [Fact]
    public async Task What_one_may_not_see_is_not_there_before_the_body_is_judged()
    {
        var tenant = await service.NewTenantAsync();
        var stranger = await service.NewTenantAsync();
        var hidden = (await tenant.NewWorkspaceAsync()).Id.Number();

        foreach (var body in new[] { "{", "{}", """{"name": 5}""", """{"name": "Mine now"}""" })
        {
            await (await stranger.Client.PutJson($"/v1/workspace/{hidden}", body))
                .ShouldBeTapeError(HttpStatusCode.NotFound, "not_found");
            await (await stranger.Client.PostJson($"/v1/workspace/{hidden}/member", body))
                .ShouldBeTapeError(HttpStatusCode.NotFound, "not_found");
        }
    }
}
