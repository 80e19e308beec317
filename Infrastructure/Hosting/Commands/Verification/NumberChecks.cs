using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Infrastructure.Hosting.Commands.Verification;

/// <summary>Numbers, codes and sequences: none is given twice, and each code has its row's number.</summary>
internal static class NumberChecks
{
    public static readonly Check[] All =
    [
        Check.Of<Coded>("codes", Sql.ListCodes, row =>
            Codes.Is(row.Prefix, row.Code) && Codes.NumberOf(row.Code) == row.Id
                ? null
                : $"{row.Code}: its number is {row.Id}, and its code is not that of a {row.Prefix} of this number"),
        Check.Of<Used>(
            "numbers given",
            Sql.FindReusable,
            row => $"{row.Code}: numbers of {row.Prefix} are given after {row.Last}, so {row.Id} would be given again",
            Sql.FindReusablePostgres),
        Check.Of<Repeated>(
            "sequence of events",
            Sql.FindRepeatedSequences,
            row => $"{row.Code}: its sequence {row.Sequence} is that of {row.Events} events"),
    ];

    private sealed record Coded
    {
        public string Prefix { get; init; } = "";

        public long Id { get; init; }

        public string Code { get; init; } = "";
    }

    private sealed record Used
    {
        public string Prefix { get; init; } = "";

        public long Id { get; init; }

        public string Code { get; init; } = "";

        public long Last { get; init; }
    }

    private sealed record Repeated
    {
        public string Code { get; init; } = "";

        public long Sequence { get; init; }

        public long Events { get; init; }
    }

    private static class Sql
    {
        public const string ListCodes = """
            SELECT 'ORG' AS prefix, id, code FROM organizations
            UNION ALL SELECT 'USR', id, code FROM users
            UNION ALL SELECT 'WS', id, code FROM workspaces
            UNION ALL SELECT 'LIN', id, code FROM service_lines
            UNION ALL SELECT 'INT', id, code FROM integrations
            UNION ALL SELECT 'INV', id, code FROM invitations
            UNION ALL SELECT 'JRQ', id, code FROM join_requests
            UNION ALL SELECT 'key', id, code FROM api_keys
            UNION ALL SELECT 'EVT', id, code FROM events
            UNION ALL SELECT 'WHK', id, code FROM webhooks
            UNION ALL SELECT 'DLV', id, code FROM webhook_deliveries
            """;

        private const string ListLargest = """
            SELECT 'ORG' AS prefix, id, code FROM organizations WHERE id = (SELECT MAX(id) FROM organizations)
            UNION ALL SELECT 'USR', id, code FROM users WHERE id = (SELECT MAX(id) FROM users)
            UNION ALL SELECT 'WS', id, code FROM workspaces WHERE id = (SELECT MAX(id) FROM workspaces)
            UNION ALL SELECT 'LIN', id, code FROM service_lines WHERE id = (SELECT MAX(id) FROM service_lines)
            UNION ALL SELECT 'INT', id, code FROM integrations WHERE id = (SELECT MAX(id) FROM integrations)
            UNION ALL SELECT 'INV', id, code FROM invitations WHERE id = (SELECT MAX(id) FROM invitations)
            UNION ALL SELECT 'JRQ', id, code FROM join_requests WHERE id = (SELECT MAX(id) FROM join_requests)
            UNION ALL SELECT 'key', id, code FROM api_keys WHERE id = (SELECT MAX(id) FROM api_keys)
            UNION ALL SELECT 'EVT', id, code FROM events WHERE id = (SELECT MAX(id) FROM events)
            UNION ALL SELECT 'WHK', id, code FROM webhooks WHERE id = (SELECT MAX(id) FROM webhooks)
            UNION ALL SELECT 'DLV', id, code
            FROM webhook_deliveries WHERE id = (SELECT MAX(id) FROM webhook_deliveries)
            """;

        public const string FindReusable = $"""
            SELECT largest.prefix, largest.id, largest.code, COALESCE(n.last, 0) AS last
            FROM ({ListLargest}) largest LEFT JOIN numbers n ON n.prefix = largest.prefix
            WHERE largest.id > COALESCE(n.last, 0)
            """;

        // Sequences belong to no snapshot: they are read after it was taken, and only grow.
        public const string FindReusablePostgres = $"""
            SELECT largest.prefix, largest.id, largest.code, COALESCE(n.last_value, 0) AS last
            FROM ({ListLargest}) largest
            LEFT JOIN pg_sequences n
              ON n.schemaname = current_schema() AND n.sequencename = 'numbers_' || lower(largest.prefix)
            WHERE largest.id > COALESCE(n.last_value, 0)
            """;

        public const string FindRepeatedSequences = """
            SELECT MIN(code) AS code, sequence, COUNT(*) AS events
            FROM events
            WHERE sequence IS NOT NULL
            GROUP BY sequence
            HAVING COUNT(*) > 1
            """;
    }
}
