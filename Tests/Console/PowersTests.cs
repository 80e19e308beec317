using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using WorkspaceService.Architecture;
using WorkspaceService.Features.Members;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Powers;

/// <summary>
/// Who sees and may do what in the console: each cell of the table in <c>Tests/Console/POWERS.md</c> is tried. What is
/// not shown or done is refused as the API refuses it, also where the form is sent that nobody was offered.
/// </summary>
public sealed partial class PowersTests(PowersTests.World world) : IClassFixture<PowersTests.World>
{
    private static readonly Table Said = Table.Read(Path.Combine(Source.Root, "Tests/Console/POWERS.md"));

    public static TheoryData<string> Callers => [.. Said.Callers];

    [Theory]
    [MemberData(nameof(Callers))]
    public async Task Each_page_is_shown_or_refused_as_the_table_says(string caller)
    {
        var pages = Said.Rows.Where(row => row.Method == "GET").ToList();
        using var visitor = await world.VisitorAsync(caller);
        var found = new List<string>();
        foreach (var row in pages)
        {
            await visitor.GoAsync(world.Fill(row.Path, row.Path));
            found.Add($"{row.Path}: {WordOf(visitor.Status)}");
        }

        found.Should().HaveCountGreaterThan(30);
        string.Join('\n', found.Except(pages.Select(row => $"{row.Path}: {row.Cells[caller]}"))).Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Callers))]
    public async Task A_form_is_refused_when_it_is_sent_by_who_is_not_offered_it(string caller)
    {
        var refused = Said.Rows.Where(row => row.Method == "POST" && row.Cells[caller] != "yes").ToList();
        using var visitor = await world.VisitorAsync(caller);
        await visitor.GoAsync("/console/preferences");
        var token = visitor.Page.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        var before = await world.CountEventsAsync();
        var found = new List<string>();
        foreach (var row in refused)
        {
            var fields = row.Fields
                .Select(field => KeyValuePair.Create(field.Key, world.Fill(field.Value, row.Path)))
                .Append(KeyValuePair.Create("__RequestVerificationToken", token));
            await visitor.FollowAsync(new HttpRequestMessage(HttpMethod.Post, world.Fill(row.Path, row.Path))
            {
                Content = new FormUrlEncodedContent(fields),
            });
            found.Add($"{row.Path}: {WordOf(visitor.First.StatusCode)}");
        }

        string.Join('\n', found.Except(refused.Select(row => $"{row.Path}: {row.Cells[caller]}"))).Should().BeEmpty();
        (await world.CountEventsAsync()).Should().Be(before, "nothing has changed");
    }

    [Fact]
    public void Every_page_and_every_form_is_in_the_table()
    {
        var mapped =
            from endpoint in world.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            let path = endpoint.RoutePattern.RawText!
            where path.StartsWith("/console/", StringComparison.Ordinal) && !Everybodys().IsMatch(path)
            from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods
            select $"{method} {path}";

        Said.Callers.Should().HaveCountGreaterThan(5);
        Said.Rows.Select(row => $"{row.Method} {row.Path.Split('?')[0]}").Distinct().Should().BeEquivalentTo(mapped);
    }

    private static string WordOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.OK => "yes",
        HttpStatusCode.Forbidden => "no",
        HttpStatusCode.NotFound => "hidden",
        _ => $"{(int)status}",
    };

    // Pages that ask for no role, those of an invited person, and the stream behind the audit log's page.
    [GeneratedRegex("^/console/(sign-in|sign-out|assets/|preferences|search|invitations/|audit-logs/live)")]
    private static partial Regex Everybodys();

    /// <param name="Method">GET for a page, POST for what its form does.</param>
    /// <param name="Fields">What the form is sent with; it breaks no rule.</param>
    /// <param name="Cells">By caller: yes, no (403) or hidden (404).</param>
    private sealed record Row(
        string Method,
        string Path,
        IReadOnlyList<KeyValuePair<string, string>> Fields,
        IReadOnlyDictionary<string, string> Cells);

    private sealed record Table(IReadOnlyList<string> Callers, IReadOnlyList<Row> Rows)
    {
        public static Table Read(string file)
        {
            var lines = File.ReadLines(file).Where(line => line.StartsWith('|'))
                .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim(' ', '`')).ToList()).ToList();
            var callers = lines[0][2..];
            return new Table(callers, [.. lines.Skip(2).Select(cells => RowOf(cells, callers))]);
        }

        private static Row RowOf(List<string> cells, List<string> callers)
        {
            var request = cells[0].Split(' ');
            var fields = cells[1].Split('&', StringSplitOptions.RemoveEmptyEntries)
                .Select(pair => KeyValuePair.Create(pair.Split('=')[0], pair.Split('=')[1]));
            return new Row(
                request[0],
                request[1],
                [.. fields],
                callers.Select((caller, i) => (caller, cell: cells[i + 2])).ToDictionary(c => c.caller, c => c.cell));
        }
    }

    /// <summary>
    /// One organization with a thing of every kind and somebody of every role, who has the same role in the workspace
    /// where there is one of that name; and the owner of another organization.
    /// </summary>
    public sealed class World : ServiceFixture, IAsyncLifetime
    {
        private readonly Dictionary<string, string> _keys = new() { ["root"] = RootKey };
        private RouteWalk _walk = null!;

        async Task IAsyncLifetime.InitializeAsync()
        {
            await InitializeAsync();
            _walk = await RouteWalk.FillAsync(this);
            _keys["owner"] = _walk.Tenant.OwnerKey;
            foreach (var role in new[] { Roles.Admin, Roles.Member, Roles.Viewer, Roles.Billing, Roles.Guest })
            {
                var person = await _walk.Tenant.NewMemberAsync(role);
                _keys[role] = person.Key;
                if (role is not (Roles.Admin or Roles.Billing))
                {
                    await Do(new AddMember.Command(RootCaller, _walk.Ids["workspace"], person.Id, role));
                }
            }

            _keys["outsider"] = (await this.NewTenantAsync()).OwnerKey;
        }

        public Task<ConsoleVisitor> VisitorAsync(string caller) => ConsoleVisitor.SignInAsync(this, _keys[caller]);

        /// <summary>A text of the table with ids that exist.</summary>
        /// <param name="path">Of its row: a join request is of the closed workspace.</param>
        public string Fill(string text, string path) => RouteParameter().Replace(
            text,
            name => name.Value == "{workspace}" && path.Contains("{request}", StringComparison.Ordinal)
                ? _walk.Ids["closed"]
                : _walk.Ids[name.Value.Trim('{', '}')]);

        public async Task<long> CountEventsAsync() =>
            (await ReadAsync<long>("SELECT COUNT(*) FROM events"))[0];
    }

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex RouteParameter();
}
