namespace WorkspaceService.Infrastructure.Domain;

/// <summary>Case folding for comparison and search.</summary>
public static class SearchText
{
    /// <summary>The form that is stored for comparison: trimmed, lower case.</summary>
    public static string Fold(string text) => text.Trim().ToLowerInvariant();

    /// <summary>
    /// A LIKE pattern, escaped with a backslash, that finds <paramref name="q"/> anywhere in a folded column.
    /// </summary>
    public static string? Pattern(string? q) => q is null ? null : $"%{Escape(q.ToLowerInvariant())}%";

    private static string Escape(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("%", "\\%", StringComparison.Ordinal)
        .Replace("_", "\\_", StringComparison.Ordinal);
}
