namespace WorkspaceService.Infrastructure.Database.Postgres;

/// <summary>Changes that a crash of the database has taken from the instances' feeds are not missed.</summary>
[Collection("Clusters")]
public sealed class LostChangesTests
{
    [PostgresFact]
    public async Task A_crash_behind_a_pooler_which_no_instance_notices_ends_what_they_remember()
    {
        await using var cluster = await PostgresCluster.StartNewAsync();
        await using var pooler = await PgBouncer.StartNewAsync(cluster.Port);
        await using var writer = await ServiceProcess.ListeningAsync(pooler.ConnectionString);

        // One that hears of nothing by itself for five seconds.
        await using var reader = await ServiceProcess.ListeningAsync(
            pooler.ConnectionString, args: "--Memory:MaxStaleness=00:01:00");
        var user = await (await writer.Client().PostJson("/v1/users", new { name = "Ada", email = "ada@example.com" }))
            .Data(System.Net.HttpStatusCode.Created);
        var organization = await (await writer.Client().PostJson(
            "/v1/orgs", new { name = "First", owner_id = user.GetProperty("id").GetString() }))
            .Data(System.Net.HttpStatusCode.Created);
        var workspace = await (await writer.Client().PostJson(
            "/v1/workspaces", new { name = "First", organization_id = organization.GetProperty("id").GetString() }))
            .Data(System.Net.HttpStatusCode.Created);
        var path = $"/v1/workspaces/{workspace.GetProperty("id").GetString()}";
        for (var round = 0; round < 3; round++)
        {
            await NameAsync("no-cache");
            await NameAsync();

            (await writer.Client().PatchJson(path, new { name = $"Name {round}" })).EnsureSuccessStatusCode();
            await cluster.KillAsync();
            await cluster.StartAsync();

            (await NameAsync("no-cache")).Should().Be($"Name {round}");
            (await NameAsync()).Should().Be($"Name {round}");
        }

        async Task<string?> NameAsync(string? control = null)
        {
            while (true)
            {
                var answer = await reader.Client().SendJson(
                    HttpMethod.Get, path, null, control is null ? [] : [("Cache-Control", control)]);
                if (answer.IsSuccessStatusCode)
                {
                    return (await answer.Json()).GetProperty("data").GetProperty("name").GetString();
                }

                answer.StatusCode.Should().Be(System.Net.HttpStatusCode.ServiceUnavailable);
            }
        }
    }
}
