namespace WorkspaceService.Histories;

/// <summary>The histories have every write.</summary>
public sealed class CommandsTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    // What no rule of R1–R19 is about; each has tests of its own.
    private static readonly Dictionary<string, string> LeftOut = new()
    {
        ["POST /v1/access/check"] = "reads what GET /v1/workspaces/{workspace}/access does",
        ["POST /v1/webhooks"] = "a receiver changes nothing that a rule counts",
        ["PATCH /v1/webhooks/{webhook}"] = "the same",
        ["DELETE /v1/webhooks/{webhook}"] = "the same",
        ["POST /v1/webhooks/{webhook}/rotate-secret"] = "the same",
        ["POST /v1/webhooks/{webhook}/test"] = "the same",
        ["POST /v1/webhooks/{webhook}/replay"] = "the same",
        ["POST /v1/webhooks/{webhook}/deliveries/{delivery}/retry"] = "the same",
    };

    [Fact]
    public void Every_write_is_in_the_histories_or_left_out_for_a_reason()
    {
        var writes = RouteWalk.Routes(service)
            .Where(route => route.Method is not ("GET" or "HEAD"))
            .Select(route => $"{route.Method} {route.Endpoint.RoutePattern.RawText}").ToHashSet();

        writes.Should().HaveCountGreaterThan(50);
        Commands.All.Select(command => command.Route)
            .Where(route => !route.StartsWith("GET ", StringComparison.Ordinal))
            .Concat(LeftOut.Keys).Distinct().Should().BeEquivalentTo(writes);
    }
}
