using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using WorkspaceService.Features.Workspaces;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using Xunit.Abstractions;

namespace WorkspaceService.Features.Metering;

[Collection("Metering")]
public sealed class RecordMeteringEventsTests(ServiceFixture service, ITestOutputHelper output)
{
    [Fact]
    public async Task Events_count_in_the_costs_of_their_workspace_and_the_usage_of_their_line()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var line = await tenant.NewLineAsync(workspace.Id, "active");
        var other = await tenant.NewLineAsync(workspace.Id, "active");
        var now = service.Clock.Now;

        var results = await (await tenant.Client.PostJson("/v1/metering/events", new
        {
            events = new object[]
            {
                new
                {
                    id = "e1",
                    service_line_id = line.Id,
                    metric = "engineer_hours",
                    quantity = 7.5,
                    unit = "hour",
                    cost = 1234.56,
                    currency = "USD",
                    occurred_at = now,
                },
                new
                {
                    id = "e2",
                    service_line_id = line.Id,
                    metric = "engineer_hours",
                    quantity = 0.000001,
                    unit = "hour",
                    cost = 0.000001,
                    currency = "USD",
                    occurred_at = now,
                },
                new
                {
                    id = "e3",
                    service_line_id = other.Id,
                    metric = "tokens",
                    quantity = 1_000_000,
                    unit = (string?)null,
                    cost = 0.1,
                    currency = "USD",
                    occurred_at = now,
                },
                new { id = "e4", service_line_id = other.Id, metric = "tokens", quantity = 5, occurred_at = now },
            },
        })).Data();

        results.GetRawText().Should().Be(
            """[{"id":"e1","result":"accepted","code":null,"message":null},"""
            + """{"id":"e2","result":"accepted","code":null,"message":null},"""
            + """{"id":"e3","result":"accepted","code":null,"message":null},"""
            + """{"id":"e4","result":"accepted","code":null,"message":null}]""");
        var shown = await (await tenant.Client.GetAsync($"/v1/workspaces/{workspace.Id}")).Data();
        shown.GetProperty("cost_mtd").GetRawText().Should().Be("1234.660001");
        shown.GetProperty("currency").GetString().Should().Be("USD");
        var usage = await (await tenant.Client.GetAsync($"/v1/service-lines/{line.Id}/usage")).Data();
        usage.GetProperty("total_cost").GetRawText().Should().Be("1234.560001");
        usage.GetProperty("metrics").GetRawText().Should().Be(
            """[{"metric":"engineer_hours","quantity":7.500001,"unit":"hour","cost":1234.560001,"currency":"USD"}]""");
        (await service.EventsOfAsync(line.Id)).Select(e => e.Type)
            .Should().Equal("service_line.created", "service_line.activated");
    }

    [Fact]
    public async Task A_replayed_batch_of_500_changes_nothing()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var line = await tenant.NewLineAsync(workspace.Id, "active");
        var owner = await tenant.OwnerAsync();
        var batch = Enumerable.Range(0, 500).Select(n => service.Usage(line.Id, $"e{n}", cost: 0.01m * n)).ToArray();

        var first = await service.MeterAsync(owner, batch);
        var cost = await CostAsync(tenant, workspace.Id);
        service.Clock.Advance(TimeSpan.FromSeconds(1));
        var second = await service.MeterAsync(owner, batch);
        var third = await service.MeterAsync(ServiceFixture.RootCaller, [.. batch.Reverse()]);

        first.Should().OnlyContain(r => r.Result == "accepted");
        second.Should().OnlyContain(r => r.Result == "duplicate" && r.Code == null);
        third.Should().OnlyContain(r => r.Result == "duplicate");
        cost.Should().Be(1247.50m);
        (await CostAsync(tenant, workspace.Id)).Should().Be(cost);
        await SumsShouldBeTrueAsync(line.Id);
    }

    [Fact]
    public async Task The_same_id_twice_in_one_batch_counts_once()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var line = await tenant.NewLineAsync(workspace.Id, "active");

        var results = await service.MeterAsync(
            await tenant.OwnerAsync(),
            service.Usage(line.Id, "once", cost: -1),
            service.Usage(line.Id, "once", cost: 2),
            service.Usage(line.Id, "once", cost: 3));

        results.Select(r => r.Result).Should().Equal("rejected", "accepted", "duplicate");
        (await CostAsync(tenant, workspace.Id)).Should().Be(2);
    }

    [Fact]
    public async Task An_id_is_known_to_one_organization_and_to_all_of_its_lines()
    {
        var tenant = await service.NewTenantAsync();
        var other = await service.NewTenantAsync();
        var one = await tenant.NewLineAsync((await tenant.NewWorkspaceAsync()).Id, "active");
        var two = await tenant.NewLineAsync((await tenant.NewWorkspaceAsync()).Id, "active");
        var theirs = await other.NewLineAsync((await other.NewWorkspaceAsync()).Id, "active");

        var results = await service.MeterAsync(
            ServiceFixture.RootCaller,
            service.Usage(one.Id, "shared"),
            service.Usage(two.Id, "shared"),
            service.Usage(theirs.Id, "shared"));

        results.Select(r => r.Result).Should().Equal("accepted", "duplicate", "accepted");
    }

    [Fact]
    public async Task Sixteen_sending_one_batch_at_once_count_it_once()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var line = await tenant.NewLineAsync(workspace.Id, "active");
        var owner = await tenant.OwnerAsync();
        var batch = Enumerable.Range(0, 20).Select(n => service.Usage(line.Id, $"race{n}", cost: 1)).ToArray();

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(_ => Task.Run(() => service.Next.MeterAsync(owner, batch))));

        answers.SelectMany(a => a).Count(r => r.Result == "accepted").Should().Be(20);
        answers.SelectMany(a => a).Count(r => r.Result == "duplicate").Should().Be(15 * 20);
        (await CostAsync(tenant, workspace.Id)).Should().Be(20);
        await SumsShouldBeTrueAsync(line.Id);
    }

    [Fact]
    public async Task Sixteen_sending_their_own_batches_lose_none()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var line = await tenant.NewLineAsync(workspace.Id, "active");
        var owner = await tenant.OwnerAsync();

        await Task.WhenAll(Enumerable.Range(0, 16).Select(sender => Task.Run(async () =>
        {
            for (var batch = 0; batch < 5; batch++)
            {
                var results = await service.Next.MeterAsync(
                    owner,
                    [.. Enumerable.Range(0, 10).Select(
                        n => service.Usage(line.Id, $"{sender}-{batch}-{n}", cost: 0.1m))]);
                results.Should().OnlyContain(r => r.Result == "accepted");
            }
        })));

        (await CostAsync(tenant, workspace.Id)).Should().Be(80);
        await SumsShouldBeTrueAsync(line.Id);
    }

    [Theory]
    [InlineData("draft", "rejected", "invalid_status")]
    [InlineData("active", "accepted", null)]
    [InlineData("paused", "accepted", null)]
    [InlineData("closed", "rejected", "invalid_status")]
    [InlineData("terminated", "rejected", "invalid_status")]
    public async Task Active_and_paused_lines_take_events(string status, string result, string? code)
    {
        var tenant = await service.NewTenantAsync();
        var line = await tenant.NewLineAsync((await tenant.NewWorkspaceAsync()).Id, status);

        var answer = (await service.MeterAsync(await tenant.OwnerAsync(), service.Usage(line.Id))).Single();

        (answer.Result, answer.Code).Should().Be((result, code));
        (answer.Message is null).Should().Be(code is null);
    }

    [Fact]
    public async Task What_was_refused_once_may_be_taken_later_in_the_batch_and_what_was_taken_is_known_from_then_on()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var line = await tenant.NewLineAsync(workspace.Id, "active");

        var results = await service.MeterAsync(
            await tenant.OwnerAsync(),
            service.Usage(line.Id, "id", cost: 1) with { Currency = "EUR" },
            service.Usage(line.Id, "id", cost: 2),
            service.Usage(line.Id, "id", cost: 3) with { Currency = "EUR" });

        results.Select(r => (r.Result, r.Code))
            .Should().Equal(("rejected", "currency_mismatch"), ("accepted", null), ("duplicate", null));
        (await CostAsync(tenant, workspace.Id)).Should().Be(2);
    }

    [Theory]
    [InlineData("it's \"quoted\" \\ and {\"a\":1}")]
    [InlineData("Zoë 日本 😀 \u2028")]
    [InlineData("'); DROP TABLE metering_events; --")]
    public async Task Any_text_is_kept_as_it_is_and_known_again(string text)
    {
        var tenant = await service.NewTenantAsync();
        var line = await tenant.NewLineAsync((await tenant.NewWorkspaceAsync()).Id, "active");
        var owner = await tenant.OwnerAsync();
        var given = service.Usage(line.Id, text) with
        {
            Metric = text,
            Unit = text,
            Quantity = 999_999_999_999.999999m,
            Cost = 9_999_999_999.999999m,
        };

        (await service.MeterAsync(owner, given)).Single().Result.Should().Be("accepted");
        (await service.MeterAsync(owner, given)).Single().Result.Should().Be("duplicate");

        var usage = (await service.Do(new ShowUsage.Query(owner, line.Id))).Metrics.Single();
        (usage.Metric, usage.Unit, usage.Quantity, usage.Cost)
            .Should().Be((text, text, 999_999_999_999.999999m, 9_999_999_999.999999m));
    }

    [Fact]
    public async Task A_known_event_is_a_duplicate_also_when_new_ones_are_not_taken_any_more()
    {
        var tenant = await service.NewTenantAsync();
        var line = await tenant.NewLineAsync((await tenant.NewWorkspaceAsync()).Id, "active");
        var owner = await tenant.OwnerAsync();
        await service.MeterAsync(owner, service.Usage(line.Id, "known"));
        await tenant.MoveAsync(line.Id, "closed");

        var results = await service.MeterAsync(owner, service.Usage(line.Id, "known"), service.Usage(line.Id, "new"));

        results.Select(r => (r.Result, r.Code)).Should().Equal(("duplicate", null), ("rejected", "invalid_status"));
    }

    [Fact]
    public async Task Each_event_is_refused_alone()
    {
        var tenant = await service.NewTenantAsync();
        var other = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var line = await tenant.NewLineAsync(workspace.Id, "active");
        var theirs = await other.NewLineAsync((await other.NewWorkspaceAsync()).Id, "active");

        var results = await service.MeterAsync(
            await tenant.OwnerAsync(),
            service.Usage("LIN-26-999999"),
            service.Usage(theirs.Id),
            service.Usage("nonsense"),
            service.Usage(line.Id) with { Currency = "EUR" },
            service.Usage(line.Id) with { Currency = "usd" },
            service.Usage(line.Id, at: service.Clock.Now.AddMinutes(6)),
            service.Usage(line.Id, at: service.Clock.Now.AddMinutes(4)),
            service.Usage(line.Id, cost: 0),
            service.Usage(line.Id) with { Unit = null, Currency = null, Cost = null });

        results.Select(r => r.Code).Should().Equal(
            "not_found",
            "not_found",
            "not_found",
            "currency_mismatch",
            "currency_mismatch",
            "occurred_in_future",
            null,
            null,
            null);
        (await CostAsync(tenant, workspace.Id)).Should().Be(1.25m);
    }

    [Theory]
    [InlineData("id", "null")]
    [InlineData("id", "\"\"")]
    [InlineData("id", "\" \"")]
    [InlineData("id", "7")]
    [InlineData("id", "\"\\u0000\"")]
    [InlineData("id", "\"\\ud800\"")]
    [InlineData("service_line_id", "null")]
    [InlineData("metric", "null")]
    [InlineData("metric", "\"\"")]
    [InlineData("metric", "{}")]
    [InlineData("quantity", "null")]
    [InlineData("quantity", "\"7\"")]
    [InlineData("quantity", "-1")]
    [InlineData("quantity", "0.0000001")]
    [InlineData("quantity", "1e400")]
    [InlineData("quantity", "1000000000000")]
    [InlineData("unit", "\"\"")]
    [InlineData("unit", "1")]
    [InlineData("cost", "-0.01")]
    [InlineData("cost", "0.0000001")]
    [InlineData("cost", "10000000000")]
    [InlineData("cost", "1e-30")]
    [InlineData("cost", "true")]
    [InlineData("currency", "null")]
    [InlineData("currency", "840")]
    [InlineData("occurred_at", "null")]
    [InlineData("occurred_at", "\"yesterday\"")]
    [InlineData("occurred_at", "\"0001-01-01T00:00:00Z\"")]
    [InlineData("occurred_at", "1764547200")]
    [InlineData("colour", "\"red\"")]
    public async Task A_malformed_event_is_refused_alone_with_a_message(string member, string json)
    {
        var tenant = await service.NewTenantAsync();
        var line = await tenant.NewLineAsync((await tenant.NewWorkspaceAsync()).Id, "active");
        var bad = Good(line.Id);
        bad[member] = JsonNode.Parse(json.Contains("ud800", StringComparison.Ordinal) ? "\"@\"" : json);
        var body = $"{{\"events\":[{bad.ToJsonString()},{Good(line.Id).ToJsonString()}]}}".Replace(
            "\"@\"", "\"\\ud800\"", StringComparison.Ordinal);

        var results = await (await tenant.Client.PostJson("/v1/metering/events", body)).Data();

        var refused = results[0];
        (refused.GetProperty("result").GetString(), refused.GetProperty("code").GetString())
            .Should().Be(("rejected", "invalid_event"));
        refused.GetProperty("message").GetString().Should().StartWith($"/{member} ");
        if (member != "id")
        {
            refused.GetProperty("id").GetString().Should().Be(bad["id"]!.GetValue<string>());
        }

        results[1].GetProperty("result").GetString().Should().Be("accepted");
    }

    [Theory]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"event\"")]
    [InlineData("{}")]
    [InlineData("{\"id\":\"twice\",\"id\":\"twice\"}")]
    public async Task What_is_no_event_is_refused_alone(string item)
    {
        var tenant = await service.NewTenantAsync();
        var line = await tenant.NewLineAsync((await tenant.NewWorkspaceAsync()).Id, "active");

        var results = await (await tenant.Client.PostJson(
            "/v1/metering/events", $"{{\"events\":[{item},{Good(line.Id).ToJsonString()}]}}")).Data();

        results[0].GetProperty("code").GetString().Should().Be("invalid_event");
        results[1].GetProperty("result").GetString().Should().Be("accepted");
    }

    [Theory]
    [InlineData("{}", "/events", "required")]
    [InlineData("{\"events\":[]}", "/events", "required")]
    [InlineData("{\"events\":{}}", "/events", "wrong_type")]
    [InlineData("{\"events\":[],\"more\":1}", "/more", "unknown_member")]
    public async Task A_batch_that_is_none_is_refused(string body, string pointer, string code)
    {
        var tenant = await service.NewTenantAsync();

        var problem = await (await tenant.Client.PostJson("/v1/metering/events", body))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");

        var error = problem.GetProperty("errors")[0];
        (error.GetProperty("pointer").GetString(), error.GetProperty("code").GetString()).Should().Be((pointer, code));
    }

    [Fact]
    public async Task A_batch_over_500_is_refused_whole_and_text_that_is_no_json_too()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var line = await tenant.NewLineAsync(workspace.Id, "active");
        var events = string.Join(',', Enumerable.Range(0, 501).Select(_ => Good(line.Id).ToJsonString()));

        await (await tenant.Client.PostJson("/v1/metering/events", $"{{\"events\":[{events}]}}"))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");
        await (await tenant.Client.PostJson(
            "/v1/metering/events", $"{{\"events\":[{Good(line.Id).ToJsonString()},{{\"id\":"))
            .ShouldBeProblem(HttpStatusCode.BadRequest, "malformed_json");
        (await CostAsync(tenant, workspace.Id)).Should().Be(0);
    }

    [Fact]
    public async Task It_takes_a_workspace_admin_or_a_key_that_writes_metering()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var elsewhere = await tenant.NewWorkspaceAsync();
        var line = await tenant.NewLineAsync(workspace.Id, "active");
        var member = await tenant.NewMemberAsync();
        await tenant.AddToAsync(workspace.Id, member.Id, Roles.Member);
        var outsider = await tenant.NewMemberAsync();

        async Task<HttpResponseMessage> MeterWith(string? key) =>
            await service.Client(key)
                .PostJson("/v1/metering/events", $"{{\"events\":[{Good(line.Id).ToJsonString()}]}}");

        await (await MeterWith(null)).ShouldBeProblem(HttpStatusCode.Unauthorized, "unauthenticated");
        await (await MeterWith(member.Key)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        await (await MeterWith(await tenant.ServiceKeyAsync("secret", null, Permissions.Read, Permissions.Write)))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        await (await MeterWith(await tenant.ServiceKeyAsync("publishable")))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await (await MeterWith(outsider.Key)).Data())[0].GetProperty("code").GetString().Should().Be("not_found");
        (await (await MeterWith(await tenant.ServiceKeyAsync("secret", elsewhere.Id))).Data())[0]
            .GetProperty("code").GetString().Should().Be("not_found");
        (await (await MeterWith(await tenant.ServiceKeyAsync("secret", workspace.Id, Permissions.MeteringWrite)))
            .Data())[0].GetProperty("result").GetString().Should().Be("accepted");
        (await (await MeterWith(tenant.OwnerKey)).Data())[0].GetProperty("result").GetString().Should().Be("accepted");
    }

    [Fact]
    public async Task Where_the_caller_may_record_some_the_others_are_forbidden_alone()
    {
        var tenant = await service.NewTenantAsync(ceiling: false);
        var mine = await tenant.NewWorkspaceAsync();
        var seen = await tenant.NewWorkspaceAsync();
        var one = await tenant.NewLineAsync(mine.Id, "active");
        var two = await tenant.NewLineAsync(seen.Id, "active");
        var person = await tenant.NewMemberAsync();
        await tenant.AddToAsync(mine.Id, person.Id, Roles.Admin);
        await tenant.AddToAsync(seen.Id, person.Id, Roles.Viewer);

        var results = await service.MeterAsync(
            await person.CallerAsync(), service.Usage(one.Id), service.Usage(two.Id));

        results.Select(r => (r.Result, r.Code)).Should().Equal(("accepted", null), ("rejected", "forbidden"));
    }

    [Fact]
    public async Task Late_events_count_in_their_own_month_and_the_month_rolls_over_by_itself()
    {
        await using var alone = new ServiceFixture();
        await alone.InitializeAsync();
        var tenant = await alone.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var line = await tenant.NewLineAsync(workspace.Id, "active");
        var owner = await tenant.OwnerAsync();
        alone.Clock.SetTo(new DateTimeOffset(2031, 1, 31, 23, 59, 30, TimeSpan.Zero));

        var inJanuary = new DateTimeOffset(2031, 2, 1, 0, 30, 0, TimeSpan.FromHours(1));
        await alone.MeterAsync(
            owner,
            alone.Usage(line.Id, cost: 10),
            alone.Usage(line.Id, cost: 5, at: inJanuary),
            alone.Usage(line.Id, cost: 3, at: alone.Clock.Now.AddYears(-5)));
        var january = await CostAsync(tenant, workspace.Id);
        await alone.MeterAsync(
            owner, alone.Usage(line.Id, cost: 2, at: new DateTimeOffset(2031, 2, 1, 0, 0, 0, TimeSpan.Zero)));
        var stillJanuary = await CostAsync(tenant, workspace.Id);
        alone.Clock.SetTo(new DateTimeOffset(2031, 2, 1, 0, 0, 0, TimeSpan.Zero));
        var february = await CostAsync(tenant, workspace.Id);
        await alone.MeterAsync(
            owner, alone.Usage(line.Id, cost: 7, at: new DateTimeOffset(2031, 1, 15, 0, 0, 0, TimeSpan.Zero)));
        var afterLate = await CostAsync(tenant, workspace.Id);
        var usage = await alone.Do(new ShowUsage.Query(owner, line.Id, "2031-01-01", "2031-01-31"));

        (january, stillJanuary, february, afterLate).Should().Be((15, 15, 2, 2));
        usage.TotalCost.Should().Be(22);
        await ((IAsyncLifetime)alone).DisposeAsync();
    }

    [Fact]
    public async Task Sums_are_kept_by_currency_and_the_current_one_is_shown()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var line = await tenant.NewLineAsync(workspace.Id, "active");
        var owner = await tenant.OwnerAsync();
        await service.MeterAsync(owner, service.Usage(line.Id, "in-dollars", cost: 100));

        await SetCurrencyAsync(workspace.Id, "EUR");
        var results = await service.MeterAsync(
            owner,
            service.Usage(line.Id, cost: 5),
            service.Usage(line.Id, cost: 7) with { Currency = "EUR" },
            service.Usage(line.Id, "in-dollars"));
        var inEuro = await service.Do(new GetWorkspace.Query(owner, workspace.Id));
        var usage = await service.Do(new ShowUsage.Query(owner, line.Id));
        await SetCurrencyAsync(workspace.Id, "USD");

        results.Select(r => r.Code ?? r.Result).Should().Equal("currency_mismatch", "accepted", "duplicate");
        (inEuro.Value.CostMtd, inEuro.Value.Currency).Should().Be((7, "EUR"));
        (usage.TotalCost, usage.Currency).Should().Be((7, "EUR"));
        usage.Metrics.Select(m => (m.Currency, m.Cost)).Should().Equal(("EUR", 7), ("USD", 100));
        (await CostAsync(tenant, workspace.Id)).Should().Be(100);
    }

    [Fact]
    public async Task Cost_costs_the_same_to_read_with_many_events()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var line = await tenant.NewLineAsync(workspace.Id, "active");
        var owner = await tenant.OwnerAsync();
        await service.MeterAsync(owner, [.. Enumerable.Range(0, 300).Select(_ => service.Usage(line.Id))]);

        await using var session = service.Db.Open();

        (await session.ScalarAsync<long>(
            "SELECT COUNT(*) FROM workspace_costs c JOIN workspaces w ON w.id = c.workspace_id WHERE w.code = @Id",
            new { workspace.Id })).Should().Be(1);
        (await session.ScalarAsync<long>(
            "SELECT COUNT(*) FROM usage_days d JOIN service_lines l ON l.id = d.service_line_id WHERE l.code = @Id",
            new { line.Id })).Should().Be(1);
    }

    [Fact]
    public async Task A_batch_takes_the_same_few_statements_whatever_its_size()
    {
        var tenant = await service.NewTenantAsync();
        var line = await tenant.NewLineAsync((await tenant.NewWorkspaceAsync()).Id, "active");
        var owner = await tenant.OwnerAsync();
        var at = service.Usage(line.Id).OccurredAt;
        RecordMeteringEvents.Command Batch(int size) =>
            new(owner, [.. Enumerable.Range(0, size).Select(_ => service.Usage(line.Id) with { OccurredAt = at })]);

        var (_, few) = await service.Counted(Batch(2));
        var (_, many) = await service.Counted(Batch(500));

        many.Should().Be(few).And.BeLessThanOrEqualTo(5);
    }

    [Fact]
    public async Task A_sum_that_would_grow_out_of_range_refuses_the_batch_and_records_nothing()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var line = await tenant.NewLineAsync(workspace.Id, "active");
        var owner = await tenant.OwnerAsync();
        var most = Enumerable.Range(0, 500)
            .Select(_ => service.Usage(line.Id, cost: 9_999_999_999, quantity: 999_999_999_999)).ToArray();
        await service.MeterAsync(owner, most);

        var refused = await service.Refused(new RecordMeteringEvents.Command(
            owner, [.. most.Skip(1).Select(e => Fresh(e)), service.Usage(line.Id, "with-it")]));

        refused.Errors.Should().ContainSingle().Which.Code.Should().Be("out_of_range");
        (await CostAsync(tenant, workspace.Id)).Should().Be(4_999_999_999_500m);
        (await service.MeterAsync(owner, service.Usage(line.Id, "with-it"))).Single().Result.Should().Be("accepted");
        await SumsShouldBeTrueAsync(line.Id);

        static BatchItem<RecordMeteringEvents.Event> Fresh(RecordMeteringEvents.Event e) =>
            e with { Id = Guid.NewGuid().ToString() };
    }

    [Fact]
    public async Task An_idempotency_key_replays_the_first_answer()
    {
        var tenant = await service.NewTenantAsync();
        var line = await tenant.NewLineAsync((await tenant.NewWorkspaceAsync()).Id, "active");
        var client = tenant.Client;
        client.DefaultRequestHeaders.Add("Idempotency-Key", "batch-1");
        var body = $"{{\"events\":[{Good(line.Id).ToJsonString()},7]}}";

        var first = await (await client.PostJson("/v1/metering/events", body)).Data();
        var again = await client.PostJson("/v1/metering/events", body);

        (await again.Data()).GetRawText().Should().Be(first.GetRawText());
        first[0].GetProperty("result").GetString().Should().Be("accepted");
        again.Headers.Contains("Idempotency-Replayed").Should().BeTrue();
    }

    [Fact]
    public async Task After_a_random_history_all_sums_are_true()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var workspaces = new[] { await tenant.NewWorkspaceAsync(), await tenant.NewWorkspaceAsync() };
        var lines = new List<ServiceLineObject>();
        foreach (var workspace in workspaces)
        {
            lines.Add(await tenant.NewLineAsync(workspace.Id, "active"));
            lines.Add(await tenant.NewLineAsync(workspace.Id, "paused"));
        }

        var random = Seeded.Random(output);
        for (var batch = 0; batch < 40; batch++)
        {
            await service.MeterAsync(owner, [.. Enumerable.Range(0, random.Next(1, 30)).Select(_ => service.Usage(
                lines[random.Next(4)].Id,
                $"e{random.Next(400)}",
                cost: random.Next(0, 5) == 0 ? 0 : random.Next(1, 1_000_000_000) / 1_000_000m,
                quantity: random.Next(0, 2_000_000_000) / 1_000_000m,
                at: service.Clock.Now.AddHours(-random.Next(0, 2000)),
                metric: random.Next(2) == 0 ? "hours" : "tokens"))]);
        }

        await SumsShouldBeTrueAsync([.. lines.Select(line => line.Id)]);
    }

    private static async Task<decimal> CostAsync(Tenant tenant, string workspace) =>
        (await tenant.Service.Do(new GetWorkspace.Query(await tenant.OwnerAsync(), workspace))).Value.CostMtd;

    private static JsonObject Good(string line) => new()
    {
        ["id"] = Guid.NewGuid().ToString(),
        ["service_line_id"] = line,
        ["metric"] = "hours",
        ["quantity"] = 1.5m,
        ["unit"] = "hour",
        ["cost"] = 12.5m,
        ["currency"] = "USD",
        ["occurred_at"] = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
    };

    private async Task SetCurrencyAsync(string workspace, string currency) =>
        await service.Db.TransactAsync<Done>(ServiceFixture.RootCaller, async session =>
        {
            await session.ExecuteAsync(
                "UPDATE workspaces SET currency = @Currency WHERE code = @Workspace",
                new { Currency = currency, Workspace = workspace });
            return Done.It;
        });

    // What the events add up to, beside what is kept.
    private async Task SumsShouldBeTrueAsync(params string[] lines)
    {
        await using var session = service.Db.Open();
        foreach (var line in lines)
        {
            var events = await session.ListAsync<StoredEvent>(
                "SELECT e.metric, e.quantity_micros, e.cost_micros, e.occurred_at FROM metering_events e "
                + "JOIN service_lines l ON l.id = e.service_line_id WHERE l.code = @Line",
                new { Line = line });
            var days = await session.ListAsync<StoredDay>(
                "SELECT d.day, d.metric, d.quantity_whole, d.quantity_micros, d.cost_micros FROM usage_days d "
                + "JOIN service_lines l ON l.id = d.service_line_id WHERE l.code = @Line",
                new { Line = line });

            events.Should().NotBeEmpty();
            days.Select(
                d => (d.Day, d.Metric, (d.QuantityWhole * 1_000_000m) + d.QuantityMicros, (decimal)d.CostMicros))
                .Should().BeEquivalentTo(
                    events.GroupBy(e => (Day.Of(e.OccurredAt), e.Metric))
                        .Select(
                            g => (g.Key.Item1, g.Key.Metric, g.Sum(e => (decimal)e.QuantityMicros),
                                g.Sum(e => (decimal)e.CostMicros))));
        }

        var months = await session.ListAsync<StoredMonth>(
            """
            SELECT c.workspace_id, c.month, c.cost_micros FROM workspace_costs c
            WHERE c.workspace_id IN (SELECT l.workspace_id FROM service_lines l WHERE l.code = @Line)
            """,
            new { Line = lines[0] });
        var costs = await session.ListAsync<StoredEvent>(
            """
            SELECT e.occurred_at, e.cost_micros FROM metering_events e JOIN service_lines l ON l.id = e.service_line_id
            WHERE l.workspace_id = (SELECT x.workspace_id FROM service_lines x WHERE x.code = @Line)
              AND e.cost_micros > 0
            """,
            new { Line = lines[0] });
        months.Select(m => (m.Month, (decimal)m.CostMicros)).Should().BeEquivalentTo(
            costs.GroupBy(e => Month.Of(e.OccurredAt)).Select(g => (g.Key, g.Sum(e => (decimal)e.CostMicros))));
    }

    private sealed record StoredEvent
    {
        public string Metric { get; init; } = "";

        public long QuantityMicros { get; init; }

        public long CostMicros { get; init; }

        public DateTimeOffset OccurredAt { get; init; }
    }

    private sealed record StoredDay
    {
        public long Day { get; init; }

        public string Metric { get; init; } = "";

        public long QuantityWhole { get; init; }

        public long QuantityMicros { get; init; }

        public long CostMicros { get; init; }
    }

    private sealed record StoredMonth
    {
        public long Month { get; init; }

        public long CostMicros { get; init; }
    }
}
