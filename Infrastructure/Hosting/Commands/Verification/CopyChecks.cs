using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Json;

namespace WorkspaceService.Infrastructure.Hosting.Commands.Verification;

/// <summary>Columns that repeat others: settings, organizations, and texts folded for search and comparison.</summary>
internal static class CopyChecks
{
    public static readonly Check[] All =
    [
        Check.Of<Organization>("organizations.workspace_role_ceiling", Sql.ListOrganizations, row =>
            row.WorkspaceRoleCeiling == (OrganizationSettings.HasCeiling(
                OrganizationSettings.Merge(row.Settings.ToObject(), null)) ? 1 : 0)
                ? null
                : $"{row.Code}: workspace_role_ceiling is {row.WorkspaceRoleCeiling}, which its settings do not say"),
        Check.Of<Named>("organizations.search", Sql.ListOrganizations, row =>
            Differ(row.Code, "search", row.Search, SearchText.Fold($"{row.Name}\n{row.Slug}"))),
        Check.Of<Workspace>("workspaces.currency", Sql.ListWorkspaces, row =>
            row.Currency == WorkspaceSettings.CurrencyOf(WorkspaceSettings.Merge(row.Settings.ToObject(), null))
                ? null
                : $"{row.Code}: currency is {row.Currency}, which its settings do not say"),
        Check.Of<Named>("workspaces.name_key and search", Sql.ListWorkspaces, row =>
            Differ(row.Code, "name_key", row.NameKey, SearchText.SortKey(row.Name))
            ?? Differ(row.Code, "search", row.Search, SearchText.Fold($"{row.Name}\n{row.Slug}"))),
        Check.Of<Addressed>("users.email_key and search", Sql.ListUsers, row =>
            DifferInAddress(row)
            ?? Differ(row.Code, "name_search", row.NameSearch, SearchText.Fold(row.Name))
            ?? Differ(
                row.Code,
                "search",
                row.Search,
                UserRecords.Search(row.Name, row.Email),
                UserRecords.Search(row.Name, row.Normalized))),
        Check.Of<Addressed>("invitations.email_key and search", Sql.ListInvitations, row =>
            DifferInAddress(row)
            ?? Differ(
                row.Code,
                "search",
                row.Search,
                EmailAddress.Search(row.Email),
                EmailAddress.Search(row.Normalized))),
        Check.Of<Strayed>("organizations of service lines and integrations", Sql.FindStrayed, row =>
            $"{row.Code}: it belongs to {row.Workspace}, but names another organization than that"),
    ];

    // Of users whom a migration found to have one address, all but one keep it in the form of their time.
    private static string? DifferInAddress(Addressed row) => row.Email == row.Normalized
        ? Differ(row.Code, "email_key", row.EmailKey, EmailAddress.Key(row.Email))
        : null;

    // The texts themselves may be addresses, which no log should hold.
    private static string? Differ(string code, string column, string stored, params ReadOnlySpan<string> right) =>
        right.Contains(stored) ? null : $"{code}: {column} is not what its text folds to";

    private sealed record Organization
    {
        public string Code { get; init; } = "";

        public RawJson Settings { get; init; }

        public long WorkspaceRoleCeiling { get; init; }
    }

    private sealed record Workspace
    {
        public string Code { get; init; } = "";

        public RawJson Settings { get; init; }

        public string Currency { get; init; } = "";
    }

    private sealed record Named
    {
        public string Code { get; init; } = "";

        public string Name { get; init; } = "";

        public string Slug { get; init; } = "";

        public string NameKey { get; init; } = "";

        public string Search { get; init; } = "";
    }

    private sealed record Addressed
    {
        public string Code { get; init; } = "";

        public string Name { get; init; } = "";

        public string Email { get; init; } = "";

        public string EmailKey { get; init; } = "";

        public string NameSearch { get; init; } = "";

        public string Search { get; init; } = "";

        public string Normalized => EmailAddress.Normalize(Email) ?? Email;
    }

    private sealed record Strayed
    {
        public string Code { get; init; } = "";

        public string Workspace { get; init; } = "";
    }

    private static class Sql
    {
        public const string ListOrganizations =
            "SELECT code, name, slug, search, settings, workspace_role_ceiling FROM organizations";

        public const string ListWorkspaces =
            "SELECT code, name, slug, name_key, search, settings, currency FROM workspaces";

        public const string ListUsers = "SELECT code, name, email, email_key, name_search, search FROM users";

        public const string ListInvitations = "SELECT code, email, email_key, search FROM invitations";

        public const string FindStrayed = """
            SELECT l.code, w.code AS workspace
            FROM service_lines l JOIN workspaces w ON w.id = l.workspace_id
            WHERE l.organization_id <> w.organization_id
            UNION ALL
            SELECT i.code, w.code
            FROM integrations i JOIN workspaces w ON w.id = i.workspace_id
            WHERE i.organization_id <> w.organization_id
            """;
    }
}
