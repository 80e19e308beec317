using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using WorkspaceService.Features.Users;
using WorkspaceService.Infrastructure.Contracts;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>
/// Another tenant's things do not exist, on every endpoint and for every kind of key. The route table is walked, so a
/// new endpoint is covered without being named here; the measure is that a foreign id and an id that was never given
/// out are answered alike.
/// </summary>
[Collection("Security")]
public sealed class ForeignTenantTests(ServiceFixture service)
{
    // Where a path parameter names a thing that is not a tenant's: the token of an invitation is itself the right to
    // look.
    private static readonly string[] Open = ["token"];

    [Fact]
    public async Task Nothing_of_another_tenant_exists_on_any_page_of_the_console()
    {
        var theirs = await FillAsync();
        var mine = await FillAsync();
        var before = await SnapshotAsync(theirs);
        var walked = 0;
        var leaks = new List<string>();
        foreach (var key in new[] { mine.Tenant.OwnerKey, mine.MemberKey, await mine.Tenant.ServiceKeyAsync() })
        {
            using var visitor = await ConsoleVisitor.SignInAsync(service, key);
            await visitor.GoAsync("/console/preferences");
            var token = visitor.Page.QuerySelector("form[action='/console/sign-out'] input[type=hidden]")!;
            foreach (var (endpoint, method) in
                from endpoint in service.Services.GetRequiredService<EndpointDataSource>().Endpoints
                    .OfType<RouteEndpoint>()
                where IsOfConsole(endpoint) && endpoint.RoutePattern.Parameters.Count > 0
                where endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null
                where !endpoint.RoutePattern.Parameters.Any(p => Open.Contains(p.Name))
                from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods
                select (endpoint, method))
            {
                walked++;
                using var request = new HttpRequestMessage(new HttpMethod(method), Url(endpoint, theirs.Ids));
                request.Content = method == "GET" ? null : new FormUrlEncodedContent(
                    [new(token.GetAttribute("name")!, token.GetAttribute("value")!), new("confirmation", "Theirs")]);
                await visitor.FollowAsync(request);
                if (visitor.First.StatusCode != HttpStatusCode.NotFound)
                {
                    leaks.Add($"{method} {endpoint.RoutePattern.RawText} answers {visitor.First.StatusCode}");
                }
            }
        }

        walked.Should().BeGreaterThan(60);
        leaks.Should().BeEmpty();
        (await SnapshotAsync(theirs)).Should().Be(before, "a refused request changes nothing");
    }

    [Fact]
    public async Task Nothing_of_another_tenant_exists_on_any_endpoint_for_any_key()
    {
        var theirs = await FillAsync();
        var mine = await FillAsync();
        var keys = new Dictionary<string, string>
        {
            ["owner"] = mine.Tenant.OwnerKey,
            ["member"] = mine.MemberKey,
            ["secret"] = await mine.Tenant.ServiceKeyAsync(),
            ["publishable"] = await mine.Tenant.ServiceKeyAsync("publishable"),
            ["narrowed secret"] = await mine.Tenant.ServiceKeyAsync("secret", mine.Ids["workspace"]),
        };
        var before = await SnapshotAsync(theirs);
        var walked = 0;
        var leaks = new List<string>();

        foreach (var (endpoint, method) in Endpoints())
        {
            var parameters = endpoint.RoutePattern.Parameters.Select(p => p.Name).ToList();
            if (parameters.Count == 0)
            {
                continue;
            }

            parameters.Should().OnlyContain(
                name => theirs.Ids.ContainsKey(name),
                $"{endpoint.RoutePattern.RawText} needs an id for each parameter");

            var last = parameters[^1];
            foreach (var (kind, key) in keys)
            {
                foreach (var body in Bodiless(method) ? new string?[] { null } : ["{}", "{"])
                {
                    walked++;
                    var what = $"{method} {endpoint.RoutePattern.RawText} with the {kind} key and body {body}";
                    var underOwn = endpoint.RoutePattern.RawText!.StartsWith("/api/v4/", StringComparison.Ordinal);
                    var foreign = await AnswerAsync(key, method, Url(endpoint, theirs.Ids), body);
                    if (foreign != HttpStatusCode.NotFound && !underOwn)
                    {
                        leaks.Add($"{what} answers {foreign}");
                    }

                    // A foreign thing under the caller's own, which V4's paths do not name: refused like one that never
                    // was.
                    if (parameters.Count > 1 || underOwn)
                    {
                        var under = await AnswerAsync(
                            key, method, Url(endpoint, With(mine.Ids, last, theirs.Ids[last])), body);
                        var unused = await AnswerAsync(
                            key, method, Url(endpoint, With(mine.Ids, last, Unused(theirs.Ids[last]))), body);
                        if (under != unused || (int)under is < 400 or >= 500)
                        {
                            leaks.Add(
                                $"{what} answers {under} for a foreign {last} and {unused} for one that never was");
                        }
                    }
                }
            }
        }

        walked.Should().BeGreaterThan(20);
        leaks.Should().BeEmpty();
        (await SnapshotAsync(theirs)).Should().Be(before, "a refused request changes nothing");
    }

    [Fact]
    public async Task Ids_in_a_query_or_a_body_tell_no_more_than_ids_that_never_were()
    {
        var theirs = await FillAsync();
        var mine = await FillAsync();
        var walked = 0;
        var leaks = new List<string>();

        foreach (var (endpoint, method) in Endpoints().Where(e => e.Endpoint.RoutePattern.Parameters.Count == 0))
        {
            var members = MembersOf(endpoint);
            foreach (var member in members.Where(name => name.EndsWith("_id", StringComparison.Ordinal)))
            {
                if (!theirs.Ids.TryGetValue(Parameter(member), out var foreign))
                {
                    continue;
                }

                var answers = new List<string>();
                foreach (var id in new[] { foreign, Unused(foreign) })
                {
                    var url = endpoint.RoutePattern.RawText!;
                    var isBody = !Bodiless(method);
                    var response = isBody
                        ? await mine.Tenant.Client.SendJson(new HttpMethod(method), url, Body(members, member, id))
                        : await mine.Tenant.Client.GetAsync($"{url}?{member}={id}");
                    walked++;
                    if (response.IsSuccessStatusCode)
                    {
                        var text = await response.Content.ReadAsStringAsync();
                        if (text.Contains(foreign, StringComparison.Ordinal) || isBody)
                        {
                            leaks.Add(
                                $"{method} {url} with {member} of another tenant answers {(int)response.StatusCode}: "
                                + $"{text}");
                        }
                    }

                    var answer = await response.Json();
                    answers.Add(
                        $"{(int)response.StatusCode} {(answer.TryGetProperty("code", out var code) ? code : default)} "
                        + $"{(answer.TryGetProperty("errors", out var errors) ? errors : default)}");
                }

                if (answers.Distinct().Count() > 1)
                {
                    leaks.Add(
                        $"{method} {endpoint.RoutePattern.RawText} tells a foreign {member} from one that never was: "
                        + $"{string.Join(" / ", answers)}");
                }
            }
        }

        walked.Should().BeGreaterThan(5);
        leaks.Should().BeEmpty();
    }

    [Fact]
    public async Task No_body_can_draw_a_stranger_in()
    {
        var theirs = await FillAsync();
        var stranger = await service.NewUserAsync("Hidden Stranger");
        var member = await service.Do(new GetUser.Query(ServiceFixture.RootCaller, theirs.Ids["user"]));
        var mine = await FillAsync();
        var keys = new[] { mine.Tenant.OwnerKey, await mine.Tenant.ServiceKeyAsync(), mine.MemberKey };
        var before = await SnapshotAsync(theirs);
        var walked = new HashSet<string>();
        var leaks = new List<string>();

        foreach (var (endpoint, method) in Endpoints().Where(e => !Bodiless(e.Method)))
        {
            foreach (var (name, person) in from user in new[] { stranger, member.Value }
                                           from body in PersonBodies(endpoint, user, mine)
                                           select (user.Name, body))
            {
                foreach (var client in keys.Select(service.Client))
                {
                    var url = Url(endpoint, mine.Ids);
                    walked.Add($"{method} {endpoint.RoutePattern.RawText}");
                    var answers = new List<string>();
                    foreach (var body in new[] { person.Foreign, person.Unused }.OfType<string>())
                    {
                        var response = await client.SendJson(new HttpMethod(method), url, body);
                        var text = await response.Content.ReadAsStringAsync();
                        answers.Add($"{(int)response.StatusCode} {CodesOf(text)}");
                        if (text.Contains(name, StringComparison.Ordinal))
                        {
                            leaks.Add($"{method} {url} with {body} answers {text}");
                        }
                    }

                    if (answers.Distinct().Count() > 1)
                    {
                        leaks.Add($"{method} {url} with {person.Foreign} answers {string.Join(" / ", answers)}");
                    }
                }
            }
        }

        walked.Should().Contain(
            ["POST /v1/orgs/{organization}/members", "POST /v1/workspaces/{workspace}/members", "POST /v1/users",
                "POST /v1/org/user", "POST /v1/orgs/{organization}/transfer-ownership", "POST /api/v4/invites"]);
        leaks.Should().BeEmpty();
        (await SnapshotAsync(theirs)).Should().Be(before);
        foreach (var user in new[] { stranger, member.Value })
        {
            (await service.ReadAsync<string>(
                """
                SELECT o.code FROM users u
                JOIN organization_members om ON om.user_id = u.id JOIN organizations o ON o.id = om.organization_id
                WHERE u.code = @Id AND o.code = @Mine
                """,
                new { user.Id, Mine = mine.Tenant.Id })).Should().BeEmpty();
            (await service.Do(new GetUser.Query(ServiceFixture.RootCaller, user.Id))).Value.Should().Be(user);
        }
    }

    // For each member of the body that can name a person: a body with the person, and the same with one who never was
    // (null where naming somebody new is another thing).
    private static IEnumerable<(string Foreign, string? Unused)> PersonBodies(
        RouteEndpoint endpoint, UserObject user, Filled mine)
    {
        if (endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType is not { } type)
        {
            yield break;
        }

        var members = type.GetProperties().ToDictionary(
            p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name), p => p.PropertyType);
        var isNumeric = Array.Exists(endpoint.RoutePattern.RawText!.Split('/'), s => s is "workspace" or "api");
        foreach (var (name, value, unused) in new (string, Func<UserObject, object>, bool)[]
        {
            ("user_id", u => isNumeric ? u.Number : u.Id, true),
            ("owner_id", u => u.Id, true),
            ("email", u => u.Email!, false),
            ("user_emails", u => new[] { u.Email }, false),
            ("invitations", u => new[] { new { email = u.Email, role = "guest" } }, false),
            ("checks", u => new[] { new { workspace_id = mine.Ids["workspace"], user_id = u.Id, role = "guest" } },
                true),
        })
        {
            if (!members.ContainsKey(name))
            {
                continue;
            }

            var never = user with { Id = Unused(user.Id), Number = user.Number + 500_000 };
            foreach (var filled in new[] { true, false })
            {
                yield return (Text(user, filled), unused ? Text(never, filled) : null);
            }

            string Text(UserObject person, bool filled)
            {
                var body = new Dictionary<string, object> { [name] = value(person) };
                foreach (var (other, word) in new[]
                {
                    ("name", "Probe"),
                    ("role", "guest"),
                    ("type", "user"),
                    ("organization_id", mine.Tenant.Id),
                })
                {
                    if (filled && members.ContainsKey(other))
                    {
                        body[other] = word;
                    }
                }

                return JsonSerializer.Serialize(body);
            }
        }
    }

    // The fault's code and those of its errors.
    private static string CodesOf(string text)
    {
        if (text.Length == 0 || JsonDocument.Parse(text).RootElement is not { ValueKind: JsonValueKind.Object } answer)
        {
            return "";
        }

        var code = answer.TryGetProperty("code", out var given) ? given.ToString() : "";
        return answer.TryGetProperty("errors", out var errors) ? $"{code} {errors}" : code;
    }

    private async Task<HttpStatusCode> AnswerAsync(string key, string method, string url, string? body) =>
        (await service.Client(key).SendJson(new HttpMethod(method), url, body)).StatusCode;

    private static bool IsOfConsole(RouteEndpoint endpoint) =>
        endpoint.RoutePattern.RawText!.StartsWith("/console", StringComparison.Ordinal);

    private IEnumerable<(RouteEndpoint Endpoint, string Method)> Endpoints() =>
        from endpoint in service.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        where endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null
        where !endpoint.RoutePattern.Parameters.Any(p => Open.Contains(p.Name))
        where !IsOfConsole(endpoint) // its callers have sessions; see below
        from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []
        select (endpoint, method);

    // A tenant with one thing of every kind. The key of each id is the name of the route parameter.
    private async Task<Filled> FillAsync()
    {
        var tenant = await service.NewTenantAsync();
        var member = await tenant.NewMemberAsync();
        var workspace = await tenant.NewWorkspaceAsync("Theirs");
        await (await tenant.Client.PostJson(
            $"/v1/workspaces/{workspace.Id}/members", new { user_id = member.Id, role = "member" }))
            .Data(HttpStatusCode.Created);
        var key = await MakeAsync(
            tenant, "/v1/api-keys", new { name = "Theirs", type = "secret", organization_id = tenant.Id });
        var closed = await tenant.NewWorkspaceAsync("Closed", "closed");
        var webhook = (await tenant.NewIdleWebhookAsync()).Id;
        var ids = new Dictionary<string, string>
        {
            ["organization"] = tenant.Id,
            ["workspace"] = workspace.Id,
            ["user"] = member.Id,
            ["key"] = key,
            ["invitation"] = await MakeAsync(
                tenant,
                $"/v1/workspaces/{workspace.Id}/invitations",
                new { email = $"{Guid.NewGuid():N}@example.com", role = "member" }),
            ["serviceLine"] = await MakeAsync(tenant, "/v1/service-lines", new
            {
                workspace_id = workspace.Id,
                name = "Theirs",
                product_line = "talent",
                execution_model = "capacity",
                billing_model = "milestone",
                subscription_id = "SUB-26-001122",
            }),
            ["integration"] = await MakeAsync(
                tenant,
                "/v1/integrations",
                new { workspace_id = workspace.Id, type = "github", config = new { org = "apex-digital" } }),
            ["request"] = await MakeAsync(member.Client, $"/v1/workspaces/{closed.Id}/join-requests", new { }),
            ["webhook"] = webhook,
            ["delivery"] = await tenant.NewDeliveryAsync(webhook),
        };
        foreach (var name in new[] { "organization", "workspace", "user", "invitation" })
        {
            ids[name + "Number"] = ids[name][(ids[name].LastIndexOf('-') + 1)..].TrimStart('0');
        }

        return new Filled(tenant, member.Key, ids);
    }

    private static Task<string> MakeAsync(Tenant tenant, string url, object body) =>
        MakeAsync(tenant.Client, url, body);

    private static async Task<string> MakeAsync(HttpClient client, string url, object body) =>
        (await (await client.PostJson(url, body)).Data(HttpStatusCode.Created)).GetProperty("id").GetString()!;

    private static async Task<string> SnapshotAsync(Filled filled) => string.Join('\n', await Task.WhenAll(new[]
    {
        $"/v1/workspaces/{filled.Ids["workspace"]}",
        $"/v1/workspaces/{filled.Ids["workspace"]}/members/{filled.Ids["user"]}",
        $"/v1/orgs/{filled.Ids["organization"]}",
        $"/v1/users/{filled.Ids["user"]}",
        $"/v1/api-keys/{filled.Ids["key"]}",
        $"/v1/workspaces/{filled.Ids["workspace"]}/invitations/{filled.Ids["invitation"]}",
        $"/v1/service-lines/{filled.Ids["serviceLine"]}",
        $"/v1/integrations/{filled.Ids["integration"]}",
        $"/v1/webhooks/{filled.Ids["webhook"]}",
        $"/v1/webhooks/{filled.Ids["webhook"]}/deliveries/{filled.Ids["delivery"]}",
    }.Select(filled.Tenant.Client.GetStringAsync)));

    private static Dictionary<string, string> With(Dictionary<string, string> ids, string name, string id) =>
        new(ids) { [name] = id };

    private static string Url(RouteEndpoint endpoint, Dictionary<string, string> ids) =>
        "/" + string.Join(
            '/', endpoint.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part =>
                part is Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart parameter
                    ? ids[parameter.Name]
                    : ((Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart)part).Content))));

    // The members of the body, or the names in the query, as the endpoint's own metadata has them.
    private static List<string> MembersOf(RouteEndpoint endpoint)
    {
        if (endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType is { } body)
        {
            return [.. body.GetProperties().Select(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name))];
        }

        return [.. endpoint.Metadata.OfType<IParameterBindingMetadata>().Select(p => p.Name)
            .Concat(endpoint.Metadata.OfType<IParameterBindingMetadata>()
                .SelectMany(p => p.ParameterInfo.ParameterType.GetProperties())
                .Select(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name)))
            .Concat(endpoint.Metadata.OfType<IParameterBindingMetadata>()
                .SelectMany(p => p.ParameterInfo.GetCustomAttributes(false).OfType<IFromQueryMetadata>())
                .Select(a => a.Name ?? ""))
            .Distinct()];
    }

    private static bool Bodiless(string method) => method is "GET" or "DELETE";

    private static string Parameter(string member) => member switch
    {
        "owner_id" => "user",
        "service_line_id" => "serviceLine",
        _ => member[..^"_id".Length],
    };

    // A body that is right but for the one id: what else is asked for is filled in with words that fit most members.
    private static Dictionary<string, string> Body(List<string> members, string member, string id)
    {
        var body = new Dictionary<string, string> { [member] = id };
        foreach (var (name, value) in new[] { ("name", "Probe"), ("role", "member") })
        {
            if (members.Contains(name))
            {
                body[name] = value;
            }
        }

        if (members.Contains("type"))
        {
            body["type"] = member == "user_id" ? "user" : "secret";
        }

        return body;
    }

    // The code, or on surfaces with integers the number, of something that was never made.
    private static string Unused(string id)
    {
        var digits = id[(id.LastIndexOfAny(['-', '_']) + 1)..];
        return id[..^digits.Length] + (long.Parse(digits, CultureInfo.InvariantCulture) + 500_000)
            .ToString($"D{digits.Length}", CultureInfo.InvariantCulture);
    }

    private sealed record Filled(Tenant Tenant, string MemberKey, Dictionary<string, string> Ids);
}
