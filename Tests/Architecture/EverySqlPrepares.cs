using System.Reflection;
using System.Text.RegularExpressions;

namespace WorkspaceService.Architecture;

/// <summary>
/// Every SQL constant, of every slice and shared rule, is understood by the database before any request needs it.
/// </summary>
[Collection("Database")]
public sealed partial class EverySqlPrepares(ServiceFixture service)
{
    private static readonly FieldInfo[] Statements = [.. typeof(Program).Assembly.GetTypes()
        .Where(type => type.Name == "Sql")
        .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))];

    [Fact]
    public async Task Prepares()
    {
        Statements.Should().HaveCountGreaterThan(30);
        Statements.Should().OnlyContain(field => field.IsLiteral, "SQL is constant");
        var failures = new List<string>();

        await using var connection = await service.Db.ConnectAsync(CancellationToken.None);
        foreach (var field in Statements.Where(
            f => IsForPostgres(f)
                ? service.Db.IsPostgres
                : !(HasPostgresTwin(f) || IsForSqlite(f)) || !service.Db.IsPostgres))
        {
            var sql = (string)field.GetRawConstantValue()!;
            await using var command = connection.CreateCommand();
            try
            {
                if (service.Db.IsPostgres)
                {
                    var names = Parameter().Matches(sql).Select(m => m.Value).Distinct().ToList();
                    // In one round, because a pooler may use another connection for the next.
                    command.CommandText = "PREPARE probe AS "
                        + Parameter().Replace(sql, m => $"${names.IndexOf(m.Value) + 1}") + "; DEALLOCATE probe";
                    await command.ExecuteNonQueryAsync();
                }
                else
                {
                    command.CommandText = sql;
                    command.Prepare();
                }
            }
            catch (System.Data.Common.DbException exception)
            {
                failures.Add($"{field.DeclaringType!.DeclaringType!.Name}.{field.Name}: {exception.Message}");
            }
        }

        failures.Should().BeEmpty();
    }

    private static bool IsForPostgres(FieldInfo field) =>
        field.Name.EndsWith("Postgres", StringComparison.Ordinal)
        || field.DeclaringType!.Namespace!.EndsWith(".Database.Postgres", StringComparison.Ordinal);

    private static bool IsForSqlite(FieldInfo field) =>
        field.DeclaringType!.Namespace!.EndsWith(".Database.Sqlite", StringComparison.Ordinal);

    private static bool HasPostgresTwin(FieldInfo field) =>
        field.DeclaringType!.GetField(
            field.Name + "Postgres", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic) is not null;

    [GeneratedRegex(@"(?<!@)@\w+")]
    private static partial Regex Parameter();
}
