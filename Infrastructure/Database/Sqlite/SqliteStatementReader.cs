using System.Collections;
using System.Data.Common;

namespace WorkspaceService.Infrastructure.Database.Sqlite;

/// <summary>The rows of a bound statement, which goes back to its connection when they are closed.</summary>
internal sealed class SqliteStatementReader : DbDataReader
{
    private readonly StatementCachingConnection _connection;
    private readonly SqliteStatement _statement;
    private readonly bool _hasRows;
    private bool _isBefore = true;
    private bool _isAfter;
    private bool _isClosed;

    /// <summary>Takes the first step, with which a statement that writes has written.</summary>
    public SqliteStatementReader(StatementCachingConnection connection, SqliteStatement statement)
    {
        (_connection, _statement) = (connection, statement);
        _hasRows = statement.Step();
    }

    public override int Depth => 0;

    public override int FieldCount => _statement.ColumnCount;

    public override bool HasRows => _hasRows;

    public override bool IsClosed => _isClosed;

    public override int RecordsAffected => _statement.Changes;

    public override object this[int ordinal] => _statement.ValueAt(ordinal);

    public override object this[string name] => _statement.ValueAt(GetOrdinal(name));

    public override bool Read()
    {
        if (_isBefore)
        {
            _isBefore = false;
            return _hasRows;
        }

        // Stepping after the last row would start the statement again.
        return _hasRows && !_isAfter && (_statement.Step() || !(_isAfter = true));
    }

    public override bool NextResult() => false;

    public override void Close()
    {
        if (!_isClosed)
        {
            _isClosed = true;
            _statement.Reset();
            _connection.Return(_statement);
        }
    }

    public override string GetName(int ordinal) => _statement.NameOf(ordinal);

    public override int GetOrdinal(string name)
    {
        for (var n = 0; n < FieldCount; n++)
        {
            if (string.Equals(GetName(n), name, StringComparison.OrdinalIgnoreCase))
            {
                return n;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such column.");
    }

    public override Type GetFieldType(int ordinal) => _statement.TypeOf(ordinal);

    public override string GetDataTypeName(int ordinal) => GetFieldType(ordinal).Name;

    public override bool IsDBNull(int ordinal) => _statement.IsNull(ordinal);

    public override object GetValue(int ordinal) => _statement.ValueAt(ordinal);

    public override int GetValues(object[] values)
    {
        var count = Math.Min(values.Length, FieldCount);
        for (var n = 0; n < count; n++)
        {
            values[n] = GetValue(n);
        }

        return count;
    }

    public override long GetInt64(int ordinal) => _statement.NumberAt(ordinal);

    public override int GetInt32(int ordinal) => checked((int)_statement.NumberAt(ordinal));

    public override short GetInt16(int ordinal) => checked((short)_statement.NumberAt(ordinal));

    public override byte GetByte(int ordinal) => checked((byte)_statement.NumberAt(ordinal));

    public override bool GetBoolean(int ordinal) => _statement.NumberAt(ordinal) != 0;

    public override string GetString(int ordinal) => (string)GetValue(ordinal);

    public override double GetDouble(int ordinal) => (double)GetValue(ordinal);

    public override float GetFloat(int ordinal) => (float)GetDouble(ordinal);

    public override char GetChar(int ordinal) => throw new NotSupportedException();

    public override DateTime GetDateTime(int ordinal) => throw new NotSupportedException();

    public override decimal GetDecimal(int ordinal) => throw new NotSupportedException();

    public override Guid GetGuid(int ordinal) => throw new NotSupportedException();

    public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length) =>
        throw new NotSupportedException();

    public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length) =>
        throw new NotSupportedException();

    public override IEnumerator GetEnumerator() => new DbEnumerator(this);

    protected override void Dispose(bool disposing)
    {
        Close();
        base.Dispose(disposing);
    }
}
