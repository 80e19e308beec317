namespace WorkspaceService.Infrastructure.Domain;

/// <summary>The form in which texts are compared and searched: without regard to case.</summary>
public static class SearchText
{
    /// <summary>A text as it is stored for comparison.</summary>
    public static string Fold(string text) => text.Trim().ToLowerInvariant();

    /// <summary>
    /// A LIKE pattern that finds <paramref name="q"/> anywhere in a folded column, its wildcards taken as text.
    /// </summary>
    public static string? Pattern(string? q) => q is null ? null : $"%{Escape(q.ToLowerInvariant())}%";

    private static string Escape(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("%", "\\%", StringComparison.Ordinal)
        .Replace("_", "\\_", StringComparison.Ordinal);
}
