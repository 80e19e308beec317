using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Postgres;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>
/// Creates and finds users. An e-mail address belongs to one user, however it is spelt (<see cref="EmailAddress"/>).
/// </summary>
public static class UserRecords
{
    /// <summary>
    /// The text that <c>q</c> searches, for a statement with <c>users u</c> and <c>@SeesEmails</c> (1 or 0): name and
    /// address; the name alone where the caller may not see addresses.
    /// </summary>
    internal const string Searched = "CASE WHEN @SeesEmails = 1 THEN u.search ELSE u.name_search END";

    /// <summary>The value of <c>users.search</c>.</summary>
    internal static string Search(string name, string email) =>
        $"{SearchText.Fold(name)}\n{EmailAddress.Search(email)}";

    /// <summary>
    /// 422: a user whom the caller cannot see has the address. Such people come by accepting an invitation (R18).
    /// </summary>
    public static readonly Fault InvitationRequired = new(
        FaultKind.Invalid,
        "invitation_required",
        "The person cannot be added by this address; invite it, and the person joins by accepting.")
    {
        Errors = [new("/email", "invitation_required", "Invite the person instead.")],
    };

    /// <summary>409: a deactivated user is neither added nor invited (R14).</summary>
    public static readonly Fault UserDeactivated = Fault.Conflict(
        "user_deactivated", "The user is deactivated; reactivate it first.");

    /// <summary>
    /// Creates an active user, or <c>email_taken</c>. Appends <c>user.created</c>. The user is managed by
    /// <paramref name="organization"/>, except where root creates it (R19).
    /// </summary>
    /// <param name="organization">The organization that the user is created for; null for none.</param>
    public static async Task<Outcome<UserKey>> AddAsync(
        Session session, OrganizationKey? organization, string name, string email, string? avatarUrl = null)
    {
        await WriteLocks.SharedServiceAsync(session);
        var (id, code) = await Codes.MintAsync(session, Codes.User);
        var address = EmailAddress.Normalize(email) ?? email.Trim();
        var managedBy = session.Caller.IsRoot ? null : organization;
        var row = new
        {
            Id = id,
            Code = code,
            Name = name.Trim(),
            NameSearch = SearchText.Fold(name),
            Email = address,
            EmailKey = EmailAddress.Key(address),
            Search = Search(name, address),
            AvatarUrl = avatarUrl,
            ManagedBy = managedBy?.Id,
            CreatedAt = session.Now,
        };
        if (await session.ExecuteAsync(Sql.Insert, row) == 0)
        {
            return Faults.EmailTaken;
        }

        var changes = new Changes()
            .Set("name", null, row.Name)
            .Set("email", null, row.Email)
            .Set("managed_by", null, managedBy?.Code);
        await EventLog.AppendAsync(session, "user.created", organization?.Code, null, ("user", code), changes);
        return new UserKey { Id = id, Code = code, Status = UserObject.Active };
    }

    public static async Task<UserKey?> FindAsync(Session session, string code) => Codes.Is(Codes.User, code)
        ? await session.FindAsync<UserKey>(Sql.FindByCode, new { Code = code })
        : null;

    public static Task<UserKey?> FindByEmailAsync(Session session, string email) =>
        session.FindAsync<UserKey>(Sql.FindByEmail, new { EmailKey = EmailAddress.Key(email) });

    private static class Sql
    {
        // No row: another user has the address.
        public const string Insert = """
            INSERT INTO users (id, code, name, name_search, email, email_key, search, avatar_url, managed_by, status,
                               version, created_at, updated_at)
            VALUES (@Id, @Code, @Name, @NameSearch, @Email, @EmailKey, @Search, @AvatarUrl, @ManagedBy, 'active', 1,
                    @CreatedAt, @CreatedAt)
            ON CONFLICT (email_key) DO NOTHING
            """;

        public const string FindByCode = "SELECT id, code, status, version FROM users WHERE code = @Code";

        public const string FindByEmail = "SELECT id, code, status, version FROM users WHERE email_key = @EmailKey";
    }
}

/// <summary>A user's number, code, status and version.</summary>
public sealed record UserKey
{
    public long Id { get; init; }

    public string Code { get; init; } = "";

    public string Status { get; init; } = "";

    public long Version { get; init; }

    public bool IsActive => Status == UserObject.Active;
}
