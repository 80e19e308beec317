using System.Text;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>Folding for search, and for sorting by name.</summary>
public static class SearchText
{
    /// <summary>
    /// The form that is stored for search: trimmed, lower case, without accents, the same for every normal
    /// form of a text.
    /// </summary>
    public static string Fold(string text) => FoldAll(text).Trim();

    /// <summary>
    /// The form that is stored for sorting by code point: trimmed, lower case, the same for every canonical normal
    /// form.
    /// </summary>
    public static string SortKey(string name) =>
        name.Trim().Normalize(NormalizationForm.FormC).ToLowerInvariant().Normalize(NormalizationForm.FormC);

    /// <summary>
    /// A LIKE pattern, escaped with a backslash, that finds <paramref name="q"/> anywhere in a folded column.
    /// </summary>
    public static string? Pattern(string? q) => q is null ? null : $"%{Escape(FoldAll(q))}%";

    private static string FoldAll(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text.ToLowerInvariant();
        }

        // Lower case first and last: decomposition may bring capital letters forth.
        var folded = new StringBuilder();
        foreach (var c in text.ToLowerInvariant().Normalize(NormalizationForm.FormKD))
        {
            if (!IsAccent(c))
            {
                folded.Append(WithoutStroke(char.ToLowerInvariant(c)));
            }
        }

        return folded.ToString().Normalize(NormalizationForm.FormC);
    }

    // The blocks of combining diacritical marks. Other marks, such as vowel signs, tell words apart.
    private static bool IsAccent(char c) =>
        c is >= '\u0300' and <= '\u036f' or >= '\u1ab0' and <= '\u1aff' or >= '\u1dc0' and <= '\u1dff'
            or >= '\u20d0' and <= '\u20ff' or >= '\ufe20' and <= '\ufe2f';

    private static string WithoutStroke(char c) => c == 'ς' ? "σ" : Slug.WithoutAccent(c);

    private static string Escape(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("%", "\\%", StringComparison.Ordinal)
        .Replace("_", "\\_", StringComparison.Ordinal);
}
