using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Json;

namespace WorkspaceService.Infrastructure.OpenApi;

[Collection("Surfaces")]
public sealed partial class OpenApiTests(ServiceFixture service)
{
    private static readonly string[] Verbs = ["get", "post", "put", "patch", "delete"];

    [Fact]
    public async Task It_is_OpenAPI_3_1_and_open_to_everyone()
    {
        var response = await service.Client(null).GetAsync("/openapi/v1.json");

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/json");
        var document = await response.Json();
        document.GetProperty("openapi").GetString().Should().StartWith("3.1.");
        var info = document.GetProperty("info");
        info.GetProperty("title").GetString().Should().Be("WorkspaceService");
        info.GetProperty("description").GetString().Should().NotBeNullOrEmpty();
        info.GetProperty("license").GetProperty("name").GetString().Should().NotBeNullOrEmpty();
        info.GetProperty("contact").GetProperty("email").GetString().Should().EndWith("@example.com");
        document.GetProperty("servers")[0].GetProperty("url").GetString().Should().Be("/");
    }

    [Fact]
    public async Task A_copy_that_is_still_good_is_not_sent_again()
    {
        var client = service.Client(null);
        var tag = (await client.GetAsync("/openapi/v1.json")).Headers.ETag!;

        client.DefaultRequestHeaders.IfNoneMatch.Add(tag);
        var again = await client.GetAsync("/openapi/v1.json");

        again.StatusCode.Should().Be(HttpStatusCode.NotModified);
        (await again.Content.ReadAsByteArrayAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task Every_mapped_route_is_in_it()
    {
        var described = (await OperationsAsync()).Select(o => $"{o.Verb} {o.Path}").ToList();

        var mapped = Routes()
            .SelectMany(route => Methods(route).Select(verb => $"{verb} {PathOf(route)}")).Distinct().ToList();

        mapped.Should().HaveCountGreaterThan(5);
        described.Should().BeEquivalentTo(mapped);
    }

    [Fact]
    public async Task Every_operation_is_named_and_described()
    {
        var operations = await OperationsAsync();
        var tags = (await DocumentAsync())["tags"]!
            .AsArray().ToDictionary(t => (string)t!["name"]!, t => (string?)t!["description"]);

        operations.Select(o => (string?)o.Node["operationId"]).Should().OnlyHaveUniqueItems().And.NotContainNulls();
        operations.Where(o => string.IsNullOrWhiteSpace((string?)o.Node["summary"])).Should().BeEmpty();
        operations.Where(o => string.IsNullOrWhiteSpace((string?)o.Node["description"])).Should().BeEmpty();
        operations.Where(o => o.Node["tags"]?.AsArray() is not [var tag] || string.IsNullOrEmpty(tags[(string)tag!]))
            .Should().BeEmpty();
        operations.SelectMany(Parameters).Where(p => string.IsNullOrWhiteSpace((string?)p["description"]))
            .Should().BeEmpty();
    }

    [Fact]
    public async Task Every_operation_but_the_public_ones_asks_for_a_key()
    {
        var open = Routes().Where(r => r.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            .SelectMany(route => Methods(route).Select(verb => $"{verb} {PathOf(route)}")).ToHashSet();
        var schemes = (await DocumentAsync())["components"]!["securitySchemes"]!.AsObject().Select(s => s.Key).ToList();

        foreach (var operation in await OperationsAsync())
        {
            var asked = operation.Node["security"]!.AsArray().SelectMany(s => s!.AsObject().Select(named => named.Key));
            asked.Should()
                .BeEquivalentTo(open.Contains($"{operation.Verb} {operation.Path}") ? [] : schemes, operation.Path);
        }

        open.Should().NotBeEmpty();
        schemes.Should().BeEquivalentTo("bearer", "basic", "authentication");
    }

    [Fact]
    public async Task Every_operation_tells_how_it_can_fail()
    {
        var operations = await OperationsAsync();
        operations.Should().NotBeEmpty();
        foreach (var operation in operations)
        {
            var expected = new List<string> { "500" };
            if (operation.Node["security"]!.AsArray().Count > 0)
            {
                expected.AddRange(["401", "403", "429", "503"]);
            }

            if (operation.Node["requestBody"] is not null && operation.Path.StartsWith("/v1/", StringComparison.Ordinal)
                && IsNative(operation.Path))
            {
                expected.AddRange(["400", "404", "409", "413", "415", "422"]);
            }

            if (operation.Path.Contains('{', StringComparison.Ordinal))
            {
                expected.Add("404");
            }

            if (Parameters(operation).Any(p => (string?)p["name"] == "If-Match"))
            {
                expected.Add(operation.Path.StartsWith("/v1/workspace/", StringComparison.Ordinal) ? "409" : "412");
            }

            var answers = operation.Node["responses"]!.AsObject();
            answers.Select(a => a.Key).Should().Contain(expected, $"of {operation.Verb} {operation.Path}");
            answers.Should().Contain(a => a.Key.StartsWith('2'));
        }
    }

    [Fact]
    public async Task Native_errors_are_problems_with_their_codes()
    {
        var conflict = (await OperationsAsync())
            .Single(o => (string?)o.Node["operationId"] == "CreateWorkspace").Node["responses"]!["409"]!;

        var content = SchemaValidator.Resolve(await DocumentAsync(), conflict)["content"]!["application/problem+json"]!;

        ((string?)content["schema"]!["$ref"]).Should().Be("#/components/schemas/Problem");
        content["examples"]!.AsObject().Select(e => e.Key)
            .Should().Contain(["workspace_archived", "last_admin", "idempotency_in_flight"]);
    }

    [Fact]
    public async Task Only_what_a_client_can_send_is_a_parameter()
    {
        var parameters = (await OperationsAsync()).SelectMany(Parameters).ToList();

        parameters.Where(p => (string?)p["in"] == "header").Select(p => (string?)p["name"]).Distinct()
            .Should().BeSubsetOf(["Idempotency-Key", "If-Match", "If-None-Match", "Last-Event-ID"]);
        parameters.Where(p => (string?)p["in"] != "header").Select(p => (string)p["name"]!)
            .Should().OnlyContain(name => !name.Contains("caller", StringComparison.OrdinalIgnoreCase))
            .And.NotContain("ifMatch").And.NotContain("mediator");
    }

    [Fact]
    public async Task Whatever_a_path_names_is_a_parameter()
    {
        var operations = (await OperationsAsync()).Where(o => o.Path.Contains('{', StringComparison.Ordinal)).ToList();

        operations.Should().NotBeEmpty();
        foreach (var operation in operations)
        {
            Parameters(operation).Where(p => (string?)p["in"] == "path").Select(p => $"{{{p["name"]}}}")
                .Should().BeEquivalentTo(PathName().Matches(operation.Path).Select(m => m.Value), operation.ToString());
        }
    }

    [Fact]
    public async Task Native_posts_can_be_retried_and_objects_have_a_tag()
    {
        var operations = (await OperationsAsync()).ToDictionary(o => (string)o.Node["operationId"]!);

        Parameters(operations["CreateWorkspace"]).Select(p => (string?)p["name"]).Should().Contain("Idempotency-Key");
        operations["CreateWorkspace"].Node["responses"]!["201"]!["headers"]!.AsObject().Select(h => h.Key)
            .Should().Contain(["ETag", "Location", "X-Request-Id", "RateLimit", "Idempotency-Replayed"]);
        Parameters(operations["GetWorkspace"]).Select(p => (string?)p["name"]).Should().Contain("If-None-Match");
        operations["GetWorkspace"].Node["responses"]!.AsObject().Select(a => a.Key).Should().Contain("304");
    }

    [Fact]
    public async Task Every_reference_leads_somewhere()
    {
        var document = await DocumentAsync();
        var references = Descendants(document)
            .OfType<JsonObject>().Select(o => o["$ref"]).OfType<JsonValue>().Select(v => v.GetValue<string>()).ToList();

        references.Should().NotBeEmpty();
        foreach (var reference in references.Distinct())
        {
            SchemaValidator.Find(document, reference).Should().NotBeNull(reference);
        }
    }

    [Fact]
    public async Task Every_example_keeps_to_its_schema()
    {
        var document = await DocumentAsync();
        var checkedOnes = 0;
        foreach (var media in Descendants(document).OfType<JsonObject>().Where(o => o["schema"] is JsonObject))
        {
            var examples = media["examples"]?.AsObject().Select(e => e.Value!["value"]) ?? [];
            foreach (var example in examples.Append(media["example"]).Where(e => e is not null))
            {
                new SchemaValidator(document).Errors(media["schema"]!, example)
                    .Should().BeEmpty(example!.ToJsonString());
                checkedOnes++;
            }
        }

        checkedOnes.Should().BeGreaterThan(20);
    }

    [Fact]
    public async Task Real_answers_keep_to_their_schemas()
    {
        var document = await DocumentAsync();
        var tenant = await service.NewTenantAsync();
        var person = await tenant.NewMemberAsync();

        var workspace = await tenant.Client.PostJson(
            "/v1/workspaces", new { organization_id = tenant.Id, name = "Described" });
        var id = (await workspace.Data(HttpStatusCode.Created)).GetProperty("id").GetString();
        await Keeps(workspace, "post", "/v1/workspaces");
        await Keeps(await tenant.Client.GetAsync($"/v1/workspaces/{id}"), "get", "/v1/workspaces/{workspace}");
        await Keeps(
            await tenant.Client.PostJson($"/v1/workspaces/{id}/members", new { user_id = person.Id, role = "viewer" }),
            "post",
            "/v1/workspaces/{workspace}/members");
        await Keeps(
            await tenant.Client.PostJson(
                "/v1/api-keys", new { name = "K", type = "secret", organization_id = tenant.Id }),
            "post",
            "/v1/api-keys");
        await Keeps(
            await service.Root.PostJson("/v1/users", new { name = "P", email = $"{Guid.NewGuid()}@example.com" }),
            "post",
            "/v1/users");
        await Keeps(
            await tenant.Client.PostJson("/v1/workspaces", new { organization_id = tenant.Id, name = "" }),
            "post",
            "/v1/workspaces");
        await Keeps(await tenant.Client.GetAsync("/v1/workspaces/WS-26-999999"), "get", "/v1/workspaces/{workspace}");

        async Task Keeps(HttpResponseMessage response, string verb, string path)
        {
            var answer = SchemaValidator.Resolve(
                document, document["paths"]![path]![verb]!["responses"]![$"{(int)response.StatusCode}"]!);
            var media = answer["content"]![response.Content.Headers.ContentType!.MediaType!]!;
            var body = JsonNode.Parse(await response.Content.ReadAsStringAsync());
            new SchemaValidator(document).Errors(media["schema"]!, body).Should().BeEmpty(body!.ToJsonString());
        }
    }

    [Fact]
    public async Task What_a_validator_demands_is_said()
    {
        var body = (await DocumentAsync())["components"]!["schemas"]!["CreateWorkspaceBody"]!;

        body["required"]!.AsArray().Select(r => (string?)r).Should().BeEquivalentTo("name", "organization_id");
        ((bool?)body["additionalProperties"]).Should().BeFalse();
        ((int?)body["properties"]!["name"]!["maxLength"]).Should().Be(120);
        ((string?)body["properties"]!["slug"]!["pattern"]).Should().Be("^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$");
        body["properties"]!["type"]!["enum"]!.AsArray().Select(v => (string?)v)
            .Should().Equal([.. WorkspaceSettings.Types, null]);
    }

    [Fact]
    public async Task Closed_sets_of_objects_are_those_that_the_rules_know()
    {
        var schemas = (await DocumentAsync())["components"]!["schemas"]!;

        Words("Workspace", "type").Should().BeEquivalentTo(WorkspaceSettings.Types);
        Words("Organization", "status").Should().BeEquivalentTo(OrganizationSettings.Statuses);
        Words("Organization", "subscription_status").Should().BeEquivalentTo(OrganizationSettings.SubscriptionStatuses);
        Words("Member", "role").Should().BeEquivalentTo(Roles.OfOrganization.Append(Roles.Owner));

        IEnumerable<string?> Words(string schema, string member) =>
            schemas[schema]!["properties"]![member]!["enum"]!.AsArray().Select(v => (string?)v);
    }

    [Fact]
    public void A_merge_patch_is_described_by_what_its_members_hold()
    {
        var document = new OpenApiDocument();
        new Schemas(document, Documentation.Read()).Of(typeof(Patch), new Schemas.Use(true, Constraints.None));

        var patch = document.Components!.Schemas!.Values.Single(s => s.Properties!.ContainsKey("seat_limit"));

        patch.Required.Should().BeNullOrEmpty();
        patch.Properties!["name"].Type.Should().Be(JsonSchemaType.String);
        patch.Properties["seat_limit"].Type.Should().Be(JsonSchemaType.Integer | JsonSchemaType.Null);
        patch.Properties["description"].Type.Should().Be(JsonSchemaType.String | JsonSchemaType.Null);
        patch.Properties["settings"].Type.Should().Be(JsonSchemaType.Object | JsonSchemaType.Null);
        patch.Properties["at"].Format.Should().Be("date-time");
        patch.Properties["cost"].Type.Should().Be(JsonSchemaType.Number);
        patch.Properties["limits"].OneOf.Should().HaveCount(2);
    }

    [Fact]
    public async Task The_page_and_its_assets_come_from_the_service_alone()
    {
        var client = service.Client(null);

        var response = await client.GetAsync("/docs");

        var page = response.RequestMessage!.RequestUri!; // where the redirect led
        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Headers.GetValues("Content-Security-Policy").Single()
            .Should().StartWith("default-src 'none'; script-src 'self';").And.NotContain("http");
        var html = await response.Content.ReadAsStringAsync();
        html.Should().Contain("<title>WorkspaceService</title>")
            .And.NotContain("//cdn").And.NotContain("http://").And.NotContain("https://");

        var assets = Asset().Matches(html).Select(m => new Uri(page, m.Groups[1].Value)).ToList();
        assets.Should().HaveCountGreaterThanOrEqualTo(5);
        foreach (var asset in assets)
        {
            asset.Authority.Should().Be(page.Authority);
            (await client.GetAsync(asset)).StatusCode.Should().Be(HttpStatusCode.OK, asset.ToString());
        }

        var script = await client.GetStringAsync(new Uri(page, "index.js"));
        script.Should().Contain("/openapi/v1.json")
            .And.Contain("\"persistAuthorization\":true").And.Contain("\"deepLinking\":true").And.Contain("\"filter\"");
    }

    private sealed record Patch(
        Optional<string> Name,
        Optional<string?> Description,
        Optional<JsonObject?> Settings,
        Optional<long?> SeatLimit,
        Optional<DateTimeOffset?> At,
        Optional<decimal> Cost,
        Optional<Inner?> Limits);

    private sealed record Inner(long? Workspaces);

    private sealed record Operation(string Verb, string Path, JsonNode Node, JsonNode Document)
    {
        public override string ToString() => $"{Verb} {Path}";
    }

    private async Task<JsonNode> DocumentAsync() =>
        JsonNode.Parse(await service.Client(null).GetStringAsync("/openapi/v1.json"))!;

    private async Task<List<Operation>> OperationsAsync()
    {
        var document = await DocumentAsync();
        return
        [
            .. from path in document["paths"]!.AsObject()
               from member in path.Value!.AsObject()
               where Verbs.Contains(member.Key)
               select new Operation(member.Key, path.Key, member.Value!, document),
        ];
    }

    private IEnumerable<RouteEndpoint> Routes() => service.Services.GetServices<EndpointDataSource>()
        .SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
        .Where(route => !route.RoutePattern.RawText!.StartsWith("/console", StringComparison.Ordinal));

    // HEAD is GET without a body, and is not described beside it.
    private static IEnumerable<string> Methods(RouteEndpoint route) =>
        route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
            .Select(m => m.ToLowerInvariant()).Where(m => m != "head");

    private static string PathOf(RouteEndpoint route) =>
        "/" + RouteConstraint().Replace(route.RoutePattern.RawText!.Trim('/'), "}");

    private static bool IsNative(string path) =>
        Infrastructure.Surfaces.Surface.Of(new Microsoft.AspNetCore.Http.PathString(path))
            is Infrastructure.Surfaces.NativeSurface;

    private static IEnumerable<JsonNode> Parameters(Operation operation) =>
        operation.Node["parameters"]?.AsArray().Select(p => SchemaValidator.Resolve(operation.Document, p!)) ?? [];

    private static IEnumerable<JsonNode> Descendants(JsonNode node)
    {
        var children = node switch
        {
            JsonObject members => members.Select(m => m.Value),
            JsonArray items => items,
            _ => [],
        };
        return children.OfType<JsonNode>().SelectMany(Descendants).Prepend(node);
    }

    [GeneratedRegex("(?:src|href)=\"([^\"]+)\"")]
    private static partial Regex Asset();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex PathName();

    [GeneratedRegex(@":[^{}]*\}")]
    private static partial Regex RouteConstraint();
}
