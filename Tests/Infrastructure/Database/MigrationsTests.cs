using WorkspaceService.Architecture;
using WorkspaceService.Features.Organizations;
using WorkspaceService.Features.Users;
using WorkspaceService.Infrastructure.Domain;

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

    [Fact]
    public async Task Deactivated_workspace_owners_of_an_earlier_version_pass_the_ownership_on()
    {
        var tenant = await service.NewTenantAsync();
        var (one, other) = (await tenant.NewWorkspaceAsync(), await tenant.NewWorkspaceAsync());
        var gone = await tenant.NewMemberOfAsync(one.Id, Roles.Admin);
        await service.ArrangeAsync(
            "UPDATE workspaces SET owner_id = (SELECT id FROM users WHERE code = @Gone) WHERE code = @Id",
            new { Gone = gone.Id, one.Id });
        await service.ArrangeAsync("UPDATE users SET status = 'deactivated' WHERE code = @Id", new { gone.Id });

        await ApplyAsync("0012_deactivated_owners.sql");

        (await service.ReadAsync<string>(
            "SELECT u.code FROM workspaces w JOIN users u ON u.id = w.owner_id WHERE w.code IN (@A, @B)",
            new { A = one.Id, B = other.Id })).Should().Equal(tenant.Owner.Id, tenant.Owner.Id);
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
