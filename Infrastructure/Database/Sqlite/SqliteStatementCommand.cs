using System.Collections;
using System.Data;
using System.Data.Common;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using WorkspaceService.Infrastructure.Telemetry;

namespace WorkspaceService.Infrastructure.Database.Sqlite;

/// <summary>
/// The command that Dapper uses on a <see cref="StatementCachingConnection"/>. In place of SqliteCommand, which looks
/// up each parameter by its name at every execution, with which adding a member took the writer a third longer.
/// </summary>
internal sealed class SqliteStatementCommand(StatementCachingConnection connection) : DbCommand
{
    private readonly SqliteStatementParameters _parameters = new();
    private Activity? _span;

    [AllowNull]
    public override string CommandText { get; set; } = "";

    public override int CommandTimeout { get; set; }

    public override CommandType CommandType { get; set; } = CommandType.Text;

    public override bool DesignTimeVisible { get; set; }

    public override UpdateRowSource UpdatedRowSource { get; set; }

    protected override DbConnection? DbConnection
    {
        get => connection;
        set => throw new NotSupportedException();
    }

    protected override DbParameterCollection DbParameterCollection => _parameters;

    protected override DbTransaction? DbTransaction { get; set; }

    public override void Cancel()
    {
    }

    public override void Prepare()
    {
    }

    /// <summary>The number of rows that were changed, by the last statement where there are several.</summary>
    public override int ExecuteNonQuery()
    {
        var statement = Begin();
        for (var script = statement; ;)
        {
            var changes = Execute(script);
            if (script.Rest is not { } rest)
            {
                return changes;
            }

            script = new SqliteStatement(connection, rest);
        }
    }

    public override object? ExecuteScalar()
    {
        using var reader = ExecuteDbDataReader(CommandBehavior.Default);
        return reader.Read() ? reader.GetValue(0) : null;
    }

    protected override DbParameter CreateDbParameter() => new SqliteStatementParameter();

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior)
    {
        var statement = Begin();
        try
        {
            if (statement.Rest is not null)
            {
                throw new NotSupportedException("Only one statement may answer rows.");
            }

            statement.Bind(_parameters.Items);
            return new SqliteStatementReader(connection, statement);
        }
        catch (Exception failure)
        {
            _span.Fail(failure);
            connection.Return(statement);
            throw;
        }
    }

    // Its span ends when the command is disposed, with the last row.
    protected override void Dispose(bool disposing)
    {
        _span?.Dispose();
        base.Dispose(disposing);
    }

    private SqliteStatement Begin()
    {
        _span = Spans.StartStatement(CommandText!, Spans.Sqlite);
        try
        {
            return connection.Rent(CommandText!);
        }
        catch (Exception failure)
        {
            _span.Fail(failure);
            throw;
        }
    }

    private int Execute(SqliteStatement statement)
    {
        try
        {
            statement.Bind(_parameters.Items);
            while (statement.Step())
            {
            }

            statement.Reset();
            return statement.Changes;
        }
        catch (Exception failure)
        {
            _span.Fail(failure);
            throw;
        }
        finally
        {
            connection.Return(statement);
        }
    }
}

/// <summary>The values of a command's parameters, in the order in which they were added.</summary>
internal sealed class SqliteStatementParameters : DbParameterCollection
{
    public List<SqliteStatementParameter> Items { get; } = [];

    public override int Count => Items.Count;

    public override object SyncRoot => Items;

    public override int Add(object value)
    {
        Items.Add((SqliteStatementParameter)value);
        return Items.Count - 1;
    }

    public override void AddRange(Array values)
    {
        foreach (var value in values)
        {
            Add(value!);
        }
    }

    public override void Clear() => Items.Clear();

    public override bool Contains(object value) => IndexOf(value) >= 0;

    public override bool Contains(string value) => IndexOf(value) >= 0;

    public override void CopyTo(Array array, int index) => ((ICollection)Items).CopyTo(array, index);

    public override IEnumerator GetEnumerator() => Items.GetEnumerator();

    public override int IndexOf(object value) => Items.IndexOf((SqliteStatementParameter)value);

    public override int IndexOf(string parameterName) => Items.FindIndex(item => item.ParameterName == parameterName);

    public override void Insert(int index, object value) => Items.Insert(index, (SqliteStatementParameter)value);

    public override void Remove(object value) => Items.Remove((SqliteStatementParameter)value);

    public override void RemoveAt(int index) => Items.RemoveAt(index);

    public override void RemoveAt(string parameterName) => Items.RemoveAt(IndexOf(parameterName));

    protected override DbParameter GetParameter(int index) => Items[index];

    protected override DbParameter GetParameter(string parameterName) => Items[IndexOf(parameterName)];

    protected override void SetParameter(int index, DbParameter value) =>
        Items[index] = (SqliteStatementParameter)value;

    protected override void SetParameter(string parameterName, DbParameter value) =>
        SetParameter(IndexOf(parameterName), value);
}

/// <summary>A value for a parameter of a statement; its type is the value's.</summary>
internal sealed class SqliteStatementParameter : DbParameter
{
    public override DbType DbType { get; set; }

    public override ParameterDirection Direction { get; set; } = ParameterDirection.Input;

    public override bool IsNullable { get; set; }

    [AllowNull]
    public override string ParameterName { get; set; } = "";

    public override int Size { get; set; }

    [AllowNull]
    public override string SourceColumn { get; set; } = "";

    public override bool SourceColumnNullMapping { get; set; }

    public override object? Value { get; set; }

    public override void ResetDbType() => DbType = default;
}
