using System.Net;
using System.Text;
using System.Text.Json;

namespace WorkspaceService;

/// <summary>Requests and answers as JSON text, the way the wire has them.</summary>
public static class Http
{
    public static Task<HttpResponseMessage> PostJson(
        this HttpClient client, string url, object body, params (string Name, string Value)[] headers) =>
        client.SendJson(HttpMethod.Post, url, body, headers);

    public static Task<HttpResponseMessage> PatchJson(
        this HttpClient client, string url, object body, params (string Name, string Value)[] headers) =>
        client.SendJson(HttpMethod.Patch, url, body, headers);

    public static Task<HttpResponseMessage> PutJson(
        this HttpClient client, string url, object body, params (string Name, string Value)[] headers) =>
        client.SendJson(HttpMethod.Put, url, body, headers);

    /// <summary>Sends <paramref name="body"/>: a string as it is, anything else as JSON.</summary>
    public static Task<HttpResponseMessage> SendJson(
        this HttpClient client,
        HttpMethod method,
        string url,
        object? body,
        params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, url);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (body is not null)
        {
            request.Content = new StringContent(
                body as string ?? JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        }

        return client.SendAsync(request);
    }

    public static async Task<JsonElement> Json(this HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        try
        {
            return JsonDocument.Parse(text).RootElement;
        }
        catch (JsonException)
        {
            throw new InvalidOperationException($"{(int)response.StatusCode}, not JSON: '{text}'");
        }
    }

    /// <summary>The <c>data</c> of an answer that must have this status.</summary>
    public static async Task<JsonElement> Data(
        this HttpResponseMessage response, HttpStatusCode status = HttpStatusCode.OK)
    {
        response.StatusCode.Should().Be(status, await response.Content.ReadAsStringAsync());
        return (await response.Json()).GetProperty("data");
    }

    /// <summary>Asserts a native problem: status, media type, code, and the members that every problem has.</summary>
    public static async Task<JsonElement> ShouldBeProblem(
        this HttpResponseMessage response, HttpStatusCode status, string code)
    {
        response.StatusCode.Should().Be(status, await response.Content.ReadAsStringAsync());
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        var problem = await response.Json();
        problem.GetProperty("code").GetString().Should().Be(code);
        problem.GetProperty("status").GetInt32().Should().Be((int)status);
        problem.GetProperty("request_id").GetString().Should().Be(response.Headers.GetValues("X-Request-Id").Single());
        problem.GetProperty("type").GetString().Should().NotBeNullOrEmpty();
        problem.GetProperty("title").GetString().Should().NotBeNullOrEmpty();
        problem.GetProperty("detail").GetString().Should().NotBeNullOrEmpty();
        return problem;
    }
}
