using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Domain;

public sealed class CodesTests
{
    [Fact]
    public async Task A_restart_leaves_no_gap_in_the_numbers()
    {
        await using var database = await TestDatabase.NewAsync();
        var before = await MintAsync(database, 3);
        var after = await MintAsync(database, 2);

        before.Concat(after).Should().Equal(1, 2, 3, 4, 5);
    }

    [Fact]
    public async Task A_number_that_was_rolled_back_is_not_minted_again()
    {
        await using var database = await TestDatabase.NewAsync();
        await using var db = await OpenAsync(database);
        var lost = 0L;

        await db.TransactAsync<Done>(ServiceFixture.RootCaller, async session =>
        {
            (lost, _) = await Codes.MintAsync(session, Codes.Workspace);
            return Faults.NotFound;
        });
        var minted = await MintAsync(db, 1);

        minted[0].Should().BeGreaterThan(lost);
    }

    [Fact]
    public async Task Numbers_go_on_after_the_one_that_they_are_continued_after_and_never_fall()
    {
        await using var database = await TestDatabase.NewAsync();
        foreach (var last in new long[] { 50, 20 })
        {
            await using var db = await OpenAsync(database);
            await db.TransactAsync<Done>(ServiceFixture.RootCaller, async session =>
            {
                await Codes.ContinueAfterAsync(session, Codes.Workspace, last);
                return Done.It;
            });
        }

        (await MintAsync(database, 2)).Should().BeInAscendingOrder().And.OnlyContain(number => number > 50);
    }

    [Theory]
    [InlineData("WS", "WS-26-1", true)]
    [InlineData("WS", "WS-26-000021", true)]
    [InlineData("WS", "WS-26-9999999999999999999", true)]
    [InlineData("WS", "WS-26-99999999999999999999", false)]
    [InlineData("WS", "WS-26-", false)]
    [InlineData("WS", "WS-26", false)]
    [InlineData("WS", "WS", false)]
    [InlineData("WS", "", false)]
    [InlineData("WS", "ws-26-000021", false)]
    [InlineData("WS", "ORG-26-000021", false)]
    [InlineData("WS", "WS_26-000021", false)]
    [InlineData("WS", "WS-26_000021", false)]
    [InlineData("WS", "WS-x6-000021", false)]
    [InlineData("WS", "WS-2x-000021", false)]
    [InlineData("WS", "WS-26-00002x", false)]
    [InlineData("WS", "WS-26-000021\0", false)]
    [InlineData("key", "key_26_00021", true)]
    [InlineData("key", "key-26-00021", false)]
    public void A_code_has_a_prefix_two_digits_of_the_year_and_a_number(string prefix, string code, bool isOne) =>
        Codes.Is(prefix, code).Should().Be(isOne);

    private static async Task<List<long>> MintAsync(TestDatabase database, int count)
    {
        await using var db = await OpenAsync(database);
        return await MintAsync(db, count);
    }

    private static async Task<List<long>> MintAsync(ConnectionFactory db, int count)
    {
        var outcome = await db.TransactAsync<List<long>>(ServiceFixture.RootCaller, async session =>
            (await Codes.MintManyAsync(session, Codes.Workspace, count)).Select(minted => minted.Number).ToList());
        return outcome.Match(numbers => numbers, fault => throw new InvalidOperationException(fault.Code));
    }

    private static async Task<ConnectionFactory> OpenAsync(TestDatabase database)
    {
        DapperConventions.Apply();
        var db = new ConnectionFactory(database.ConnectionString, TimeProvider.System);
        await db.MigrateAsync(TimeProvider.System);
        return db;
    }
}
