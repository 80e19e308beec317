using System.Net;

namespace WorkspaceService.Features.Operation;

[Collection("Operation")]
public sealed class ShowLivenessTests(ServiceFixture service)
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
