using System.Globalization;
using System.Text.Json;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Json;

namespace WorkspaceService.Infrastructure.Surfaces.Console;

/// <summary>How values are written for people.</summary>
public static class Words
{
    private static readonly JsonSerializerOptions Indented = new(JsonConventions.Lenient) { WriteIndented = true };

    /// <summary>A word of the contract: <c>past_due</c> becomes Past due.</summary>
    public static string Of(string word)
    {
        var text = Inside(word);
        return text.Length == 0 ? "" : char.ToUpperInvariant(text[0]) + text[1..];
    }

    /// <summary>The same within a sentence; abbreviations are written as everybody writes them.</summary>
    public static string Inside(string word) => string.Join(' ', word.Split('_').Select(part => part switch
    {
        "api" => "API",
        "id" => "ID",
        "github" => "GitHub",
        "ods" => "ODS",
        "vcpu" => "VCPU",
        _ => part,
    }));

    /// <summary>One or two letters that stand for a name.</summary>
    public static string Initials(string name)
    {
        var words = name.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return string.Concat(words.Take(2).Select(word =>
            StringInfo.GetNextTextElement(word).ToUpper(CultureInfo.InvariantCulture)));
    }

    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>An amount with its currency, such as <c>USD 34,500.00</c>.</summary>
    public static string Money(decimal amount, string currency) =>
        $"{currency} {amount.ToString("N2", CultureInfo.InvariantCulture)}";

    /// <summary>A measured quantity, with as many decimals as it has.</summary>
    public static string Quantity(decimal quantity) => quantity.ToString("#,0.######", CultureInfo.InvariantCulture);

    /// <summary>JSON as people write it, a member a line.</summary>
    public static string Json(RawJson json) =>
        json.ToObject() is { Count: > 0 } read ? read.ToJsonString(Indented) : "{}";

    /// <summary>How many of a thing: <c>1 member</c>, <c>2 members</c>.</summary>
    public static string Count(long number, string thing) => $"{Number(number)} {thing}{(number == 1 ? "" : "s")}";

    /// <summary>What a workspace's type means for who sees it and who belongs to it (R12).</summary>
    public static string AboutType(string type) => type switch
    {
        WorkspaceSettings.Private => "Only its members see it. An admin adds or invites them.",
        WorkspaceSettings.Closed => "Members of the organization see it and may ask to join.",
        WorkspaceSettings.Open => "Members of the organization see it and may join by themselves.",
        WorkspaceSettings.Default => "All members of the organization belong to it, also those who come later.",
        _ => "",
    };

    /// <summary>Whether a status is good, still to come, over or bad; the tone of its badge.</summary>
    public static string Tone(string status) => status switch
    {
        "active" or "enabled" or "delivered" or "accepted" or "approved" or "success" => "good",
        "pending" or "paused" or "trialing" or "trial" or "past_due" or "provisioning" or "draft" => "warn",
        "failed" or "suspended" or "denied" or "terminated" or "canceled" or "cancelled" => "bad",
        _ => "quiet",
    };
}
