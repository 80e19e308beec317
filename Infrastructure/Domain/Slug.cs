using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>R1: 1–63 of <c>a-z 0-9 -</c>, no hyphen at an end.</summary>
public static partial class Slug
{
    public const int MaxLength = 63;

    private const int LongestSuffix = 20; // a hyphen and a number of 64 bits

    public const string Rule = "Use 1 to 63 lower-case letters, digits or hyphens, with no hyphen at either end.";

    [GeneratedRegex("^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\z")]
    public static partial Regex Form();

    /// <summary>
    /// The slug that a name gives: accents folded, every other run one hyphen; <c>workspace</c> where nothing is left.
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

            foreach (var folded in Fold(c))
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

    /// <summary>The n-th try at a derived slug: <c>base</c>, <c>base-2</c>, <c>base-3</c>…, never over the length.</summary>
    public static string Numbered(string slug, long n)
    {
        if (n <= 1)
        {
            return slug;
        }

        var suffix = string.Create(CultureInfo.InvariantCulture, $"-{n}");
        return slug[..Math.Min(slug.Length, MaxLength - suffix.Length)].TrimEnd('-') + suffix;
    }

    /// <summary>What <see cref="Numbered"/> leaves of a slug whatever the number, so that all of its numbered ones begin with it.</summary>
    public static string Stem(string slug) => slug[..Math.Min(slug.Length, MaxLength - LongestSuffix)].TrimEnd('-');

    // Letters that Unicode does not take apart by itself.
    private static string Fold(char c) => c switch
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
