using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>Slugs (R1): 1–63 of <c>a-z 0-9 -</c>, no hyphen at either end.</summary>
public static partial class Slug
{
    public const int MaxLength = 63;

    private const int LongestSuffix = 20; // a hyphen and a number of 64 bits

    public const string Rule = "Use 1 to 63 lower-case letters, digits or hyphens, with no hyphen at either end.";

    [GeneratedRegex("^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\z")]
    public static partial Regex Form();

    /// <summary>
    /// The slug derived from a name: accents removed, every run of other characters one hyphen, at most 63 characters;
    /// <c>workspace</c> where nothing is left.
    /// </summary>
    public static string From(string name)
    {
        var slug = new StringBuilder();
        foreach (var c in name.Normalize(NormalizationForm.FormKD))
        {
            if (CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark)
            {
                continue;
            }

            foreach (var folded in WithoutAccent(c))
            {
                if (char.IsAsciiLetterOrDigit(folded))
                {
                    slug.Append(char.ToLowerInvariant(folded));
                }
                else if (slug.Length > 0 && slug[^1] != '-')
                {
                    slug.Append('-');
                }
            }
        }

        var trimmed = slug.ToString();
        trimmed = trimmed[..Math.Min(trimmed.Length, MaxLength)].Trim('-');
        return trimmed.Length == 0 ? "workspace" : trimmed;
    }

    /// <summary>
    /// The first of <c>slug</c>, <c>slug-2</c>, <c>slug-3</c>… that is not in <paramref name="taken"/>, at most 63
    /// characters long.
    /// </summary>
    /// <param name="taken">The slugs in use that begin with the <see cref="Stem"/> of the name's slug.</param>
    public static string FirstFree(string name, IEnumerable<string> taken)
    {
        var slug = From(name);
        var used = taken.ToHashSet(StringComparer.Ordinal);
        for (var n = 1L; ; n++)
        {
            if (!used.Contains(Numbered(slug, n)))
            {
                return Numbered(slug, n);
            }
        }
    }

    /// <summary>The common prefix of all numbered slugs of a name.</summary>
    public static string Stem(string name)
    {
        var slug = From(name);
        return slug[..Math.Min(slug.Length, MaxLength - LongestSuffix)].TrimEnd('-');
    }

    private static string Numbered(string slug, long n)
    {
        if (n <= 1)
        {
            return slug;
        }

        var suffix = string.Create(CultureInfo.InvariantCulture, $"-{n}");
        return slug[..Math.Min(slug.Length, MaxLength - suffix.Length)].TrimEnd('-') + suffix;
    }

    /// <summary>The plain letters for an accented or joined one that Unicode does not decompose.</summary>
    internal static string WithoutAccent(char c) => c switch
    {
        'ß' or 'ẞ' => "ss",
        'æ' or 'Æ' => "ae",
        'œ' or 'Œ' => "oe",
        'ø' or 'Ø' => "o",
        'đ' or 'Đ' or 'ð' or 'Ð' => "d",
        'ł' or 'Ł' => "l",
        'þ' or 'Þ' => "th",
        'ı' => "i",
        'ħ' or 'Ħ' => "h",
        _ => c.ToString(),
    };
}
