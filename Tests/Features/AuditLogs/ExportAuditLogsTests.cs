using System.Net;
using System.Text.Json;
using CsvHelper;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.AuditLogs;

public sealed class ExportAuditLogsTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task All_of_it_is_exported_a_line_each_and_verifies_by_itself()
    {
        var tenant = await NewLogAsync(entries: 1300);

        using var answer = await tenant.Client.GetAsync($"/v1/audit-logs/export?organization_id={tenant.Id}");

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.ToString().Should().Be("application/x-ndjson");
        answer.Content.Headers.ContentDisposition!.ToString()
            .Should().Be($"attachment; filename=\"audit-log-{tenant.Id}.jsonl\"");
        var text = await answer.Content.ReadAsStringAsync();
        text.Should().EndWith("}\n");
        var lines = text.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();
        lines.Should().HaveCountGreaterThan(2600);
        lines.Select(line => line.GetProperty("id").GetString()).Should().OnlyHaveUniqueItems();
        lines.Should().AllSatisfy(line => line.EnumerateObject().Count().Should().Be(15));
        lines.Count(IsRefused).Should().Be(1300);
        lines.Where(IsRefused).Should().AllSatisfy(
            line => line.GetProperty("hash").ValueKind.Should().Be(JsonValueKind.Null));
        ChainVerifier.FindBroken(lines.Where(line => !IsRefused(line)).Select(EventOf)).Should().BeEmpty();
    }

    [Fact]
    public async Task The_filters_are_those_of_the_list()
    {
        var tenant = await NewLogAsync(entries: 3);

        (await LinesAsync("outcome=denied")).Should().HaveCount(3).And.OnlyContain(line => IsRefused(line));
        (await LinesAsync("action=audit.export")).Should().HaveCount(3).And.OnlyContain(line => !IsRefused(line));
        (await LinesAsync($"to={At(-3600)}")).Should().BeEmpty();
        (await LinesAsync($"from={At(-3600)}")).Should().HaveCountGreaterThan(6);
        await (await tenant.Client.GetAsync($"/v1/audit-logs/export?organization_id={tenant.Id}&format=xml"))
            .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_parameter");
        await (await tenant.Client.GetAsync("/v1/audit-logs/export?format=csv"))
            .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_parameter");

        string At(int seconds) => JsonConventions.TimeText(service.Clock.Now.AddSeconds(seconds));

        async Task<List<JsonElement>> LinesAsync(string filter)
        {
            var text = await tenant.Client.GetStringAsync(
                $"/v1/audit-logs/export?organization_id={tenant.Id}&{filter}");
            return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonDocument.Parse(line).RootElement)];
        }
    }

    [Fact]
    public async Task A_table_has_a_header_and_no_cell_that_a_spreadsheet_would_run()
    {
        var tenant = await service.NewTenantAsync();
        await service.Db.TransactAsync<Done>(await tenant.OwnerAsync(), async session =>
        {
            foreach (var text in new[] { "=1+1", "+1", "-1", "@a", "\t=1", "plain, \"quoted\"" })
            {
                await EventLog.AppendAsync(
                    session, "audit.cell", tenant.Id, null, (text, text), Changes.Of("name", "a,b", text));
            }

            return Done.It;
        });

        using var answer = await tenant.Client.GetAsync(
            $"/v1/audit-logs/export?organization_id={tenant.Id}&format=csv&action=audit.cell");

        answer.Content.Headers.ContentType!.ToString().Should().Be("text/csv; charset=utf-8");
        answer.Content.Headers.ContentDisposition!.ToString()
            .Should().Be($"attachment; filename=\"audit-log-{tenant.Id}.csv\"");
        var rows = Parse(await answer.Content.ReadAsStringAsync());
        rows[0].Should().Equal(
            "id", "action", "outcome", "code", "occurred_at", "organization_id", "workspace_id", "actor_kind",
            "actor_id", "subject_kind", "subject_id", "request_id", "changes", "event_id", "sequence", "previous_hash",
            "hash");
        rows.Skip(1).Select(row => row[9])
            .Should().Equal("'=1+1", "'+1", "'-1", "'@a", "'\t=1", "plain, \"quoted\"");
        JsonDocument.Parse(rows[6][12]).RootElement.GetProperty("name")[1].GetString()
            .Should().Be("plain, \"quoted\"");
        rows[1][4].Should().MatchRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$");
        Parse(await tenant.Client.GetStringAsync(
            $"/v1/audit-logs/export?organization_id={tenant.Id}&format=csv&action=none")).Should().HaveCount(1);
    }

    [Fact]
    public async Task An_export_that_fails_on_the_way_breaks_off()
    {
        await using var broken = new BrokenFixture();
        await ((IAsyncLifetime)broken).InitializeAsync();
        var tenant = await NewLogAsync(entries: 30_000, broken);
        using var answer = await tenant.Client.GetAsync(
            $"/v1/audit-logs/export?organization_id={tenant.Id}", HttpCompletionOption.ResponseHeadersRead);
        answer.StatusCode.Should().Be(HttpStatusCode.OK);

        await broken.ArrangeAsync("ALTER TABLE refusals RENAME TO gone");

        var reading = async () => await answer.Content.ReadAsStringAsync();
        await reading.Should().ThrowAsync<HttpRequestException>();
        await ((IAsyncLifetime)broken).DisposeAsync();
    }

    private static bool IsRefused(JsonElement line) => line.GetProperty("outcome").GetString() == "denied";

    // The entry as GET /v1/events shows it.
    private static JsonElement EventOf(JsonElement line)
    {
        var e = line.EnumerateObject().Where(member => member.Name is not ("outcome" or "code" or "event_id"))
            .ToDictionary(member => member.Name == "action" ? "type" : member.Name, member => member.Value);
        return JsonSerializer.SerializeToElement(e);
    }

    private static List<string[]> Parse(string text)
    {
        var rows = new List<string[]>();
        using var reader = CsvReader.FromText(text, CsvReaderOptions.Default with { HasHeader = false });
        while (reader.Read())
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(n => reader.GetString(n))]);
        }

        return rows;
    }

    private Task<Tenant> NewLogAsync(int entries) => NewLogAsync(entries, service);

    private static async Task<Tenant> NewLogAsync(int entries, ServiceFixture service)
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        await service.Db.TransactAsync<Done>(owner, async session =>
        {
            for (var written = 0; written < entries; written += 1000)
            {
                var count = Math.Min(1000, entries - written);
                await EventLog.AppendManyAsync(
                    session,
                    "audit.export",
                    tenant.Id,
                    [.. Enumerable.Range(0, count).Select(n => ((string?)null, "thing", $"{n}"))],
                    Changes.Of("name", "before \u20ac", "after"));
                await Refusals.AppendAsync(session, [.. Enumerable.Range(0, count).Select(n => new Refusal(
                    tenant.Id,
                    null,
                    "AddMember",
                    "forbidden",
                    session.Now.AddSeconds(-1),
                    ("user", owner.UserCode!),
                    ("thing", $"{n}"),
                    "r"))]);
            }

            return Done.It;
        });
        return tenant;
    }

    private sealed class BrokenFixture : ServiceFixture;
}
