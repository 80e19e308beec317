using System.Runtime.InteropServices;

namespace WorkspaceService.Infrastructure.Database.Sqlite;

/// <summary>
/// The functions of SQLite that are called for each value, as SQLitePCL declares them, without what it costs there to
/// hold the statement during each call: whoever calls them holds it. They are short and never block, so the collector
/// waits for their end.
/// </summary>
internal static class NativeStatement
{
    /// <summary>SQLite copies the value before it returns.</summary>
    public const nint Transient = -1;

    private const string Library = "e_sqlite3";
    private const DllImportSearchPath Where =
        DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories;

    [DllImport(Library, EntryPoint = "sqlite3_bind_int64")]
    [DefaultDllImportSearchPaths(Where)]
    [SuppressGCTransition]
    public static extern int BindNumber(nint statement, int index, long number);

    [DllImport(Library, EntryPoint = "sqlite3_bind_text")]
    [DefaultDllImportSearchPaths(Where)]
    [SuppressGCTransition]
    public static extern int BindText(nint statement, int index, in byte first, int length, nint destructor);

    [DllImport(Library, EntryPoint = "sqlite3_bind_null")]
    [DefaultDllImportSearchPaths(Where)]
    [SuppressGCTransition]
    public static extern int BindNull(nint statement, int index);

    [DllImport(Library, EntryPoint = "sqlite3_column_type")]
    [DefaultDllImportSearchPaths(Where)]
    [SuppressGCTransition]
    public static extern int ColumnType(nint statement, int column);

    [DllImport(Library, EntryPoint = "sqlite3_column_int64")]
    [DefaultDllImportSearchPaths(Where)]
    [SuppressGCTransition]
    public static extern long ColumnNumber(nint statement, int column);

    [DllImport(Library, EntryPoint = "sqlite3_column_text")]
    [DefaultDllImportSearchPaths(Where)]
    [SuppressGCTransition]
    public static extern nint ColumnText(nint statement, int column);

    [DllImport(Library, EntryPoint = "sqlite3_column_bytes")]
    [DefaultDllImportSearchPaths(Where)]
    [SuppressGCTransition]
    public static extern int ColumnBytes(nint statement, int column);
}
