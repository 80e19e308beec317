using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using WorkspaceService.Features.Organizations;

namespace WorkspaceService.Features.Users;

/// <summary>A search among users reads each of them once, however few of them match.</summary>
public sealed partial class ListUsersPlanTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private const int Members = 400;

    // Of each member; with a look at all of them for each of them it would be hundreds.
    private const int Most = 20;

    [Theory]
    [InlineData("List")]
    [InlineData("ListOfOrganization")]
    [InlineData("ListOfServiceKey")]
    [InlineData("ListVisible")]
    public async Task Nobody_is_looked_at_once_for_each_of_the_others(string statement)
    {
        var tenant = await service.NewTenantAsync();
        var organization = await ReadAsync("id", tenant);
        var owner = await ReadAsync("owner_id", tenant);
        var sql = (string)typeof(ListUsers).GetNestedType("Sql", BindingFlags.NonPublic)!
            .GetField(statement)!.GetRawConstantValue()!;
        var asked = new
        {
            OrganizationId = organization,
            UserId = owner,
            OnlyOrganizationId = (long?)null,
            Administers = 1,
            Status = (string?)null,
            Q = "%nobody has this%",
            SeesEmails = 1,
            After = 0L,
            Last = long.MaxValue,
            Limit = 6,
        };
        for (var n = 0; n < Members; n++)
        {
            var email = $"{Guid.NewGuid():N}@example.com";
            await service.Do(new AddOrganizationMember.Command(
                ServiceFixture.RootCaller, tenant.Id, Email: email, Name: "Ada", Role: "member"));
        }

        (await WorkAsync(sql, asked)).Should().BePositive().And.BeLessThan(Members * Most);
    }

    private async Task<long> ReadAsync(string column, Tenant tenant) => (await service.ReadAsync<long>(
        $"SELECT {column} FROM organizations WHERE code = @Id", new { tenant.Id })).Single();

    // Instructions of SQLite's machine in hundreds, or how often PostgreSQL went through a part of its plan.
    private async Task<long> WorkAsync(string sql, object asked)
    {
        await using var connection = await service.Db.ConnectAsync(CancellationToken.None);
        if (connection is not SqliteConnection sqlite)
        {
            var plan = await connection.QueryAsync<string>($"EXPLAIN (ANALYZE, TIMING OFF) {sql}", asked);
            return plan.SelectMany(line => Loops().Matches(line))
                .Max(match => long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
        }

        var steps = 0L;
        raw.sqlite3_progress_handler(sqlite.Handle, 100, _ => (int)(++steps & 0), null);
        await connection.QueryAsync(sql, asked);
        raw.sqlite3_progress_handler(sqlite.Handle, 0, null, null);
        return steps;
    }

    [GeneratedRegex(@"loops=(\d+)")]
    private static partial Regex Loops();
}
