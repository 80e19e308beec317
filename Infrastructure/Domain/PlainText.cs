using System.Globalization;
using System.Text;
using WorkspaceService.Infrastructure.Json;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>What is text, and how long it is: in Unicode scalar values.</summary>
public static class PlainText
{
    // Letters and symbols by category that show nothing: fillers of Hangul, the empty Braille pattern.
    private const string Blanks = "\u115f\u1160\u2800\u3164\uffa0";

    public static int LengthOf(string text)
    {
        var length = text.Length;
        for (var i = 1; i < text.Length; i++)
        {
            length -= char.IsSurrogatePair(text[i - 1], text[i]) ? 1 : 0;
        }

        return length;
    }

    /// <summary>True for text without control characters and lone surrogates.</summary>
    public static bool IsLine(string text) =>
        JsonConventions.IsText(text) && !text.Any(char.IsControl);

    /// <summary>As <see cref="IsLine"/>, but with line feeds and tabs.</summary>
    public static bool IsLines(string text) =>
        JsonConventions.IsText(text) && !text.Any(c => char.IsControl(c) && c is not ('\n' or '\t'));

    /// <summary>
    /// True where at least one character can be seen by itself: no white space, control or format character, blank, or
    /// mark (which needs another character).
    /// </summary>
    public static bool IsVisible(string text) => text.EnumerateRunes().Any(rune =>
        !Rune.IsWhiteSpace(rune)
        && !(rune.IsBmp && Blanks.Contains((char)rune.Value, StringComparison.Ordinal))
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned or UnicodeCategory.NonSpacingMark
            or UnicodeCategory.EnclosingMark));
}
