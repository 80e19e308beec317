using System.Net;
using System.Text.Json;

namespace WorkspaceService;

/// <summary>503 with Retry-After, as each surface words it.</summary>
internal static class Unavailable
{
    /// <summary>Writes of each surface that any user may ask for; the first finds nothing to write.</summary>
    public static readonly IReadOnlyList<(HttpMethod Method, string Path, object Body)> Writes =
    [
        (HttpMethod.Post, "/v1/invitations/unknown/accept", new { }),
        (HttpMethod.Post, "/v1/workspace", new { name = "x" }),
        (HttpMethod.Put, "/api/v4/workspaces", new { workspace = new { name = "x" } }),
    ];

    /// <summary>Reads of each surface.</summary>
    public static readonly IReadOnlyList<string> Reads = ["/v1/workspaces", "/v1/workspace/org", "/api/v4/workspaces"];

    public static async Task ShouldBeUnavailableAsync(this HttpResponseMessage response)
    {
        response.StatusCode.Should().Be(
            HttpStatusCode.ServiceUnavailable, await response.Content.ReadAsStringAsync());
        response.Headers.RetryAfter.Should().NotBeNull();
        var path = response.RequestMessage!.RequestUri!.AbsolutePath;
        if (path.StartsWith("/api/v4/", StringComparison.Ordinal))
        {
            var error = await response.Json();
            error.ValueKind.Should().Be(JsonValueKind.Object);
            error.GetProperty("message").GetString().Should().NotBeNullOrEmpty();
        }
        else if (path == "/v1/workspace" || path.StartsWith("/v1/workspace/", StringComparison.Ordinal))
        {
            await response.ShouldBeTapeError(HttpStatusCode.ServiceUnavailable, "service_unavailable");
        }
        else
        {
            await response.ShouldBeProblem(HttpStatusCode.ServiceUnavailable, "unavailable");
        }
    }
}
