using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.Operation;

[Collection("Operation")]
public sealed class ShowReadinessTests(ServiceFixture service)
{
    [Fact]
    public async Task A_service_with_its_database_is_ready()
    {
        var response = await service.Client(null).GetAsync("/readyz");

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync()).Should().Be("""{"status":"ready"}""");
        (await service.Client(null).SendAsync(new HttpRequestMessage(HttpMethod.Head, "/readyz"))).StatusCode
            .Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task One_statement_tells_it()
    {
        var (answer, statements) = await service.Counted(new ShowReadiness.Query());

        answer.Status.Should().Be("ready");
        statements.Should().Be(1);
    }

    [Fact]
    public async Task Without_its_database_it_is_alive_and_not_ready()
    {
        await RenameAsync("schema_migrations", "schema_migrations_away");
        try
        {
            var response = await service.Client(null).GetAsync("/readyz");
            await response.ShouldBeProblem(HttpStatusCode.ServiceUnavailable, "unavailable");
            response.Headers.RetryAfter.Should().NotBeNull();
            var head = await service.Client(null).SendAsync(new HttpRequestMessage(HttpMethod.Head, "/readyz"));
            head.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
            (await service.Client(null).GetAsync("/livez")).StatusCode.Should().Be(HttpStatusCode.OK);
        }
        finally
        {
            await RenameAsync("schema_migrations_away", "schema_migrations");
        }

        (await service.Client(null).GetAsync("/readyz")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_service_that_is_being_stopped_is_not_ready()
    {
        await using var other = new OtherService();
        await ((IAsyncLifetime)other).InitializeAsync();
        try
        {
            Outcome<ShowReadiness.Response>? asked = null;
            other.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(
                () => asked = other.Send(new ShowReadiness.Query()).GetAwaiter().GetResult());

            other.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

            asked!.Value.Match(_ => "ready", fault => fault.Code).Should().Be("unavailable");
        }
        finally
        {
            await ((IAsyncLifetime)other).DisposeAsync();
        }
    }

    private Task<Outcome<Done>> RenameAsync(string table, string name) =>
        service.Db.TransactAsync<Done>(ServiceFixture.RootCaller, async session =>
        {
            await session.ExecuteAsync($"ALTER TABLE {table} RENAME TO {name}");
            return Done.It;
        });

    private sealed class OtherService : ServiceFixture;
}
