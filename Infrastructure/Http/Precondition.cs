using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace WorkspaceService.Infrastructure.Http;

/// <summary>
/// <c>If-Match</c> (RFC 9110, section 13): a write requires the version that the caller has read. An entity tag is
/// <c>"version-digest"</c>: the row's version decides <c>If-Match</c>; version and digest of the response decide
/// <c>If-None-Match</c>, since a response also has counts that change without an edit of the row.
/// </summary>
public readonly record struct Precondition
{
    private readonly long[]? _versions;
    private readonly long[]? _otherThan;

    private Precondition(long[]? versions, long[]? otherThan) => (_versions, _otherThan) = (versions, otherThan);

    private static long[] Any { get; } = [];

    /// <summary>
    /// True without <c>If-Match</c>, with <c>*</c>, or where it names <paramref name="version"/>; and unless
    /// <c>If-None-Match</c> names it, or <c>*</c>, which whatever exists matches.
    /// </summary>
    public bool Allows(long version) =>
        (_versions is null || _versions.Contains(version))
        && (_otherThan is null || (_otherThan.Length > 0 && !_otherThan.Contains(version)));

    /// <summary>Requires this version; null requires none.</summary>
    public static Precondition Of(long? version) => version is { } known ? new([known], null) : default;

    /// <summary>Lets endpoints that write take the precondition as a parameter.</summary>
    public static ValueTask<Precondition> BindAsync(HttpContext http)
    {
        var headers = http.Request.Headers;
        return ValueTask.FromResult(headers.IfMatch.Count == 0 && headers.IfNoneMatch.Count == 0
            ? default
            : new Precondition(VersionsIn(headers.IfMatch), OthersIn(headers.IfNoneMatch)));
    }

    private static long[]? VersionsIn(StringValues header)
    {
        var tags = Tags(header);
        return header.Count == 0 || tags.Contains(EntityTagHeaderValue.Any) ? null : [.. tags.Select(VersionOf)];
    }

    // The empty list stands for every version.
    private static long[]? OthersIn(StringValues header)
    {
        var tags = Tags(header);
        return header.Count == 0 || tags.Count == 0 ? null
            : tags.Contains(EntityTagHeaderValue.Any) ? Any
            : [.. tags.Select(tag => VersionOf(new EntityTagHeaderValue(tag.Tag)))];
    }

    public static EntityTagHeaderValue Tag(long version, ReadOnlySpan<byte> answer)
    {
        var digest = Base64Url.EncodeToString(SHA256.HashData(answer).AsSpan(0, 9));
        return new(string.Create(CultureInfo.InvariantCulture, $"\"{version}-{digest}\""));
    }

    /// <summary>
    /// True where <paramref name="header"/> contains <paramref name="tag"/> (weak comparison) or <c>*</c>.
    /// </summary>
    public static bool Names(StringValues header, EntityTagHeaderValue tag) =>
        header.Count > 0
        && Tags(header)
            .Any(named => named == EntityTagHeaderValue.Any || named.Compare(tag, useStrongComparison: false));

    // A malformed header matches nothing.
    private static IList<EntityTagHeaderValue> Tags(StringValues header) =>
        EntityTagHeaderValue.TryParseList(header, out var tags) ? tags : [];

    // -1, which matches no version, for weak tags (If-Match compares strongly) and tags of another form.
    private static long VersionOf(EntityTagHeaderValue tag) =>
        !tag.IsWeak && tag.Tag.IndexOf('-') is > 0 and var dash
        && long.TryParse(tag.Tag.AsSpan(1, dash - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : -1;
}
