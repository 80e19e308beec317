using System.Net;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Caching;
using WorkspaceService.Infrastructure.Database.Sqlite;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Hosting;
using WorkspaceService.Infrastructure.Hosting.Logging;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.OpenApi;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Operation;

public sealed class ShowLivenessTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task Anyone_may_ask_and_no_key_is_needed()
    {
        var response = await service.Client(null).GetAsync("/livez");

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync()).Should().Be("""{"status":"live"}""");
    }

    [Fact]
    public async Task The_head_of_the_answer_can_be_had_alone()
    {
        var response = await service.Client(null).SendAsync(new HttpRequestMessage(HttpMethod.Head, "/livez"));

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        (await response.Content.ReadAsByteArrayAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task It_asks_the_database_nothing()
    {
        var (answer, statements) = await service.Counted(new ShowLiveness.Query());

        answer.Status.Should().Be("live");
        statements.Should().Be(0);
    }
}
