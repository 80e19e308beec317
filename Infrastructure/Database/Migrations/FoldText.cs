using System.Data.Common;
using Dapper;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Infrastructure.Database.Migrations;

/// <summary>
/// Brings stored addresses into the form of <see cref="EmailAddress"/>, and computes what is searched and sorted by
/// with <see cref="SearchText"/>. Where two users, or two pending invitations to a workspace, turn out to have the same
/// address, only one of them gets it, and the others stay as they are.
/// </summary>
internal sealed class FoldText : ICodeMigration
{
    private const int BatchSize = 1000;

    public string Name => "0014_search_text_filled";

    public async Task ApplyAsync(DbConnection connection)
    {
        await EachBatchAsync<Person>(
            connection,
            "SELECT id, name, email, email_key FROM users WHERE id > @after ORDER BY id LIMIT @BatchSize",
            users => FoldUsersAsync(connection, users));
        await EachBatchAsync<Person>(
            connection,
            "SELECT id, email, email_key FROM invitations WHERE id > @after ORDER BY id LIMIT @BatchSize",
            invitations => FoldInvitationsAsync(connection, invitations));
        await EachBatchAsync<Named>(
            connection,
            "SELECT id, name, slug, billing_email FROM organizations WHERE id > @after ORDER BY id LIMIT @BatchSize",
            organizations => FoldOrganizationsAsync(connection, organizations));
        await EachBatchAsync<Named>(
            connection,
            "SELECT id, name, slug FROM workspaces WHERE id > @after ORDER BY id LIMIT @BatchSize",
            workspaces => FoldWorkspacesAsync(connection, workspaces));
    }

    private static async Task FoldUsersAsync(DbConnection connection, List<Person> users)
    {
        // What is answered changes, hence the version.
        foreach (var user in users.Where(user => user.IsToChange))
        {
            await connection.ExecuteAsync(
                """
                UPDATE users SET email = @Address, email_key = @Key, version = version + 1
                WHERE id = @Id AND (email <> @Address OR email_key <> @Key)
                  AND NOT EXISTS (SELECT 1 FROM users x WHERE x.email_key = @Key AND x.id <> @Id)
                """,
                new { user.Id, user.Address, user.Key });
        }

        var rows = users.Select(user => new
        {
            id = user.Id,
            name = SearchText.Fold(user.Name),
            search = UserRecords.Search(user.Name, user.Address),
        });
        await connection.ExecuteAsync(
            """
            UPDATE users SET name_search = r.value ->> 'name', search = r.value ->> 'search'
            FROM json_each(@Rows) r WHERE users.id = CAST(r.value ->> 'id' AS BIGINT)
            """,
            new { Rows = JsonRows.Serialize(rows) });
    }

    private static async Task FoldInvitationsAsync(DbConnection connection, List<Person> invitations)
    {
        foreach (var invitation in invitations.Where(invitation => invitation.IsToChange))
        {
            await connection.ExecuteAsync(
                """
                UPDATE invitations SET email = @Address, email_key = @Key, version = version + 1
                WHERE id = @Id AND (email <> @Address OR email_key <> @Key) AND NOT (status = 'pending' AND EXISTS (
                    SELECT 1 FROM invitations x
                    WHERE x.workspace_id = invitations.workspace_id AND x.email_key = @Key AND x.status = 'pending'
                      AND x.id <> @Id))
                """,
                new { invitation.Id, invitation.Address, invitation.Key });
        }

        var rows = invitations.Select(invitation => new
        {
            id = invitation.Id,
            search = EmailAddress.Search(invitation.Address),
        });
        await connection.ExecuteAsync(
            """
            UPDATE invitations SET search = r.value ->> 'search'
            FROM json_each(@Rows) r WHERE invitations.id = CAST(r.value ->> 'id' AS BIGINT)
            """,
            new { Rows = JsonRows.Serialize(rows) });
    }

    private static async Task FoldOrganizationsAsync(DbConnection connection, List<Named> organizations)
    {
        foreach (var organization in organizations)
        {
            if (organization.BillingEmail is { } given && EmailAddress.Normalize(given) is { } address
                && address != given)
            {
                await connection.ExecuteAsync(
                    "UPDATE organizations SET billing_email = @address, version = version + 1 WHERE id = @Id",
                    new { organization.Id, address });
            }
        }

        var rows = organizations.Select(organization => new { id = organization.Id, search = organization.Search });
        await connection.ExecuteAsync(
            """
            UPDATE organizations SET search = r.value ->> 'search'
            FROM json_each(@Rows) r WHERE organizations.id = CAST(r.value ->> 'id' AS BIGINT)
            """,
            new { Rows = JsonRows.Serialize(rows) });
    }

    private static async Task FoldWorkspacesAsync(DbConnection connection, List<Named> workspaces)
    {
        var rows = workspaces.Select(workspace => new
        {
            id = workspace.Id,
            name = SearchText.SortKey(workspace.Name),
            search = workspace.Search,
        });
        await connection.ExecuteAsync(
            """
            UPDATE workspaces SET name_key = r.value ->> 'name', search = r.value ->> 'search'
            FROM json_each(@Rows) r WHERE workspaces.id = CAST(r.value ->> 'id' AS BIGINT)
            """,
            new { Rows = JsonRows.Serialize(rows) });
    }

    private static async Task EachBatchAsync<T>(DbConnection connection, string page, Func<List<T>, Task> work)
        where T : Row
    {
        List<T> rows;
        for (var after = 0L; ; after = rows[^1].Id)
        {
            rows = (await connection.QueryAsync<T>(page, new { after, BatchSize })).AsList();
            if (rows.Count == 0)
            {
                return;
            }

            await work(rows);
        }
    }

    private abstract record Row
    {
        public long Id { get; init; }

        public string Name { get; init; } = "";
    }

    private sealed record Person : Row
    {
        public string Email { get; init; } = "";

        public string EmailKey { get; init; } = "";

        public string Address => EmailAddress.Normalize(Email) ?? Email;

        public string Key => EmailAddress.Key(Email);

        public bool IsToChange => Address != Email || Key != EmailKey;
    }

    private sealed record Named : Row
    {
        public string Slug { get; init; } = "";

        public string? BillingEmail { get; init; }

        public string Search => SearchText.Fold($"{Name}\n{Slug}");
    }
}
