namespace WorkspaceService.Infrastructure.Contracts;

/// <summary>A row of an export that can be written as CSV.</summary>
public interface ICsvRow
{
    static abstract string[] Header { get; }

    /// <summary>One for each name in the header; null is empty.</summary>
    string?[] Cells { get; }
}

/// <summary>Rows of any number, read as they are written.</summary>
/// <param name="Name">The name of a file with them, without its extension.</param>
public sealed record Export<T>(string Name, IAsyncEnumerable<T> Rows);
