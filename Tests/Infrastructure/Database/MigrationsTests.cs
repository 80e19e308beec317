using WorkspaceService.Architecture;
using WorkspaceService.Features.Organizations;
using WorkspaceService.Features.Users;

namespace WorkspaceService.Infrastructure.Database;

/// <summary>What migrations do with the rows of an earlier version, by their own statements.</summary>
public sealed class MigrationsTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task Users_of_an_earlier_version_are_managed_by_the_organization_that_they_joined_first()
    {
        var (first, second) = (await service.NewTenantAsync(), await service.NewTenantAsync());
        var person = await second.NewMemberAsync();
        await service.Do(new AddOrganizationMember.Command(ServiceFixture.RootCaller, first.Id, person.Id));
        await service.ArrangeAsync("UPDATE organization_members SET joined_at = 1");
        await service.ArrangeAsync(
            """
            UPDATE organization_members SET joined_at = 2
            WHERE organization_id = (SELECT id FROM organizations WHERE code = @Id)
              AND user_id = (SELECT id FROM users WHERE code = @User)
            """,
            new { first.Id, User = person.Id });
        var alone = await first.NewUserAsync();
        await service.ArrangeAsync("UPDATE users SET managed_by = NULL");

        await ApplyAsync("0011_managed_users.sql");

        (await ManagedByAsync(person.Id)).Should().Be(second.Id);
        (await ManagedByAsync(first.Owner.Id)).Should().Be(first.Id);
        (await ManagedByAsync(alone.Id)).Should().BeNull();
    }

    private async Task<string?> ManagedByAsync(string user) =>
        (await service.Do(new GetUser.Query(ServiceFixture.RootCaller, user))).Value.ManagedBy;

    // The statements that change rows; the schema is there already.
    private async Task ApplyAsync(string migration)
    {
        var path = Path.Combine(Source.Root, "Infrastructure/Database/Migrations", migration);
        var sql = string.Join(
            '\n', (await File.ReadAllLinesAsync(path)).Where(l => !l.StartsWith("--", StringComparison.Ordinal)));
        var updates = sql.Split(';').Select(s => s.Trim())
            .Where(s => s.StartsWith("UPDATE", StringComparison.Ordinal)).ToList();
        updates.Should().NotBeEmpty();
        foreach (var update in updates)
        {
            await service.ArrangeAsync(update);
        }
    }
}
