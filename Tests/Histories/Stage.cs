using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace WorkspaceService.Histories;

/// <summary>The service and the model differ.</summary>
internal sealed class Disagreement(string message) : Exception(message);

/// <summary>
/// One history on a running service: each step is sent over HTTP and taken in the model, and then the answer, the
/// stored state and the new events have to be the same. It begins with an organization with people of every role, a
/// neighbour of it, and keys of several kinds.
/// </summary>
internal sealed partial class Stage : IAsyncDisposable
{
    private static int _count;

    private readonly ServiceFixture _service;
    private readonly HttpClient _client;
    private readonly StoredState _stored;
    private readonly Tally _tally;
    private readonly string _tag = $"h{Interlocked.Increment(ref _count)}";
    private readonly List<Credential> _credentials = [];
    private readonly Dictionary<Credential, string> _keys = [];
    private readonly Dictionary<Token, string> _tokens = [];
    private readonly List<Sent> _told = [];
    private World _world = new();

    private Stage(ServiceFixture service, StoredState stored, Tally tally)
    {
        (_service, _stored, _tally) = (service, stored, tally);
        _client = service.Client(null);
    }

    public static async Task<Stage> OpenAsync(ServiceFixture service, Tally tally)
    {
        var stage = new Stage(service, await StoredState.BeginAsync(service), tally);
        await stage.OpenAsync();
        return stage;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _stored.DisposeAsync();
    }

    /// <summary>
    /// One step, or several at the same time. There has to be an order in which the model answers to each as the
    /// service has, and ends in the same state with the same events.
    /// </summary>
    public async Task TakeAsync(IReadOnlyList<Step> steps)
    {
        Pass(TimeSpan.FromSeconds(1));
        foreach (var step in steps.Where(step => step.Command == Commands.TimePasses))
        {
            Pass(new[] { TimeSpan.FromHours(1), TimeSpan.FromDays(8), TimeSpan.FromHours(40) }[step.A % 3]);
        }

        await RoundAsync([.. steps.Where(step => step.Command != Commands.TimePasses).Select(Resolve)]);
    }

    /// <summary>What has happened, one request a line, with names in place of codes.</summary>
    public string Tell() => string.Join('\n', _told.Select(sent => Named(sent.ToString())));

    private void Pass(TimeSpan time)
    {
        _service.Clock.Advance(time);
        _world.Now = _service.Clock.Now;
    }

    private Sent Resolve(Step step)
    {
        var command = Commands.ByName[step.Command];
        var call = command.In(new Scene(_world, _tag), step);
        var who = step.C % 4 == 0 ? null : _credentials.Find(credential =>
            _world.Keys[credential.Key] is { Organization: null, IsRevoked: false } key
            && call.Mostly is not null && (key.User ?? key.Code) == call.Mostly);
        return new Sent(command, who ?? _credentials[step.Who % _credentials.Count], call);
    }

    private async Task RoundAsync(List<Sent> round)
    {
        await Task.WhenAll(round.Select(sent => Task.Run(() => SendAsync(sent))));
        _told.AddRange(round);
        var stored = await _stored.ReadAsync(_world.Now);
        var events = await _stored.ReadEventsAsync(_world.Now);
        Claim(round, stored);
        var order = new Search(round, stored, events).Find(_world) ?? throw Differ(round, stored, events);
        foreach (var (sent, after) in order)
        {
            _world = after;
            _tally.Count(sent);
        }

        foreach (var (sent, after) in order.Where(taken => !order.Any(other =>
            !ReferenceEquals(other.Sent, taken.Sent) && other.Sent.Secrets.Intersect(taken.Sent.Secrets).Any())))
        {
            Learn(sent, after);
        }

        // Of two texts that were made at the same time the state does not tell which is the newer: nobody uses them.
        foreach (var code in order.SelectMany(taken => taken.Sent.Secrets).GroupBy(c => c).Where(c => c.Count() > 1))
        {
            if (_world.Invitations.TryGetValue(code.Key, out var sent))
            {
                _world.Invitations[code.Key] = sent with { Token = 0 };
            }
        }
    }

    private async Task SendAsync(Sent sent)
    {
        using var request = new HttpRequestMessage(sent.Command.Method, sent.Url(_tokens));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _keys[sent.Who]);
        if (sent.Call.Body is { } body)
        {
            request.Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        }

        using var response = await _client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        sent.Answered((int)response.StatusCode, text);
    }

    // V4 does not say the numbers of invitations: they are those that no other answer has claimed.
    private void Claim(List<Sent> round, List<string> stored)
    {
        if (round.Any(sent => sent.Command.IsV4 && sent.Command.Method == HttpMethod.Post && sent.IsSuccess))
        {
            var claimed = round.SelectMany(sent => sent.Made).ToHashSet();
            var rows = stored.Where(line => line.StartsWith("invitation |", StringComparison.Ordinal))
                .Select(line => line.Split(" | "))
                .Where(row => !_world.Invitations.ContainsKey(row[1]) && !claimed.Contains(row[1]));
            foreach (var row in rows.GroupBy(row => $"invitation {row[2]} {row[3]}", row => row[1]))
            {
                foreach (var sent in round)
                {
                    sent.Invitations[row.Key] = [.. row];
                }
            }
        }
    }

    // Texts of keys and tokens, which are in answers only.
    private void Learn(Sent sent, World after)
    {
        foreach (var (code, text) in sent.Tokens)
        {
            _tokens[new Token(code, after.Invitations[code].Token)] = text;
        }

        if (sent.Key is var (key, keyText))
        {
            var credential = new Credential(key, after.Keys[key].Texts.Count - 1);
            _keys[credential] = keyText;
            _credentials.Add(credential);
        }
    }

    private Disagreement Differ(List<Sent> round, List<string> stored, List<Event> events)
    {
        var text = new StringBuilder();
        if (round.Count > 1)
        {
            text.AppendLine("No order of the last round explains its answers and the state after it.");
        }

        var world = _world;
        var expectedEvents = new List<Event>();
        foreach (var sent in round)
        {
            var (words, shown, after) = sent.On(world);
            if (words != sent.Words)
            {
                text.Append(CultureInfo.InvariantCulture, $"The model answers {words}, the service {sent.Words}: ")
                    .AppendLine(sent.ToString());
            }
            else if (shown != sent.Shown)
            {
                text.Append(CultureInfo.InvariantCulture, $"The model shows '{shown}', the service '{sent.Shown}': ")
                    .AppendLine(sent.ToString());
            }

            world = after;
            expectedEvents.AddRange(after.Events);
        }

        var expected = world.Describe().ToList();
        Append("Only in the model:", Without(expected, stored));
        Append("Only in the database:", Without(stored, expected));
        Append("Events only in the model:", Without(expectedEvents, events).Select(e => e.ToString()));
        Append("Events only in the database:", Without(events, expectedEvents).Select(e => e.ToString()));
        return new Disagreement($"{Named(text.ToString())}\nAfter:\n{Tell()}");

        void Append(string title, IEnumerable<string> lines)
        {
            foreach (var line in lines)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"{title} {line}");
            }
        }

        static List<T> Without<T>(IEnumerable<T> these, IEnumerable<T> those)
        {
            var left = these.ToList();
            foreach (var each in those)
            {
                left.Remove(each);
            }

            return left;
        }
    }

    private string Named(string text) => Code().Replace(text, match =>
        _world.Users.TryGetValue(match.Value, out var user) ? user.Email.Split('@')[0]
        : _world.Workspaces.TryGetValue(match.Value, out var workspace) ? $"workspace:{workspace.Slug}"
        : _world.Organizations.TryGetValue(match.Value, out var organization) ? $"organization:{organization.Slug}"
        : _world.Keys.TryGetValue(match.Value, out var key) && key.User is { } holder && key.Organization is null
            ? Named(holder)
        : match.Value);

    [GeneratedRegex(@"\b(USR|WS|ORG)-\d\d-\d+|key_\d\d_\d+")]
    private static partial Regex Code();

    // The cast. None of it is a step of the history.
    private async Task OpenAsync()
    {
        var root = new Credential("root", 0);
        _world.Keys["root"] = new Key("root", "root", null, null, null, null, null);
        _keys[root] = ServiceFixture.RootKey;
        _credentials.Add(root);
        Pass(TimeSpan.FromSeconds(1));

        var apexOwner = await UserAsync(root, "owner");
        var betaOwner = await UserAsync(root, "stranger");
        var apex = await OrganizationAsync("apex", apexOwner);
        var beta = await OrganizationAsync("beta", betaOwner);
        var owner = await KeyAsync(apexOwner);
        var admin = await KeyAsync(await UserAsync(owner, "admin", apex, "admin"));
        await KeyAsync(await UserAsync(owner, "member", apex, "member"));
        var stranger = await KeyAsync(betaOwner);
        await KeyAsync(await UserAsync(owner, "viewer", apex, "viewer"));
        await KeyAsync(await UserAsync(owner, "guest", apex, "guest"));
        await KeyAsync(await UserAsync(owner, "second", apex, "member"));
        await KeyAsync(await UserAsync(owner, "billing", apex, "billing"));
        var both = await UserAsync(stranger, "both", beta, "member");
        await DoAsync("AddOrganizationMember", root, new Call(
            [apex], new { user_id = both, role = "member" }, m => m.AddOrganizationMember(apex, both, null, "member")));
        await KeyAsync(both);

        var first = await WorkspaceAsync(owner, apex, "private", 3);
        await WorkspaceAsync(admin, apex, "closed", null);
        await WorkspaceAsync(owner, apex, "open", 4);
        await WorkspaceAsync(stranger, beta, "open", null);
        await ServiceKeyAsync(owner, apex, null, Scene.Permissions(0));
        await ServiceKeyAsync(admin, null, first, "read", "members:manage");
        await ServiceKeyAsync(stranger, beta, null, "read", "write", "members:manage");
        await StepAsync("CreateServiceLine", 1, 0);
        await StepAsync("CreateServiceLine", 1, 1);
        await StepAsync("Invite", 1, 1);
        await DoAsync("CreateUserKey", owner, new Call(
            [],
            new { name = "Key", type = "user", organization_id = apex },
            m => m.CreateUserKey(null, apex)));
    }

    private Task<Sent> StepAsync(string command, int who, int place) =>
        DoAsync(Resolve(new Step(who, command, place, 1, 0)));

    private Task<Sent> DoAsync(string command, Credential who, Call call) =>
        DoAsync(new Sent(Commands.ByName[command], who, call));

    private async Task<Sent> DoAsync(Sent sent)
    {
        await SendAsync(sent);
        var (words, _, after) = sent.On(_world);
        if (words != sent.Words || !sent.IsSuccess)
        {
            throw new Disagreement($"The opening: {sent}, and the model {words}");
        }

        _world = after;
        Learn(sent, after);
        return sent;
    }

    private async Task<string> UserAsync(Credential who, string name, string? organization = null, string? role = null)
    {
        var email = $"{name}@{_tag}.example.com";
        return (await DoAsync("CreateUser", who, new Call(
            [],
            new { name, email, organization_id = organization, role },
            m => m.CreateUser(email, organization, role, name)))).Made[0];
    }

    private async Task<string> OrganizationAsync(string name, string owner)
    {
        var slug = $"{name}-{_tag}";
        return (await DoAsync("CreateOrganization", _credentials[0], new Call(
            [], new { name, slug, owner_id = owner }, m => m.CreateOrganization(name, slug, owner)))).Made[0];
    }

    private async Task<string> WorkspaceAsync(Credential who, string organization, string type, long? seatLimit) =>
        (await DoAsync("CreateWorkspace", who, new Call(
            [],
            new { organization_id = organization, name = type, type, seat_limit = seatLimit },
            m => m.CreateWorkspace(organization, type, null, type, seatLimit)))).Made[0];

    private async Task<Credential> KeyAsync(string user)
    {
        await DoAsync("CreateUserKey", _credentials[0], new Call(
            [], new { name = "Key", type = "user", user_id = user }, m => m.CreateUserKey(user, null)));
        return _credentials[^1];
    }

    private Task<Sent> ServiceKeyAsync(
        Credential who, string? organization, string? workspace, params string[] permissions) =>
        DoAsync("CreateServiceKey", who, new Call(
            [],
            new
            {
                name = "Key",
                type = "secret",
                organization_id = organization,
                workspace_id = workspace,
                permissions,
            },
            m => m.CreateServiceKey("secret", organization, workspace, permissions)));
}
