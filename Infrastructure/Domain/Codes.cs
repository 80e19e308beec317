using System.Globalization;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Postgres;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>
/// Numbers and codes of entities (design section 2): a positive number, unique per prefix, and a code
/// <c>PREFIX-YY-NNNNNN</c> with the year of creation. Numbers are never reused, not even after a deletion; a
/// rolled-back write may leave a gap.
/// </summary>
public static class Codes
{
    public const string Organization = "ORG";
    public const string User = "USR";
    public const string Workspace = "WS";
    public const string ServiceLine = "LIN";
    public const string Integration = "INT";
    public const string Invitation = "INV";
    public const string JoinRequest = "JRQ";
    public const string Event = "EVT";
    public const string Refusal = "REF";
    public const string ApiKey = "key";
    public const string Webhook = "WHK";
    public const string Delivery = "DLV";
    public const string Replay = "RPL";

    private const int MostDigits = 19; // of 64 bits

    /// <summary>No code is longer.</summary>
    public const int MaxLength = 3 + 4 + MostDigits;

    /// <summary>Allocates the next number of <paramref name="prefix"/> and formats its code.</summary>
    public static async Task<(long Number, string Code)> MintAsync(Session session, string prefix)
    {
        var number = session.Numbers?.Take(prefix) ?? await TakePostgresAsync(session, prefix);
        return (number, Format(prefix, session.Now.Year % 100, number));
    }

    /// <summary>
    /// Allocates <paramref name="count"/> numbers of <paramref name="prefix"/> in one statement, ascending, with codes.
    /// </summary>
    public static async Task<IReadOnlyList<(long Number, string Code)>> MintManyAsync(
        Session session, string prefix, int count)
    {
        var numbers = session.Numbers?.TakeMany(prefix, count)
            ?? await session.ListAsync<long>(Sql.TakePostgres, new { Prefix = prefix, Count = count });
        return [.. numbers.Select(number => (number, Format(prefix, session.Now.Year % 100, number)))];
    }

    /// <summary>
    /// Raises the counter of <paramref name="prefix"/> to <paramref name="last"/>, if it is lower.
    /// </summary>
    public static async Task ContinueAfterAsync(Session session, string prefix, long last)
    {
        if (session.Numbers is { } numbers)
        {
            numbers.ContinueAfter(prefix, last);
            return;
        }

        await session.ExecuteAsync(Sql.ContinuePostgres, new { Prefix = prefix, Last = last });
    }

    public static string Format(string prefix, int year, long number) => prefix == ApiKey
        ? string.Create(CultureInfo.InvariantCulture, $"key_{year:D2}_{number:D5}")
        : string.Create(CultureInfo.InvariantCulture, $"{prefix}-{year:D2}-{number:D6}");

    /// <summary>True where <paramref name="code"/> has the form of a code with <paramref name="prefix"/>.</summary>
    public static bool Is(string prefix, string code)
    {
        var separator = prefix == ApiKey ? '_' : '-';
        return code.Length > prefix.Length + 4 && code.Length <= prefix.Length + 4 + MostDigits
            && code.StartsWith(prefix, StringComparison.Ordinal)
            && code[prefix.Length] == separator
            && char.IsAsciiDigit(code[prefix.Length + 1]) && char.IsAsciiDigit(code[prefix.Length + 2])
            && code[prefix.Length + 3] == separator
            && !code.AsSpan(prefix.Length + 4).ContainsAnyExceptInRange('0', '9');
    }

    /// <summary>
    /// The number in a code, which is the id on surfaces with integer ids; 0 where it exceeds 64 bits.
    /// </summary>
    public static long NumberOf(string code) =>
        long.TryParse(
            code.AsSpan(code.LastIndexOfAny(['-', '_']) + 1),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var number)
            ? number
            : 0;

    private static async Task<long> TakePostgresAsync(Session session, string prefix)
    {
        if (prefix != Event || session.Transaction is not { EventNumbers: { } free })
        {
            return await session.ScalarAsync<long>(Sql.TakePostgres, new { Prefix = prefix, Count = 1 });
        }

        if (!free.TryTake(out var number))
        {
            var block = new { Prefix = prefix, Count = EventNumbers.Block };
            var taken = await session.ListAsync<long>(Sql.TakePostgres, block);
            number = taken[0];
            free.Add(taken.Skip(1));
        }

        return number;
    }

    private static class Sql
    {
        // Writers would wait for the lock of a row in the table numbers; a sequence does not block.
        public const string TakePostgres =
            "SELECT nextval('numbers_' || lower(@Prefix)) FROM generate_series(1, @Count)";

        public const string ContinuePostgres = """
            SELECT setval('numbers_' || lower(@Prefix), GREATEST(@Last, nextval('numbers_' || lower(@Prefix)) - 1))
            """;
    }
}
