using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Database.Sqlite;

/// <summary>Writes that share a commit share nothing else. On PostgreSQL they share nothing at all.</summary>
public sealed class SqliteWriterTests
{
    private static readonly Fault Refused = Fault.Conflict("refused", "It is refused.");

    [Fact]
    public async Task What_fails_undoes_its_own_changes_and_no_others()
    {
        await using var database = await TestDatabase.NewAsync();
        await using var db = await OpenAsync(database);

        // The second and third round begin with savepoints.
        for (var round = 0; round < 3; round++)
        {
            var outcomes = await TogetherAsync(db, Enumerable.Range(0, 30).Select(n => Work(round, n)));
            for (var n = 0; n < outcomes.Count; n++)
            {
                var (code, exception) = outcomes[n];
                (code, exception?.Message).Should().Be((n % 5) switch
                {
                    1 => (Refused.Code, null),
                    2 => (null, "broken"),
                    3 => ("already_there", null),
                    _ => ((string?)null, (string?)null),
                });
            }

            await using var session = db.Open();
            (await session.ListAsync<string>(
                "SELECT name FROM schema_migrations WHERE name LIKE @Names ORDER BY applied_at",
                new { Names = $"round {round} %" }))
                .Should().Equal(Enumerable.Range(0, 30).Where(n => n % 5 is 0 or 4).Select(n => $"round {round} {n}"));
        }
    }

    [Fact]
    public async Task What_fails_alone_undoes_its_changes()
    {
        await using var database = await TestDatabase.NewAsync();
        await using var db = await OpenAsync(database);

        (await db.TransactAsync(ServiceFixture.RootCaller, Work(0, 1))).Succeeded(out _, out var fault)
            .Should().BeFalse();
        (await db.TransactAsync(ServiceFixture.RootCaller, Work(0, 0))).Succeeded(out _, out _).Should().BeTrue();

        fault.Should().Be(Refused);
        await using var session = db.Open();
        (await session.ListAsync<string>("SELECT name FROM schema_migrations WHERE name LIKE 'round%'"))
            .Should().Equal("round 0 0");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(43)]
    public async Task Events_that_are_inserted_together_are_those_of_what_is_kept(int works)
    {
        await using var database = await TestDatabase.NewAsync();
        await using var db = await OpenAsync(database);

        // What reads them comes last, first and in between; the third round has savepoints.
        for (var round = 0; round < 3; round++)
        {
            var outcomes = await TogetherAsync(db, Enumerable.Range(0, works).Select(n => Appending(round, n)));

            outcomes.Select(outcome => outcome.Code ?? outcome.Exception?.Message)
                .Should().Equal(Enumerable.Range(0, works).Select(n => IsKept(n) ? null : Refused.Code));
            await using var session = db.Open();
            (await session.ListAsync<string>(
                "SELECT subject_id FROM events WHERE type = @Type ORDER BY id", new { Type = $"round.{round}" }))
                .Should().BeEquivalentTo(Enumerable.Range(0, works).Where(IsKept).Select(n => $"{n}"));
        }

        static bool IsKept(int n) => n % 7 is not (2 or 4);

        // One of seven is refused after nothing but its event, one after it has read it; another reads what is there.
        static Func<Session, Task<Outcome<Done>>> Appending(int round, int n) => async session =>
        {
            await EventLog.AppendAsync(session, $"round.{round}", null, null, ("thing", $"{n}"), []);
            if (n % 7 is 4 or 6)
            {
                (await session.ScalarAsync<long>(
                    "SELECT COUNT(*) FROM events WHERE type = @Type AND subject_id = @Subject",
                    new { Type = $"round.{round}", Subject = $"{n}" })).Should().Be(1);
            }

            return IsKept(n) ? Done.It : Refused;
        };
    }

    // One of five is refused after writing, one throws after writing, one is refused before.
    private static Func<Session, Task<Outcome<Done>>> Work(int round, int n) => async session =>
    {
        if (n % 5 == 3)
        {
            return Fault.Conflict("already_there", "It is there already.");
        }

        await session.ExecuteAsync(
            "INSERT INTO schema_migrations (name, applied_at) VALUES (@Name, @N)",
            new { Name = $"round {round} {n}", N = n });
        return (n % 5) switch
        {
            1 => Refused,
            2 => throw new InvalidOperationException("broken"),
            _ => Done.It,
        };
    };

    // The first work holds the writer until the others are queued, so that they are one batch.
    private static async Task<List<(string? Code, Exception? Exception)>> TogetherAsync(
        ConnectionFactory db, IEnumerable<Func<Session, Task<Outcome<Done>>>> works)
    {
        var queued = new TaskCompletionSource<Outcome<Done>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = db.TransactAsync(ServiceFixture.RootCaller, _ => queued.Task);
        var tasks = works.Select(work => db.TransactAsync(ServiceFixture.RootCaller, work)).ToList();
        queued.SetResult(Done.It);
        await first;
        var outcomes = new List<(string? Code, Exception? Exception)>();
        foreach (var task in tasks)
        {
            try
            {
                outcomes.Add(((await task).Succeeded(out _, out var fault) ? null : fault!.Code, null));
            }
            catch (InvalidOperationException exception)
            {
                outcomes.Add((null, exception));
            }
        }

        return outcomes;
    }

    private static async Task<ConnectionFactory> OpenAsync(TestDatabase database)
    {
        DapperConventions.Apply();
        var db = new ConnectionFactory(database.ConnectionString, TimeProvider.System);
        await db.MigrateAsync(TimeProvider.System);
        return db;
    }
}
