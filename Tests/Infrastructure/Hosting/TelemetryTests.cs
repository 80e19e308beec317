using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using WorkspaceService.Features.Members;
using Xunit.Abstractions;

namespace WorkspaceService.Infrastructure.Hosting;

/// <summary>What a real process sends over OTLP to a receiver of the test's own.</summary>
public sealed class TelemetryTests(ITestOutputHelper output)
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string Parent = "b7ad6b7169203331";

    // Otherwise spans and logs wait five seconds, and metrics a minute.
    private const string Hurry = "export OTEL_BSP_SCHEDULE_DELAY=100 OTEL_BLRP_SCHEDULE_DELAY=100 "
        + "OTEL_METRIC_EXPORT_INTERVAL=200 OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf";

    [Fact]
    public async Task A_request_its_message_and_its_statements_are_one_trace_that_continues_the_callers()
    {
        await using var database = await TestDatabase.NewAsync();
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var service = await StartAsync(database, receiver);
        var (workspace, people) = await ArrangeAsync(service.Client(), people: 1);

        var added = await service.Client().PostJson(
            $"/v1/workspaces/{workspace}/members",
            new { user_id = people[0], role = "member" },
            ("traceparent", $"00-{Trace}-{Parent}-01"));

        added.StatusCode.Should().Be(HttpStatusCode.Created);
        var spans = await SpansAsync(receiver, "POST /v1/workspaces/{workspace}/members");
        output.WriteLine(Tree(spans));
        var request = spans.Should().ContainSingle(span => span.Parent == Parent).Which;
        request.Kind.Should().Be(2);
        request.Attributes.Should().Contain("http.route", "/v1/workspaces/{workspace}/members")
            .And.Contain("http.request.method", "POST").And.Contain("http.response.status_code", 201L)
            .And.Contain("url.path", $"/v1/workspaces/{workspace}/members").And.NotContainKey("url.query");
        var message = spans.Should().ContainSingle(span => span.Parent == request.Id && span.Kind == 1).Which;
        message.Name.Should().Be(nameof(AddMember));
        message.Scope.Should().Be("workspace_service");
        message.Attributes.Should().NotContainKey("workspace_service.fault.code");
        var statements = spans.Where(span => span.Parent == message.Id).ToList();
        statements.Select(span => span.Name).Should().Contain(
        [
            "AddMember.FindCandidate", "Membership.Insert", "Membership.ClaimSeat",
            database.IsShared ? "EventLog.Append" : "SqliteEvents.InsertOne", "COMMIT",
        ]);
        statements.Should().OnlyContain(span => span.Kind == 3 && span.Status == 0)
            .And.OnlyContain(span => Equals(span.Attributes["db.query.summary"], span.Name))
            .And.OnlyContain(span =>
                Equals(span.Attributes["db.system.name"], database.IsShared ? "postgresql" : "sqlite"))
            .And.OnlyContain(span => span.Start >= request.Start && span.End >= span.Start);
        spans.Should().HaveCount(2 + statements.Count + spans.Count(span =>
            span.Parent == request.Id && span.Kind == 3));

        var line = await OtlpReceiver.UntilAsync(
            () => receiver.Logs.FirstOrDefault(log => log is { Trace: Trace, Body: "Request answered" }));
        line.Source.Should().Be("WorkspaceService.Requests");
        line.Span.Should().Be(request.Id);
        line.Attributes.Should().Contain("status", 201L).And.ContainKey("request_id");
    }

    [Fact]
    public async Task A_fault_is_an_attribute_and_no_error()
    {
        await using var database = await TestDatabase.NewAsync();
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var service = await StartAsync(database, receiver);
        var (workspace, people) = await ArrangeAsync(service.Client(), people: 1);
        var body = new { user_id = people[0], role = "member" };
        await service.Client().PostJson($"/v1/workspaces/{workspace}/members", body);

        (await service.Client().PostJson(
            $"/v1/workspaces/{workspace}/members", body, ("traceparent", $"00-{Trace}-{Parent}-01")))
            .StatusCode.Should().Be(HttpStatusCode.Conflict);

        var spans = await SpansAsync(receiver, "POST /v1/workspaces/{workspace}/members");
        output.WriteLine(Tree(spans));
        spans.Single(span => span.Name == nameof(AddMember)).Attributes
            .Should().Contain("workspace_service.fault.code", "already_member");
        spans.Should().OnlyContain(span => span.Status != 2);
    }

    [Fact]
    public async Task Its_metrics_tell_of_queue_commits_memory_messages_and_refusals()
    {
        await using var database = TestDatabase.InFile();
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var service = await StartAsync(database, receiver);
        var root = service.Client();
        var (workspace, people) = await ArrangeAsync(root, people: 3, seats: 3);
        foreach (var person in people)
        {
            await root.PostJson($"/v1/workspaces/{workspace}/members", new { user_id = person, role = "member" });
            await root.GetAsync($"/v1/workspaces/{workspace}/access?user_id={person}");
            await root.GetAsync($"/v1/workspaces/{workspace}/access?user_id={person}");
        }

        // An export may be of a moment in which a write, of the refusals say, has waited and is not committed.
        var points = await OtlpReceiver.UntilAsync(() => receiver.Points is var all
            && all.Any(point => point.Name == "workspace_service.refusals")
            && all.Last(point => point.Name == "workspace_service.writer.queue.wait").Count
                == (long)all.Last(point => point.Name == "workspace_service.commit.batch.size").Value
            && all.Last(point => point.Name == "workspace_service.writer.queue.length").Value == 0 ? all : null);

        var own = points.Where(point => point.Scope == "workspace_service").ToList();
        own.Should().OnlyContain(point => point.Name.StartsWith("workspace_service."));
        Unit("workspace_service.writer.queue.length").Should().Be("{write}");
        Unit("workspace_service.writer.queue.wait").Should().Be("s");
        Unit("workspace_service.commit.batch.size").Should().Be("{write}");
        var commits = Last("workspace_service.commit.batch.size");
        commits.Count.Should().BeGreaterThan(5);
        commits.Value.Should().BeGreaterThanOrEqualTo(commits.Count);
        Last("workspace_service.message.duration", ("workspace_service.message.name", nameof(AddMember)))
            .Count.Should().BePositive();
        Last(
            "workspace_service.cache.lookups",
            ("workspace_service.cache.name", "access_facts"),
            ("workspace_service.cache.result", "hit")).Value.Should().BePositive();
        Last(
            "workspace_service.cache.lookups",
            ("workspace_service.cache.name", "access_facts"),
            ("workspace_service.cache.result", "miss")).Value.Should().BePositive();
        Last("workspace_service.refusals", ("workspace_service.fault.code", "seat_limit_reached"))
            .Value.Should().Be(1);
        Unit("http.server.request.duration").Should().Be("s");
        points.Should().Contain(point => point.Name.StartsWith("dotnet."));

        string Unit(string name) => points.First(point => point.Name == name).Unit;

        OtlpPoint Last(string name, params (string Key, string Value)[] attributes) => points.Last(point =>
            point.Name == name && attributes.All(a => Equals(point.Attributes.GetValueOrDefault(a.Key), a.Value)));
    }

    [Fact]
    public async Task A_refusal_by_the_plan_names_its_limit()
    {
        await using var database = await TestDatabase.NewAsync();
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var service = await StartAsync(database, receiver);
        var owner = await NewUserAsync(service.Client(), 0);
        var organization = await (await service.Client().PostJson(
            "/v1/orgs", new { name = "Planned", owner_id = owner, limits = new { workspaces = 1 } }))
            .Data(HttpStatusCode.Created);
        var id = organization.GetProperty("id").GetString();
        var key = (await (await service.Client().PostJson(
            "/v1/api-keys", new { name = "Owner", type = "user", user_id = owner })).Data(HttpStatusCode.Created))
            .GetProperty("key").GetString()!;
        await service.Client(key).PostJson("/v1/workspaces", new { organization_id = id, name = "One" });

        await (await service.Client(key).PostJson("/v1/workspaces", new { organization_id = id, name = "Two" }))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "plan_limit_exceeded");

        var refusal = await OtlpReceiver.UntilAsync(
            () => receiver.Points.FirstOrDefault(point => point.Name == "workspace_service.refusals"));
        refusal.Attributes.Should().Equal(new Dictionary<string, object?>
        {
            ["workspace_service.fault.code"] = "plan_limit_exceeded",
            ["workspace_service.plan.limit"] = "workspaces",
        });
    }

    [Fact]
    public async Task No_key_token_query_or_body_is_in_it_and_probes_are_not_traced()
    {
        const string token = "tokentokentokentokentokentokentokentoken123";
        await using var database = await TestDatabase.NewAsync();
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var service = await StartAsync(
            database, receiver, "--Serilog:MinimumLevel:Default=Verbose",
            "--Serilog:MinimumLevel:Override:Microsoft=Verbose");
        var root = service.Client();
        var user = await NewUserAsync(root, 0, "Bodytext");
        var key = (await (await root.PostJson(
            "/v1/api-keys", new { name = "Bodytext", type = "user", user_id = user })).Data(HttpStatusCode.Created))
            .GetProperty("key").GetString()!;
        await service.Client(key).GetAsync("/v1/workspaces/WS-26-000001?q=querytext&user_key_asquery");
        await root.SendJson(HttpMethod.Post, "/v1/users", "{\"name\": \"Bodytext");
        await root.GetAsync("/livez");
        await root.GetAsync("/readyz");
        using var basic = service.Client(key: null);
        basic.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{key}:")));
        await basic.GetAsync("/v1/me");
        foreach (var path in new[]
        {
            $"/v1/invitations/{token}", $"/v1/invitations/{token}/accept", $"/nowhere/{token}", $"/v1/workspaces/{key}",
            $"/v1/{key[..20]}",
        })
        {
            await root.GetAsync(path);
            await root.PostJson(path, new { name = "Bodytext" });
        }

        service.Terminate();
        (await service.EndAsync()).Should().Be(0);

        receiver.Spans.Select(span => span.Attributes.GetValueOrDefault("url.path"))
            .Should().Contain("/v1/invitations/…/accept").And.NotContain(["/livez", "/readyz"]);
        receiver.Spans.Select(span => span.Name).Should().Contain("GET /v1/me")
            .And.NotContain(["ShowLiveness", "ShowReadiness"]);
        receiver.Logs.Should().Contain(log => log.Body == "Request answered");
        receiver.Points.Should().NotBeEmpty();
        foreach (var secret in new[]
        {
            ServiceProcess.RootKey, key, key[..20], token, "Bodytext", "querytext", "asquery",
            basic.DefaultRequestHeaders.Authorization.Parameter!,
        })
        {
            receiver.Bytes.Should().NotContain(secret);
        }
    }

    [Fact]
    public async Task The_service_has_the_name_and_the_receiver_the_headers_that_the_environment_says()
    {
        await using var database = await TestDatabase.NewAsync();
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var service = await ServiceProcess.ListeningAsync(
            database,
            $"{Hurry} OTEL_SERVICE_NAME=front OTEL_RESOURCE_ATTRIBUTES=deployment.environment.name=test "
            + "OTEL_EXPORTER_OTLP_HEADERS=x-tenant=blue",
            [$"--Telemetry:Otlp={receiver.Address}"]);
        await service.Client().GetAsync("/v1/me");
        await OtlpReceiver.UntilAsync(() => receiver.Spans.Count > 0 && receiver.Points.Count > 0 ? receiver : null);
        service.Terminate();
        await service.EndAsync();

        var resources = receiver.Spans.Select(span => span.Resource)
            .Concat(receiver.Points.Select(point => point.Resource)).Concat(receiver.Logs.Select(log => log.Resource));
        resources.Should().OnlyContain(resource => Equals(resource["service.name"], "front")
            && Equals(resource["deployment.environment.name"], "test"));
        receiver.Headers.Should().Contain("x-tenant", "blue");
    }

    [Fact]
    public async Task Otherwise_the_service_names_itself_and_sends_over_gRPC()
    {
        await using var database = await TestDatabase.NewAsync();
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var service = await ServiceProcess.ListeningAsync(
            database, Hurry.Replace("http/protobuf", "", StringComparison.Ordinal),
            [$"--Telemetry:Otlp={receiver.GrpcAddress}"]);
        await service.Client().GetAsync("/v1/me");

        var span = await OtlpReceiver.UntilAsync(() => receiver.Spans is [{ } first, ..] ? first : null);

        span.Resource.Should().Contain("service.name", "workspace-service").And.Contain("service.version", "1.0.0")
            .And.ContainKeys("service.instance.id", "telemetry.sdk.name");
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=nonsense", "OTEL_EXPORTER_OTLP_ENDPOINT is no address")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=ftp://localhost", "OTEL_EXPORTER_OTLP_ENDPOINT is no address")]
    [InlineData(
        "OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:1 OTEL_EXPORTER_OTLP_PROTOCOL=json",
        "OTEL_EXPORTER_OTLP_PROTOCOL is 'json'; it must be grpc or http/protobuf")]
    [InlineData(
        "OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:1 OTEL_EXPORTER_OTLP_LOGS_ENDPOINT=localhost:1",
        "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT is no address")]
    [InlineData(
        "OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:1 OTEL_EXPORTER_OTLP_HEADERS=nonsense",
        "telemetry cannot be configured")]
    public async Task A_wrong_variable_stops_the_start(string variables, string reason)
    {
        await using var database = await TestDatabase.NewAsync();
        await using var service = ServiceProcess.Run(
            [$"--ConnectionStrings:Workspaces={database.ConnectionString}", "--urls=http://127.0.0.1:0"],
            limits: $"export {variables}");

        (await service.EndAsync()).Should().Be(1);
        service.Errors.Trim().Split('\n')
            .Should().ContainSingle().Which.Should().StartWith("WorkspaceService cannot start: ").And.Contain(reason);
        service.Output.Should().BeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_receiver_that_is_dead_or_does_not_answer_harms_nothing(bool isListening)
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}";
        if (!isListening)
        {
            silent.Stop();
        }

        await using var database = await TestDatabase.NewAsync();
        await using var service = await ServiceProcess.ListeningAsync(
            database, Hurry, [$"--Telemetry:Otlp={address}"]);
        var (workspace, people) = await ArrangeAsync(service.Client(), people: 20);
        foreach (var person in people)
        {
            (await service.Client().PostJson(
                $"/v1/workspaces/{workspace}/members", new { user_id = person, role = "member" }))
                .StatusCode.Should().Be(HttpStatusCode.Created);
        }

        var clock = Stopwatch.StartNew();
        service.Terminate();
        (await service.EndAsync()).Should().Be(0);
        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(9), "containers are killed after ten");
        service.Errors.Should().BeEmpty();
        service.Output.Should().NotContain("\"level\":\"Error\"");
    }

    private static Task<ServiceProcess> StartAsync(
        TestDatabase database, OtlpReceiver receiver, params string[] args) =>
        ServiceProcess.ListeningAsync(
            database, $"{Hurry} OTEL_EXPORTER_OTLP_ENDPOINT={receiver.Address}", args);

    // A workspace with its owner, and others of its organization.
    private static async Task<(string Workspace, List<string> People)> ArrangeAsync(
        HttpClient root, int people, int? seats = null)
    {
        var owner = await NewUserAsync(root, 0);
        var organization = (await (await root.PostJson("/v1/orgs", new { name = "Traced", owner_id = owner }))
            .Data(HttpStatusCode.Created)).GetProperty("id").GetString();
        var workspace = (await (await root.PostJson(
            "/v1/workspaces", new { organization_id = organization, name = "Traced", seat_limit = seats }))
            .Data(HttpStatusCode.Created)).GetProperty("id").GetString()!;
        var others = new List<string>();
        for (var n = 1; n <= people; n++)
        {
            others.Add(await NewUserAsync(root, n));
            (await root.PostJson($"/v1/orgs/{organization}/members", new { user_id = others[^1], role = "member" }))
                .StatusCode.Should().Be(HttpStatusCode.Created);
        }

        return (workspace, others);
    }

    private static async Task<string> NewUserAsync(HttpClient root, int n, string name = "Person") =>
        (await (await root.PostJson("/v1/users", new { name, email = $"{name}{n}@example.com" }))
            .Data(HttpStatusCode.Created)).GetProperty("id").GetString()!;

    // The spans of the trace, once that of the request, which ends last, is among them.
    private static Task<List<OtlpSpan>> SpansAsync(OtlpReceiver receiver, string request) =>
        OtlpReceiver.UntilAsync(() => receiver.Spans.Where(span => span.Trace == Trace).ToList() is var spans
            && spans.Exists(span => span.Name == request) ? spans : null);

    private static string Tree(List<OtlpSpan> spans)
    {
        var text = new StringBuilder("\n");
        Add(Parent, depth: 0);
        return text.ToString();

        void Add(string parent, int depth)
        {
            foreach (var span in spans.Where(span => span.Parent == parent).OrderBy(span => span.Start))
            {
                var at = (span.Start - spans.Min(s => s.Start)) / 1e6;
                var length = (span.End - span.Start) / 1e6;
                text.AppendLine(CultureInfo.InvariantCulture,
                    $"{new string(' ', 2 * depth)}{span.Name}  {length:0.00} ms, at {at:0.00}");
                Add(span.Id, depth + 1);
            }
        }
    }
}
