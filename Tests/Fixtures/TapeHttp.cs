using System.Globalization;
using System.Net;
using System.Text.Json;

namespace WorkspaceService;

/// <summary>What tests of the Tape surface say again and again.</summary>
internal static class TapeHttp
{
    /// <summary>The integer behind a code.</summary>
    public static long Number(this string code) =>
        long.Parse(code[(code.LastIndexOf('-') + 1)..], CultureInfo.InvariantCulture);

    /// <summary>Asserts a Tape refusal: status, code, and the four members of its one shape, in their order.</summary>
    public static async Task<JsonElement> ShouldBeTapeError(
        this HttpResponseMessage response, HttpStatusCode status, string code)
    {
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.Should().Be(status, text);
        response.Content.Headers.ContentType!.ToString().Should().Be("application/json");
        var error = await response.Json();
        error.EnumerateObject().Select(m => m.Name)
            .Should().Equal("status_code", "endpoint", "error_code", "error_message");
        error.GetProperty("status_code").GetInt32().Should().Be((int)status);
        error.GetProperty("error_code").GetString().Should().Be(code);
        error.GetProperty("error_message").GetString().Should().NotBeNullOrEmpty();
        error.GetProperty("endpoint").GetString()
            .Should().Be(Uri.UnescapeDataString(response.RequestMessage!.RequestUri!.AbsolutePath));
        return error;
    }

    /// <summary>The bare answer of a request that must succeed.</summary>
    public static async Task<JsonElement> Bare(this HttpResponseMessage response)
    {
        response.StatusCode.Should().Be(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        var answer = await response.Json();
        answer.TryGetProperty("data", out _).Should().BeFalse("an envelope belongs to the native surface");
        return answer;
    }
}
