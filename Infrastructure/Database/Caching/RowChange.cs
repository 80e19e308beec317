namespace WorkspaceService.Infrastructure.Database.Caching;

/// <summary>What a transaction has changed: a row, or some rows of a table.</summary>
internal sealed record RowChange
{
    /// <summary>The table.</summary>
    public string Source { get; init; } = "";

    /// <summary>The row's key of one or two numbers; 0 where no cached access facts were read from it.</summary>
    public long Id { get; init; }

    public long UserId { get; init; }

    /// <summary>The state of the database that the change was read from.</summary>
    public string? Snapshot { get; init; }
}
