using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Surfaces.Console;

/// <summary>
/// Keeps the keys that seal cookies and forms in the database. The framework makes a new one every 90 days, two days
/// before it is used, and reads those of other instances once a day: so of instances that find none at the same time
/// one makes the first, and the others take it.
/// </summary>
public sealed class SealingKeys(ConnectionFactory db) : IXmlRepository
{
    private static readonly TimeSpan JustNow = TimeSpan.FromMinutes(5);

    // The framework's interface waits for its answers.
    public IReadOnlyCollection<XElement> GetAllElements() => ListAsync().GetAwaiter().GetResult();

    public void StoreElement(XElement element, string friendlyName) =>
        InsertAsync(element, friendlyName).GetAwaiter().GetResult();

    private async Task<IReadOnlyCollection<XElement>> ListAsync()
    {
        await using var session = db.Open();
        return (await session.ListAsync<string>(Sql.List)).ConvertAll(document => XElement.Parse(document));
    }

    private async Task InsertAsync(XElement element, string id)
    {
        var row = new { Id = id, Document = element.ToString(SaveOptions.DisableFormatting) };
        await db.TransactAsync<Done>(
            RootKey.Caller,
            async session =>
            {
                await session.ExecuteAsync(
                    Sql.Insert,
                    new { row.Id, row.Document, CreatedAt = session.Now, Recently = session.Now - JustNow });
                return Done.It;
            },
            CancellationToken.None);
    }

    private static class Sql
    {
        public const string List = "SELECT document FROM sealing_keys ORDER BY created_at, id";

        // No row: another instance has made one just now. The transaction has the service to itself.
        public const string Insert = """
            INSERT INTO sealing_keys (id, document, created_at)
            SELECT CAST(@Id AS TEXT), CAST(@Document AS TEXT), CAST(@CreatedAt AS BIGINT)
            WHERE NOT EXISTS (SELECT 1 FROM sealing_keys WHERE id = @Id OR created_at > @Recently)
            """;
    }
}
