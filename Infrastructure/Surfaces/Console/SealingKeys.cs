using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Surfaces.Console;

/// <summary>
/// Keeps the keys that seal cookies and forms in the database. The framework makes a new one every 90 days, and asks
/// for those of other instances where it meets one that it does not know.
/// </summary>
public sealed class SealingKeys(ConnectionFactory db) : IXmlRepository
{
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
                await session.ExecuteAsync(Sql.Insert, new { row.Id, row.Document, CreatedAt = session.Now });
                return Done.It;
            },
            CancellationToken.None);
    }

    private static class Sql
    {
        public const string List = "SELECT document FROM sealing_keys ORDER BY created_at, id";

        // No row: it is stored already.
        public const string Insert = """
            INSERT INTO sealing_keys (id, document, created_at) VALUES (@Id, @Document, @CreatedAt)
            ON CONFLICT DO NOTHING
            """;
    }
}
