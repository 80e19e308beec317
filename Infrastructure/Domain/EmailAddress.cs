using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using WorkspaceService.Infrastructure.Json;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>
/// E-mail addresses: stored in NFC with the domain as A-labels (RFC 5890), compared by lower case. A local part with a
/// character that NFKC replaces is refused: it would look like another address.
/// </summary>
public static partial class EmailAddress
{
    public const int MaxLength = 254;

    /// <summary>Of an address as it is given: letters and accents apart take more.</summary>
    public const int MaxGivenLength = 4 * MaxLength;

    private const int MaxLocalLength = 64;

    private const string ReservedInLocalPart = "@<>()[]\\,;:\"";

    private const string Label = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";

    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    /// <summary>The form that is stored; null where <paramref name="text"/> is no address.</summary>
    public static string? Normalize(string text)
    {
        if (text.Length > MaxGivenLength || !JsonConventions.IsText(text))
        {
            return null;
        }

        var at = text.LastIndexOf('@');
        if (at < 0 || !IsLocalPart(text[..at]) || DomainOf(text[(at + 1)..]) is not { } domain)
        {
            return null;
        }

        var address = $"{text[..at].Normalize(NormalizationForm.FormC)}@{domain}";
        return address.EnumerateRunes().Count() <= MaxLength ? address : null;
    }

    /// <summary>The form that is compared; two spellings of an address have the same.</summary>
    public static string Key(string address) =>
        (Normalize(address) ?? address.Trim()).ToLowerInvariant().Normalize(NormalizationForm.FormC);

    /// <summary>The address folded for search, also with its domain as it is read where that differs.</summary>
    internal static string Search(string address)
    {
        var folded = SearchText.Fold(address);
        var domain = address[(address.LastIndexOf('@') + 1)..];
        if (!domain.Contains("xn--", StringComparison.OrdinalIgnoreCase))
        {
            return folded;
        }

        try
        {
            return $"{folded}\n{SearchText.Fold(address[..^domain.Length] + Idn.GetUnicode(domain))}";
        }
        catch (ArgumentException)
        {
            return folded; // an address of an earlier version
        }
    }

    // Judged character by character, so that a letter and its accent may be given apart (NFD).
    private static bool IsLocalPart(string local)
    {
        var runes = local.EnumerateRunes().ToList();
        return local.Normalize(NormalizationForm.FormC).EnumerateRunes().Count() is > 0 and <= MaxLocalLength
            && runes.TrueForAll(rune =>
                !Rune.IsWhiteSpace(rune)
                && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
                    or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned)
                && (!rune.IsAscii || !ReservedInLocalPart.Contains((char)rune.Value, StringComparison.Ordinal))
                && rune.ToString() is var text && text.Normalize(NormalizationForm.FormKC) == text);
    }

    private static string? DomainOf(string domain)
    {
        try
        {
            var isPlain = Ascii.IsValid(domain) && !domain.Contains("xn--", StringComparison.OrdinalIgnoreCase);
            var labels = isPlain ? domain : Idn.GetAscii(domain.ToLowerInvariant()); // throws for A-labels of nothing
            return Domain().IsMatch(labels) ? labels : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    [GeneratedRegex($"""^(?:{Label}\.)+{Label}\z""")]
    private static partial Regex Domain();
}
