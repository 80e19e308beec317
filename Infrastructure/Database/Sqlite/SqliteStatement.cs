using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace WorkspaceService.Infrastructure.Database.Sqlite;

/// <summary>
/// A compiled SQLite statement, which keeps what does not change between its executions: the indexes of its parameters,
/// the names and types of its columns. Values are text, whole numbers, floating point numbers, bytes and null. Errors
/// are <see cref="SqliteException"/>; a lock is waited for by SQLite itself (<c>busy_timeout</c>).
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private const int StackBytes = 512;

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _handle;
    private nint _pointer; // zero once it is disposed, which SQLite refuses
    private readonly Parameter[] _parameters;
    private readonly bool _isReadOnly;
    private Column[]? _columns;

    /// <param name="sql">May be a script; then <see cref="Rest"/> is what follows its first statement.</param>
    public SqliteStatement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle ?? throw new InvalidOperationException("The connection is not open.");
        Sql = sql;
        Check(raw.sqlite3_prepare_v3(_database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _handle, out var rest));
        _pointer = _handle.DangerousGetHandle();
        Rest = string.IsNullOrWhiteSpace(rest) ? null : rest;
        _parameters = IsEmpty ? [] : new Parameter[raw.sqlite3_bind_parameter_count(_handle)];
        NamesEvents = sql.Contains("events", StringComparison.OrdinalIgnoreCase);
        _isReadOnly = IsEmpty || raw.sqlite3_stmt_readonly(_handle) != 0;
    }

    public string Sql { get; }

    public string? Rest { get; }

    /// <summary>True where it may read events.</summary>
    public bool NamesEvents { get; }

    /// <summary>The number of rows that the last execution changed, without those that triggers changed.</summary>
    public int Changes => _isReadOnly ? 0 : raw.sqlite3_changes(_database);

    public int ColumnCount => Columns.Length;

    // A comment or white space.
    private bool IsEmpty => _handle.IsInvalid;

    private Column[] Columns => _columns ??= ReadColumns();

    /// <summary>
    /// Binds the values of all parameters. Values that the statement does not name are left out; one that it names and
    /// that is not given is an <see cref="InvalidOperationException"/>.
    /// </summary>
    public void Bind(List<SqliteStatementParameter> values)
    {
        var bound = 0;
        for (var n = 0; n < values.Count && bound < _parameters.Length; n++)
        {
            // They come in the same order each time.
            ref var parameter = ref _parameters[bound];
            if (!ReferenceEquals(parameter.Name, values[n].ParameterName))
            {
                var index = IndexOf(values[n].ParameterName);
                if (index == 0)
                {
                    continue;
                }

                parameter = new(values[n].ParameterName, index);
            }

            Bind(parameter.Index, values[n].Value);
            bound++;
        }

        if (bound < _parameters.Length)
        {
            throw new InvalidOperationException($"Of {_parameters.Length} parameters {bound} have values: {Sql}");
        }
    }

    /// <summary>Binds the value of a parameter by its place, from 1 on.</summary>
    public void BindAt(int index, string? text) =>
        Check(text is null ? NativeStatement.BindNull(_pointer, index) : BindText(index, text));

    public void BindAt(int index, long number) => Check(NativeStatement.BindNumber(_pointer, index, number));

    /// <summary>True where there is a row.</summary>
    public bool Step()
    {
        var result = IsEmpty ? raw.SQLITE_DONE : raw.sqlite3_step(_handle);
        if (result is raw.SQLITE_ROW or raw.SQLITE_DONE)
        {
            return result == raw.SQLITE_ROW;
        }

        try
        {
            SqliteException.ThrowExceptionForRC(result, _database);
            return false;
        }
        finally
        {
            Reset();
        }
    }

    public void Reset()
    {
        if (!IsEmpty)
        {
            raw.sqlite3_reset(_handle);
        }
    }

    public string NameOf(int column) => Columns[column].Name;

    /// <summary>Stays the same between executions: that of the column's values, where they are of one type.</summary>
    public Type TypeOf(int column)
    {
        ref var known = ref Columns[column];
        return known.Type ?? NativeStatement.ColumnType(_pointer, column) switch
        {
            raw.SQLITE_INTEGER => known.Type = typeof(long),
            raw.SQLITE_TEXT => known.Type = typeof(string),
            raw.SQLITE_FLOAT => known.Type = typeof(double),
            raw.SQLITE_BLOB => known.Type = typeof(byte[]),
            _ => typeof(object),
        };
    }

    public bool IsNull(int column) => NativeStatement.ColumnType(_pointer, column) == raw.SQLITE_NULL;

    public long NumberAt(int column) => NativeStatement.ColumnNumber(_pointer, column);

    public object ValueAt(int column) => NativeStatement.ColumnType(_pointer, column) switch
    {
        raw.SQLITE_INTEGER => NumberAt(column),
        raw.SQLITE_TEXT => TextAt(column),
        raw.SQLITE_FLOAT => raw.sqlite3_column_double(_handle, column),
        raw.SQLITE_BLOB => raw.sqlite3_column_blob(_handle, column).ToArray(),
        _ => DBNull.Value,
    };

    public void Dispose()
    {
        _pointer = 0;
        _handle.Dispose();
    }

    private void Bind(int index, object? value) => Check(value switch
    {
        string text => BindText(index, text),
        long number => NativeStatement.BindNumber(_pointer, index, number),
        int number => NativeStatement.BindNumber(_pointer, index, number),
        bool flag => NativeStatement.BindNumber(_pointer, index, flag ? 1 : 0),
        null or DBNull => NativeStatement.BindNull(_pointer, index),
        double number => raw.sqlite3_bind_double(_handle, index, number),
        byte[] bytes => raw.sqlite3_bind_blob(_handle, index, bytes),
        _ => throw new NotSupportedException(
            string.Create(CultureInfo.InvariantCulture, $"A value of the type {value.GetType()}: {Sql}")),
    });

    private string TextAt(int column)
    {
        var text = NativeStatement.ColumnText(_pointer, column);
        return Marshal.PtrToStringUTF8(text, NativeStatement.ColumnBytes(_pointer, column));
    }

    private int BindText(int index, string text)
    {
        var longest = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (longest <= StackBytes)
        {
            Span<byte> bytes = stackalloc byte[StackBytes];
            return BindText(index, bytes, Encoding.UTF8.GetBytes(text, bytes));
        }

        var rented = ArrayPool<byte>.Shared.Rent(longest);
        try
        {
            return BindText(index, rented, Encoding.UTF8.GetBytes(text, rented));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private int BindText(int index, ReadOnlySpan<byte> bytes, int length) => NativeStatement.BindText(
        _pointer, index, in MemoryMarshal.GetReference(bytes), length, NativeStatement.Transient);

    private int IndexOf(string name) =>
        IsEmpty ? 0 : raw.sqlite3_bind_parameter_index(_handle, name.StartsWith('@') ? name : $"@{name}");

    private Column[] ReadColumns()
    {
        var columns = new Column[IsEmpty ? 0 : raw.sqlite3_column_count(_handle)];
        for (var n = 0; n < columns.Length; n++)
        {
            columns[n].Name = raw.sqlite3_column_name(_handle, n).utf8_to_string();
            columns[n].Type = raw.sqlite3_column_decltype(_handle, n).utf8_to_string()?.ToUpperInvariant() switch
            {
                "TEXT" => typeof(string),
                "BIGINT" or "INTEGER" => typeof(long),
                _ => null, // an expression
            };
        }

        return columns;
    }

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, _database);

    private readonly record struct Parameter(string Name, int Index);

    private struct Column
    {
        public string Name;
        public Type? Type;
    }
}
