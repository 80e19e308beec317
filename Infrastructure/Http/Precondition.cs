using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Primitives;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Caching;
using WorkspaceService.Infrastructure.Database.Sqlite;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Hosting;
using WorkspaceService.Infrastructure.Hosting.Logging;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.OpenApi;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Infrastructure.Http;

/// <summary>
/// Safe edits with <c>If-Match</c> (RFC 9110, section 13): a change goes ahead only on the version that the caller has read.
/// An entity tag is <c>"version-digest"</c>: the row's version decides whether an edit is stale, and the digest of the answer
/// whether a copy is (<c>If-None-Match</c>), for an answer also shows counts that change without an edit of the row.
/// </summary>
public readonly record struct Precondition
{
    private readonly long[]? _versions;

    private Precondition(long[]? versions) => _versions = versions;

    /// <summary>True without <c>If-Match</c>, with <c>*</c>, or where it names <paramref name="version"/>.</summary>
    public bool Allows(long version) => _versions is null || _versions.Contains(version);

    /// <summary>Lets endpoints take the precondition as a parameter.</summary>
    public static ValueTask<Precondition> BindAsync(HttpContext http)
    {
        var header = http.Request.Headers.IfMatch;
        return ValueTask.FromResult(header.Count == 0 || Tags(header).Contains("*")
            ? default
            : new Precondition([.. Tags(header).Select(VersionOf)]));
    }

    public static string Tag(long version, ReadOnlySpan<byte> answer) =>
        string.Create(CultureInfo.InvariantCulture, $"\"{version}-{Base64Url.EncodeToString(SHA256.HashData(answer).AsSpan(0, 9))}\"");

    /// <summary>True where <paramref name="header"/> names <paramref name="tag"/>, weakly or strongly, or anything.</summary>
    public static bool Names(StringValues header, string tag) =>
        header.Count > 0 && Tags(header).Any(t => t == "*" || t == tag || (t.StartsWith("W/", StringComparison.Ordinal) && t[2..] == tag));

    private static IEnumerable<string> Tags(StringValues header) =>
        header.SelectMany(line => line!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    // A tag that is not ours, a weak one included (If-Match compares strongly), names no version at all.
    private static long VersionOf(string tag) =>
        tag.StartsWith('"') && tag.IndexOf('-') is > 0 and var dash
        && long.TryParse(tag.AsSpan(1, dash - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : -1;
}
