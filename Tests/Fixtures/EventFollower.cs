using System.Net;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace WorkspaceService;

/// <summary>A reader of <c>GET /v1/events/stream</c>, which reads ahead.</summary>
public sealed class EventFollower : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HttpResponseMessage _response;
    private readonly Channel<SseItem<string>> _items = Channel.CreateUnbounded<SseItem<string>>();
    private readonly Task _reading;

    private EventFollower(HttpResponseMessage response, Stream body)
    {
        _response = response;
        _reading = ReadAsync(body);
    }

    /// <summary>Waits for the beginning of the answer, from which on every event comes.</summary>
    public static async Task<EventFollower> OpenAsync(HttpClient client, string query = "", string? lastEventId = null)
    {
        var response = await AskAsync(client, query, lastEventId);
        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.ToString().Should().Be("text/event-stream");
        var body = await response.Content.ReadAsStreamAsync();
        var comment = new byte[3];
        await body.ReadExactlyAsync(comment).AsTask().WaitAsync(Patience);
        Encoding.ASCII.GetString(comment).Should().Be(":\n\n");
        return new EventFollower(response, body);
    }

    public static Task<HttpResponseMessage> AskAsync(HttpClient client, string query = "", string? lastEventId = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/events/stream{query}");
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        return client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(Patience);
    }

    public async Task<SseItem<string>> NextAsync() => await _items.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    /// <summary>What has come and was not asked for yet.</summary>
    public IEnumerable<SseItem<string>> Waiting
    {
        get
        {
            while (_items.Reader.TryRead(out var item))
            {
                yield return item;
            }
        }
    }

    /// <summary>The data of the next events.</summary>
    public async Task<List<JsonElement>> TakeAsync(int count)
    {
        var taken = new List<JsonElement>();
        while (taken.Count < count)
        {
            taken.Add(JsonDocument.Parse((await NextAsync()).Data).RootElement);
        }

        return taken;
    }

    /// <summary>Waits until the service ends the stream; hands back what had not been taken.</summary>
    public async Task<List<SseItem<string>>> EndAsync()
    {
        await _reading.WaitAsync(Patience);
        return await _items.Reader.ReadAllAsync().ToListAsync();
    }

    public void Dispose() => _response.Dispose();

    private async Task ReadAsync(Stream body)
    {
        try
        {
            await foreach (var item in SseParser.Create(body).EnumerateAsync())
            {
                _items.Writer.TryWrite(item);
            }
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Disposed.
        }
        finally
        {
            _items.Writer.Complete();
        }
    }
}
