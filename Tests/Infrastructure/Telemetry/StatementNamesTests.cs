using System.Reflection;

namespace WorkspaceService.Infrastructure.Telemetry;

/// <summary>The names by which traces tell statements apart.</summary>
public sealed class StatementNamesTests
{
    [Fact]
    public void A_statement_has_the_name_of_its_constant()
    {
        var constants = typeof(Program).Assembly.GetTypes().Where(type => type.Name == "Sql")
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .ToLookup(
                field => (string)field.GetRawConstantValue()!,
                field => $"{field.DeclaringType!.DeclaringType!.Name}.{field.Name}");

        constants.Should().HaveCountGreaterThan(100);
        constants.Should().OnlyContain(same => same.ToHashSet().SetEquals(StatementNames.Of(same.Key).Split('|')));
    }

    [Fact]
    public void A_text_that_is_made_of_a_constant_has_its_name()
    {
        StatementNames.Add("WITH x AS (DELETE FROM test_rows) SELECT 1", "DELETE FROM test_rows");

        StatementNames.Of("WITH x AS (DELETE FROM test_rows) SELECT 1").Should().Be("DELETE");
        StatementNames.Of("BEGIN ISOLATION LEVEL READ COMMITTED").Should().Be("BEGIN");
    }
}
