using System.Globalization;
using WorkspaceService.Infrastructure.Hosting;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Database;

/// <summary>What anybody can make up is not remembered, so it pushes out nothing that is asked for.</summary>
[Collection("Alone")]
public sealed class QueryCacheTests
{
    [Fact]
    public async Task A_hundred_thousand_unknown_keys_leave_a_caller_remembered_and_the_memory_as_it_was()
    {
        await using var database = TestDatabase.InFile();
        await using var db = await OpenAsync(database);
        var authenticator = new ApiKeyAuthenticator(db, TimeProvider.System, new RootKey(null));
        var key = (await Bootstrap.MakeRootKeyAsync(db, new RootKey(null)))!;
        (await StatementsAsync(() => authenticator.FindAsync(key))).Should().Be(1);
        (await StatementsAsync(() => authenticator.FindAsync(key))).Should().Be(0);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var n = 0; n < 100_000; n++)
        {
            (await authenticator.FindAsync(ApiKeyFormat.Create(ApiKeyTypes.User))).Succeeded(out _, out _)
                .Should().BeFalse();
        }

        (await StatementsAsync(() => authenticator.FindAsync(key))).Should().Be(0);
        (GC.GetTotalMemory(forceFullCollection: true) - before).Should().BeLessThan(8 * 1024 * 1024);
    }

    [Fact]
    public async Task Made_up_codes_of_a_caller_leave_the_others_remembered()
    {
        await using var database = TestDatabase.InFile();
        await using var db = await OpenAsync(database);
        var authenticator = new ApiKeyAuthenticator(db, TimeProvider.System, new RootKey(null));
        var key = (await Bootstrap.MakeRootKeyAsync(db, new RootKey(null)))!;
        await authenticator.FindAsync(key);

        for (var n = 0; n < 25_000; n++)
        {
            await using var session = db.Open(RootKey.Caller);
            var code = $"ORG-26-{n.ToString("D6", CultureInfo.InvariantCulture)}";
            (await OrganizationAuthorization.FindAsync(session, code, Need.Read)).Succeeded(out _, out _)
                .Should().BeFalse();
        }

        (await StatementsAsync(() => authenticator.FindAsync(key))).Should().Be(0);
    }

    [Fact]
    public async Task What_comes_to_be_after_a_miss_is_found()
    {
        await using var database = TestDatabase.InFile();
        await using var db = await OpenAsync(database);
        var authenticator = new ApiKeyAuthenticator(db, TimeProvider.System, new RootKey(null));
        (await authenticator.FindAsync(ApiKeyFormat.Create(ApiKeyTypes.Root))).Succeeded(out _, out _)
            .Should().BeFalse();

        var key = (await Bootstrap.MakeRootKeyAsync(db, new RootKey(null)))!;

        (await authenticator.FindAsync(key)).Succeeded(out var caller, out _).Should().BeTrue();
        caller!.IsRoot.Should().BeTrue();
    }

    private static async Task<ConnectionFactory> OpenAsync(TestDatabase database)
    {
        var db = new ConnectionFactory(database.ConnectionString, TimeProvider.System);
        await db.MigrateAsync(TimeProvider.System);
        return db;
    }

    private static async Task<long> StatementsAsync<T>(Func<ValueTask<T>> work)
    {
        using var count = StatementCounter.Begin();
        await work();
        return count.Statements;
    }
}
