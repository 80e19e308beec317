using Dapper;
using Microsoft.Data.Sqlite;

namespace WorkspaceService.Infrastructure.Database.Sqlite;

/// <summary>The command under Dapper, whichever database the other tests run on.</summary>
public sealed class SqliteStatementTests : IDisposable
{
    private readonly StatementCachingConnection _connection = new("Data Source=:memory:");

    public SqliteStatementTests()
    {
        _connection.Open();
        _connection.Execute(
            """
            -- A script.
            CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT UNIQUE, size BIGINT);
            CREATE TABLE others (id INTEGER PRIMARY KEY REFERENCES things (id));
            -- Its end.
            """);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Å 名 👩‍🚀 '\"")]
    [InlineData("a\0b")]
    [InlineData(null)]
    [InlineData(600)]
    [InlineData(100_000)]
    public void Text_is_read_as_it_was_written(object? value)
    {
        var text = value is int length ? new string('é', length) : (string?)value;
        Insert(text, 1);

        _connection.QuerySingle<string?>("SELECT name FROM things").Should().Be(text);
        _connection.QuerySingle<string>("SELECT typeof(name) FROM things")
            .Should().Be(text is null ? "null" : "text");
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    [InlineData(null)]
    public void Numbers_are_read_as_they_were_written(long? size)
    {
        Insert("one", size);

        _connection.QuerySingle<long?>("SELECT size FROM things WHERE name = @Name", new { Name = "one" })
            .Should().Be(size);
    }

    [Fact]
    public void Numbers_with_a_fraction_and_bytes_are_values_too()
    {
        _connection.ExecuteScalar<double>("SELECT @Half", new { Half = 0.5 }).Should().Be(0.5);
        _connection.ExecuteScalar<byte[]>("SELECT @Bytes", new { Bytes = new byte[] { 0, 1 } }).Should().Equal(0, 1);
    }

    [Fact]
    public void A_row_may_be_null_where_the_one_before_it_was_not()
    {
        Insert("one", 1);
        const string sum = "SELECT SUM(size) AS size, MAX(name) AS name FROM things WHERE id > @After";

        _connection.QuerySingle<Thing>(sum, new { After = 1 }).Should().Be(new Thing());
        _connection.QuerySingle<Thing>(sum, new { After = 0 }).Should().Be(new Thing { Size = 1, Name = "one" });
        _connection.QuerySingle<Thing>(sum, new { After = 1 }).Should().Be(new Thing());
    }

    [Fact]
    public void The_number_of_changed_rows_is_that_of_the_statement_itself()
    {
        Insert("one", 1);
        Insert("two", 2);

        _connection.Execute("UPDATE things SET size = 3").Should().Be(2);
        _connection.Execute("UPDATE things SET size = 3 WHERE id > 2").Should().Be(0);
        _connection.Execute("SELECT name FROM things").Should().Be(0);
        _connection.Execute("INSERT INTO things (name) VALUES ('one') ON CONFLICT DO NOTHING").Should().Be(0);
        _connection.QueryFirst<long>("DELETE FROM things RETURNING id").Should().Be(1);
        _connection.ExecuteScalar<long>("SELECT COUNT(*) FROM things").Should().Be(0);
    }

    [Fact]
    public void A_value_that_is_missing_is_an_error_and_one_that_is_not_named_is_left_out()
    {
        const string find = "SELECT @One + @Two";

        _connection.Invoking(c => c.ExecuteScalar<long>(find, new Dictionary<string, object> { ["One"] = 1L }))
            .Should().Throw<InvalidOperationException>().WithMessage("Of 2 parameters 1 have values*");
        _connection.ExecuteScalar<long>(
                find, new Dictionary<string, object> { ["Zero"] = 0L, ["Two"] = 2L, ["Three"] = 3L, ["One"] = 1L })
            .Should().Be(3);
        _connection.ExecuteScalar<long>(
                find, new Dictionary<string, object> { ["One"] = 10L, ["Two"] = 20L }).Should().Be(30);
    }

    [Fact]
    public void An_error_names_the_constraint_and_the_statement_runs_again()
    {
        Insert("one", 1);

        _connection.Invoking(_ => Insert("one", 2)).Should().Throw<SqliteException>()
            .WithMessage("*UNIQUE constraint failed: things.name*")
            .Which.SqliteExtendedErrorCode.Should().Be(2067);
        Insert("two", 2);
        _connection.ExecuteScalar<long>("SELECT COUNT(*) FROM things").Should().Be(2);
    }

    [Fact]
    public void Text_that_is_no_statement_is_an_error() =>
        _connection.Invoking(c => c.Execute("SELEKT 1")).Should().Throw<SqliteException>().WithMessage("*SELEKT*");

    [Fact]
    public void A_statement_may_be_read_twice_at_once()
    {
        Insert("one", 1);
        Insert("two", 2);
        const string list = "SELECT name FROM things ORDER BY id";

        var pairs = new List<string>();
        foreach (var one in _connection.Query<string>(list, buffered: false))
        {
            foreach (var other in _connection.Query<string>(list, buffered: false))
            {
                pairs.Add($"{one} {other}");
            }
        }

        pairs.Should().Equal("one one", "one two", "two one", "two two");
    }

    public void Dispose() => _connection.Dispose();

    private void Insert(string? name, long? size) =>
        _connection.Execute("INSERT INTO things (name, size) VALUES (@Name, @Size)", new { Name = name, Size = size });

    private sealed record Thing
    {
        public long? Size { get; init; }

        public string? Name { get; init; }
    }
}
