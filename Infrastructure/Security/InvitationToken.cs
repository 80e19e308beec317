using System.Security.Cryptography;
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

namespace WorkspaceService.Infrastructure.Security;

/// <summary>
/// What opens an invitation: <c>inv_</c> and 43 base-62 characters that hold 256 random bits. It is the right to look at the
/// invitation, so only <see cref="Hash"/> is ever stored.
/// </summary>
public static class InvitationToken
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    public static string Create() => "inv_" + RandomNumberGenerator.GetString(Alphabet, 43);

    /// <summary>SHA-256 in lower-case hexadecimal.</summary>
    public static string Hash(string token) => ApiKeyFormat.Hash(token);
}
