using System.Globalization;
using System.Text;
using System.Text.Json;
using Xunit.Abstractions;

namespace WorkspaceService.Fuzzing;

/// <summary>
/// Requests made by the service's own OpenAPI document, each with one or several places changed: every kind of change
/// at every place once, then at random. TEST_REQUESTS tells how many in all, TEST_SEED brings a run about again.
/// </summary>
public sealed class RequestFuzzTests(ITestOutputHelper output) : IDisposable
{
    private const int MostFindings = 40;

    // Requests after which a new database makes room: whoever sees all is shown ever more in the same one.
    private const int PerService = 20_000;

    // The messages about the form of an id have one, which is also somebody's.
    private const string Example = "USR-26-000044";

    // Requests after which a world in which something has changed makes room for the next.
    private const int Lifetime = 40;

    // What is wrong with an item of these is in its result, and the answer is 200.
    private static readonly string[] Batches = ["InviteMembers", "RecordMeteringEvents", "v4.InviteMembers"];

    // Fewer on PostgreSQL, where each takes longer and the rules are the same.
    private static readonly int Requests = int.Parse(
        Environment.GetEnvironmentVariable("TEST_REQUESTS") ?? (TestDatabase.HasServer ? "4000" : "20000"),
        CultureInfo.InvariantCulture);

    private readonly SortedDictionary<string, string> _findings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Accepted, int Refused)> _answers = [];
    private readonly Dictionary<string, int> _mutations = [];
    private readonly SortedDictionary<int, int> _statuses = [];
    private readonly HashSet<string> _told = []; // marks and ids of others that accepted writes held, and may be shown
    private readonly List<string> _broken = []; // rules that do not hold over all rows of a database
    private FuzzFixture? _service;
    private ApiDocument _document = null!;
    private ChangeJournal _journal = null!;
    private RawHttp _http = null!;
    private Random _random = null!;
    private ValidRequests _valid = null!;
    private int _sent;
    private int _worlds;
    private int _full; // requests at which the database is full
    private int _age;
    private bool _isChanged;

    [Fact]
    public async Task No_request_fails_leaks_or_changes_what_it_was_refused()
    {
        _random = Seeded.Random(output);
        await RenewAsync();
        var isWhole = await EveryChangeAsync();
        while (_sent < Requests && _findings.Count < MostFindings)
        {
            await RandomChangesAsync();
        }

        await EndAsync();
        output.WriteLine($"{_sent} requests, {_worlds} worlds: "
            + string.Join(", ", _statuses.Select(status => $"{status.Value} × {status.Key}")));
        foreach (var finding in _findings.Values)
        {
            output.WriteLine(finding);
        }

        _findings.Values.Should().BeEmpty();
        _broken.Should().BeEmpty("every rule holds over all rows");
        output.WriteLine(isWhole ? "Each change of each place was made." : "Too few requests for each change.");
        if (isWhole || Requests >= 20_000)
        {
            ShouldHaveCoveredAll();
        }
    }

    public void Dispose()
    {
        if (_service is { } left)
        {
            _http.Dispose();
            left.Dispose();
        }
    }

    // Each operation as it is, by every actor, then with each kind of change at each place. False where there were too
    // few requests for that.
    private async Task<bool> EveryChangeAsync()
    {
        var operations = _document.Operations.ToArray();
        _random.Shuffle(operations); // few requests are spread over all
        foreach (var operation in operations)
        {
            // What the document allows may still be refused, such as a role that is too high for this person.
            for (var tries = 0; tries < 20 && _answers.GetValueOrDefault(operation.Id).Accepted == 0; tries++)
            {
                await RenewAsync();
                await SendAsync(_valid.Make(operation));
            }

            foreach (var actor in _valid.World.Actors.Keys.ToList())
            {
                var draft = await NextAsync(operation);
                draft.Actor = _valid.World.Actors[actor];
                await SendAsync(draft);
            }

            foreach (var kind in Mutations.OfRequests.Keys)
            {
                var draft = await NextAsync(operation);
                if (Change(draft, kind))
                {
                    await SendAsync(draft);
                }
            }

            var places = _valid.Places(_valid.Make(operation)).Count;
            for (var n = 0; n < places; n++)
            {
                foreach (var kind in Mutations.OfValues.Keys)
                {
                    var draft = await NextAsync(operation);
                    if (_valid.Places(draft) is { } here && n < here.Count && Change(draft, kind, here[n]))
                    {
                        await SendAsync(draft);
                    }

                    if (_sent >= Requests || _findings.Count >= MostFindings)
                    {
                        return false;
                    }
                }
            }
        }

        return true;
    }

    private async Task RandomChangesAsync()
    {
        var draft = await NextAsync(_document.Operations[_random.Next(_document.Operations.Count)]);
        if (_random.Next(2) == 0)
        {
            draft.Actor = _random.Pick([.. _valid.World.Actors.Values]);
        }

        for (var n = _random.Next(1, 4); n > 0; n--)
        {
            var places = _valid.Places(draft);
            if (places.Count > 0 && _random.Next(4) > 0)
            {
                Change(draft, _random.Pick([.. Mutations.OfValues.Keys]), places[_random.Next(places.Count)]);
            }
            else
            {
                Change(draft, _random.Pick([.. Mutations.OfRequests.Keys]));
            }
        }

        await SendAsync(draft);
    }

    private bool Change(Draft draft, string kind)
    {
        if (!Mutations.OfRequests[kind](draft, _valid.World, _random))
        {
            return false;
        }

        draft.Mutations.Add(kind);
        return true;
    }

    private static bool Change(Draft draft, string kind, (Place Place, Action<string> Put) at)
    {
        // Whoever sees all may bring strangers together, and the owner sees them then.
        if ((kind == "foreign id" && draft.Actor.Mark is null) || Mutations.OfValues[kind](at.Place) is not { } value)
        {
            return false;
        }

        at.Put(value);
        draft.Mutations.Add($"{kind} at {at.Place.Name}");
        return true;
    }

    private async Task<Draft> NextAsync(ApiOperation operation)
    {
        if (_isChanged && _age >= Lifetime)
        {
            await RenewAsync();
        }

        return _valid.Make(operation);
    }

    private async Task RenewAsync()
    {
        World? before = null;
        if (_service is null || _sent >= _full)
        {
            await EndAsync();
            _service = new FuzzFixture();
            await ((IAsyncLifetime)_service).InitializeAsync();
            _document = await ApiDocument.ReadAsync(_service);
            _journal = await ChangeJournal.OpenAsync(_service);
            _http = new RawHttp(_service.ClientOptions.BaseAddress);
            _told.Clear();
            _full = _sent + PerService;
            before = await World.MakeAsync(_service, null);
        }

        var world = await World.MakeAsync(_service, before ?? _valid.World);
        _valid = new ValidRequests(_document, world, _random, _service.Clock.Now);
        (_age, _isChanged) = (0, false);
        _worlds++;
        await _journal.ReadAsync();
    }

    private async Task EndAsync()
    {
        if (_service is { } service)
        {
            _service = null;
            _http.Dispose();
            await _journal.DisposeAsync();
            _broken.AddRange(await service.FindAsync());
            await ((IAsyncLifetime)service).DisposeAsync();
        }
    }

    private async Task SendAsync(Draft draft)
    {
        (_sent, _age) = (_sent + 1, _age + 1);
        foreach (var mutation in draft.Mutations)
        {
            var kind = mutation.Split(" at ")[0];
            _mutations[kind] = _mutations.GetValueOrDefault(kind) + 1;
        }

        Answer? answer;
        try
        {
            answer = await _http.SendAsync(draft.ToBytes(), draft.Method == "HEAD", draft.Reframe is not null);
        }
        catch (Exception failed) when (failed is TimeoutException or InvalidDataException or FormatException)
        {
            Note(draft, null, failed.Message);
            _http.Dispose();
            return;
        }

        if (answer is null)
        {
            if (draft.Reframe is null)
            {
                Note(draft, null, "there is no answer");
            }

            await RenewAsync(); // it may still be under way
            return;
        }

        _statuses[answer.Status] = _statuses.GetValueOrDefault(answer.Status) + 1;
        Judge(draft, answer);
        var changes = await _journal.ReadAsync();
        _isChanged |= changes.Count > 0;
        if (changes.Count > 0 && (!answer.IsSuccess || draft.Method is "GET" or "HEAD"))
        {
            Note(draft, answer, $"it has changed something: {string.Join(", ", changes.Distinct())}");
        }
    }

    private void Judge(Draft draft, Answer answer)
    {
        if (answer.IsOfServer)
        {
            return;
        }

        if (answer.Status >= 500)
        {
            Note(draft, answer, "it failed");
            return;
        }

        var asked = draft.BodyText + draft.Url;
        if (answer.IsSuccess && draft.Method is not ("GET" or "HEAD"))
        {
            _told.UnionWith(_valid.World.ForeignIds.Where(id => asked.Contains(id, StringComparison.Ordinal)));
            _told.UnionWith(draft.Actor.Name == "stranger" ? [_valid.World.Mark] : []);
        }

        var text = answer.Text + string.Join('\n', answer.Headers.Select(header => $"{header.Name}: {header.Value}"));
        if (World.ForeignMark(draft.Actor, text) is { } mark && !_told.Contains(mark)
            && !asked.Contains(_valid.World.Ids["token"], StringComparison.Ordinal))
        {
            Note(draft, answer, $"it shows something of another tenant, {mark}");
        }

        // The document is the same for everybody: its ids are examples.
        var isOwn = draft.Actor.Mark == _valid.World.Mark && draft.Operation.Id != "GetOpenApiDocument";
        foreach (var id in isOwn ? _valid.World.ForeignIds : [])
        {
            if (id != Example && text.Contains(id, StringComparison.Ordinal)
                && !asked.Contains(id, StringComparison.Ordinal) && !_told.Contains(id))
            {
                Note(draft, answer, $"it shows an id of another tenant, {id}");
            }
        }

        if (!draft.IsOfOperation)
        {
            foreach (var error in answer.Status >= 400 ? _document.Errors(answer) : [])
            {
                Note(draft, answer, error);
            }

            return;
        }

        var (accepted, refused) = _answers.GetValueOrDefault(draft.Operation.Id);
        _answers[draft.Operation.Id] = answer.IsSuccess ? (accepted + 1, refused) : (accepted, refused + 1);
        try
        {
            foreach (var error in draft.Operation.Errors(answer))
            {
                Note(draft, answer, error);
            }
        }
        catch (JsonException noJson)
        {
            Note(draft, answer, noJson.Message);
        }

        if (answer.Status is >= 200 and < 300 && !Batches.Contains(draft.Operation.Id))
        {
            foreach (var error in draft.Operation.Errors(draft))
            {
                Note(draft, answer, $"it takes what its schema forbids: {error}");
            }
        }
    }

    // One of each kind is enough.
    private void Note(Draft draft, Answer? answer, string what)
    {
        var status = answer is null ? "" : $"{answer.Status} ";
        var body = answer is null ? [] : answer.Body.AsSpan(0, Math.Min(answer.Body.Length, 600));
        _findings.TryAdd(
            $"{draft.Operation.Id} {status}{what.Split(" is ")[0]}",
            $"{draft.Operation.Id}: {status}{what}\n    {draft.ToCurl()}\n    {Encoding.UTF8.GetString(body)}");
    }

    private void ShouldHaveCoveredAll()
    {
        _mutations.Keys.Should().BeEquivalentTo([.. Mutations.OfValues.Keys, .. Mutations.OfRequests.Keys]);
        Without(answers => answers.Accepted).Should().BeEmpty("each operation is asked for what it does");
        Without(answers => answers.Refused).Should().BeEmpty("each operation is asked for what it refuses");
    }

    private IEnumerable<string> Without(Func<(int Accepted, int Refused), int> count) =>
        from operation in _document.Operations
        where count(_answers.GetValueOrDefault(operation.Id)) == 0
        select operation.Id;
}
