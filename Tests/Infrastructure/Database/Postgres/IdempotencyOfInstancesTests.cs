using System.Net;
using WorkspaceService.Features.Workspaces;

namespace WorkspaceService.Infrastructure.Database.Postgres;

/// <summary>An <c>Idempotency-Key</c> counts on every instance.</summary>
[Collection("Database")]
public sealed class IdempotencyOfInstancesTests(ServiceFixture service)
{
    [PostgresFact]
    public async Task What_is_sent_to_both_at_once_is_done_once_and_answered_alike()
    {
        var tenant = await service.NewTenantAsync();
        for (var round = 0; round < 20; round++)
        {
            var body = new { organization_id = tenant.Id, name = $"Round {round}" };
            var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ =>
                SendAsync(service.Next.Client(tenant.OwnerKey), body, $"round {round}")));

            foreach (var refused in answers.Where(answer => answer.StatusCode != HttpStatusCode.Created))
            {
                await refused.ShouldBeProblem(HttpStatusCode.Conflict, "idempotency_in_flight");
            }

            var done = answers.Where(answer => answer.StatusCode == HttpStatusCode.Created).ToList();
            done.Count(answer => !answer.Headers.Contains("Idempotency-Replayed")).Should().Be(1);
            done.Add(await SendAsync(service.Client(tenant.OwnerKey), body, $"round {round}"));
            done.Add(await SendAsync(service.Second.Client(tenant.OwnerKey), body, $"round {round}"));
            (await Task.WhenAll(done.Select(answer => answer.Content.ReadAsStringAsync())))
                .Distinct().Should().ContainSingle();
        }

        await service.Db.CatchUpAsync(default);
        (await service.Do(new ListWorkspaces.Query(await tenant.OwnerAsync(), tenant.Id, Limit: 100))).Items
            .Should().HaveCount(20);
    }

    [PostgresFact]
    public async Task Another_request_with_the_key_is_refused_by_the_other_instance()
    {
        var tenant = await service.NewTenantAsync();
        (await SendAsync(service.Client(tenant.OwnerKey), new { organization_id = tenant.Id, name = "One" }, "key"))
            .StatusCode.Should().Be(HttpStatusCode.Created);

        var other = await SendAsync(
            service.Second.Client(tenant.OwnerKey), new { organization_id = tenant.Id, name = "Two" }, "key");

        await other.ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");
    }

    [PostgresFact]
    public async Task An_instance_that_has_stopped_leaves_its_answers_to_the_others()
    {
        var tenant = await service.NewTenantAsync();
        var body = new { organization_id = tenant.Id, name = "Once" };
        string first;
        await using (var stopping = await ServiceProcess.ListeningAsync(service.ConnectionString))
        {
            first = await (await SendAsync(stopping.Client(tenant.OwnerKey), body, "stopped"))
                .Content.ReadAsStringAsync();
            stopping.Terminate();
            (await stopping.EndAsync()).Should().Be(0);
        }

        var replayed = await SendAsync(service.Client(tenant.OwnerKey), body, "stopped");

        replayed.Headers.GetValues("Idempotency-Replayed").Should().Equal("true");
        (await replayed.Content.ReadAsStringAsync()).Should().Be(first);
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, object body, string key) =>
        client.PostJson("/v1/workspaces", body, ("Idempotency-Key", key));
}
