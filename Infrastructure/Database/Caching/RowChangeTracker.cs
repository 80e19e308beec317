using Microsoft.Data.Sqlite;

namespace WorkspaceService.Infrastructure.Database.Caching;

/// <summary>
/// Tracks, per row, the last commit that changed the columns of <see cref="Security.AccessFacts"/>. Temporary triggers
/// on the writer's connection report the changes; updates of other columns, such as counts, are ignored. A result read
/// after commit <see cref="Commit"/> is valid until <see cref="ChangedSince"/> is true for one of its rows: changes are
/// published before the writer's task completes.
/// </summary>
/// <remarks>
/// Rows are hashed to 32768 slots. A collision causes an unnecessary read, never a stale result.
/// </remarks>
public sealed class RowChangeTracker
{
    public const int Users = 0;
    public const int Organizations = 1;
    public const int Workspaces = 2;
    public const int OrganizationMembers = 3;
    public const int Members = 4;

    private const int Slots = 1 << 15;

    private static readonly (int Table, string Name, string Keys, string Columns)[] Watched =
    [
        (Users, "users", "{0}.id, 0", "status"),
        (Organizations, "organizations", "{0}.id, 0",
            "owner_id, status, workspace_role_ceiling"),
        (Workspaces, "workspaces", "{0}.id, 0", "status, type, organization_id, version"),
        (OrganizationMembers, "organization_members", "{0}.organization_id, {0}.user_id",
            "organization_id, user_id, role"),
        (Members, "members", "{0}.workspace_id, {0}.user_id", "workspace_id, user_id, role"),
    ];

    /// <summary>The columns whose updates are tracked; insertions and deletions always are.</summary>
    internal static IEnumerable<(string Table, string Column)> WatchedColumns =>
        Watched.SelectMany(table => table.Columns.Split(", ").Select(column => (table.Name, column)));

    private readonly long[] _changedIn = new long[Slots];
    private readonly HashSet<int> _touched = [];
    private readonly Lock _lock = new();
    private long _commit;

    /// <summary>The newest commit whose changes are published.</summary>
    public long Commit => Volatile.Read(ref _commit);

    /// <summary>The slot of a row, by its table and its key of one or two numbers.</summary>
    public static int SlotOf(int table, long id, long userId = 0)
    {
        var hash = ((ulong)id * 0x9E3779B97F4A7C15) ^ ((ulong)userId * 0xC2B2AE3D27D4EB4F)
            ^ ((ulong)table * 0x165667B19E3779F9);
        hash ^= hash >> 29;
        return (int)((hash * 0xBF58476D1CE4E5B9) >> (64 - 15));
    }

    /// <summary>The same by the table's name.</summary>
    internal static int SlotOf(string table, long id, long userId) =>
        SlotOf(Array.Find(Watched, each => each.Name == table).Table, id, userId);

    /// <summary>True where a row of this slot was changed after <paramref name="commit"/>.</summary>
    public bool ChangedSince(long commit, int slot) => Volatile.Read(ref _changedIn[slot]) > commit;

    /// <summary>
    /// True where the open transaction has changed a row of this slot. Call it on the writer's thread only.
    /// </summary>
    internal bool IsPending(int slot) => _touched.Contains(slot);

    /// <summary>Creates the triggers on the writer's connection.</summary>
    internal void Watch(SqliteConnection writer)
    {
        writer.CreateFunction("note_change", (long table, long id, long userId) =>
        {
            _touched.Add(SlotOf((int)table, id, userId));
            return 0L;
        });

        using var command = ((System.Data.IDbConnection)writer).CreateCommand();
        foreach (var (table, name, keys, columns) in Watched)
        {
            var old = string.Format(null, keys, "OLD");
            var now = string.Format(null, keys, "NEW");
            command.CommandText = $"""
                CREATE TEMP TRIGGER note_new_{name} AFTER INSERT ON main.{name}
                    BEGIN SELECT note_change({table}, {now}); END;
                CREATE TEMP TRIGGER note_old_{name} AFTER DELETE ON main.{name}
                    BEGIN SELECT note_change({table}, {old}); END;
                CREATE TEMP TRIGGER note_changed_{name} AFTER UPDATE OF {columns} ON main.{name}
                BEGIN SELECT note_change({table}, {old}), note_change({table}, {now}); END;
                """;
            command.ExecuteNonQuery();
        }
    }

    /// <summary>
    /// Publishes the changes since the last call. Slots are written before the commit number, so a reader of the new
    /// number sees them.
    /// </summary>
    internal void Publish()
    {
        if (_touched.Count > 0)
        {
            Publish(_touched);
            _touched.Clear();
        }
    }

    /// <summary>The same for changes that somebody else reports; on any thread.</summary>
    internal void Publish(IEnumerable<int> slots)
    {
        lock (_lock)
        {
            var commit = _commit + 1;
            foreach (var slot in slots)
            {
                Volatile.Write(ref _changedIn[slot], commit);
            }

            Volatile.Write(ref _commit, commit);
        }
    }

    internal void PublishAll() => Publish(Enumerable.Range(0, Slots));
}
