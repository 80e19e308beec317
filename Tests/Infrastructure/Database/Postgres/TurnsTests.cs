using System.Net;
using Npgsql;

namespace WorkspaceService.Infrastructure.Database.Postgres;

/// <summary>Writers wait for each other, and not for a connection that one who waits for them has.</summary>
[Collection("Database")]
public sealed class TurnsTests(ServiceFixture service)
{
    [PostgresFact]
    public async Task With_few_connections_requests_with_and_without_a_key_are_all_done()
    {
        var few = service.NewInstance((
            "ConnectionStrings:Workspaces",
            new NpgsqlConnectionStringBuilder(service.ConnectionString) { MaxPoolSize = 3 }.ToString()));
        var tenant = await service.NewTenantAsync();
        var client = few.Client(tenant.OwnerKey);
        for (var round = 0; round < 10; round++)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(n => client.PostJson(
                "/v1/workspaces",
                new { organization_id = tenant.Id, name = "Alike" },
                n % 2 == 0 ? [] : [("Idempotency-Key", $"{round}-{n}")])));

            answers.Should().OnlyContain(answer => answer.StatusCode == HttpStatusCode.Created);
        }
    }
}
