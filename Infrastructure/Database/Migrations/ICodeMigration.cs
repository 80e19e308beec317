using System.Data.Common;

namespace WorkspaceService.Infrastructure.Database.Migrations;

/// <summary>
/// A migration of data that SQL alone cannot express on both databases. It runs once, inside the migrator's
/// transaction, between the <c>.sql</c> files that its name sorts it into, and reads tables in batches.
/// </summary>
internal interface ICodeMigration
{
    /// <summary>As recorded in <c>schema_migrations</c>; never changes once it is released.</summary>
    string Name { get; }

    Task ApplyAsync(DbConnection connection);
}
