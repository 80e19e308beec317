using System.Diagnostics;
using System.Globalization;
using System.Net.ServerSentEvents;
using WorkspaceService.Infrastructure.Dispatch;

namespace WorkspaceService.Infrastructure.Surfaces;

/// <summary>
/// Writes live events (WHATWG HTML, server-sent events): each with its sequence as <c>id</c>. A comment at the
/// beginning, and when nothing was sent for a while.
/// </summary>
internal static class ServerSentEvents
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(15);

    private static readonly byte[] Comment = [.. ":\n\n"u8];

    public static Task WriteAsync(
        HttpContext http,
        IAsyncEnumerable<StreamedEvent?> events,
        Func<StreamedEvent, ValueTask<SseItem<string>>> show) =>
        TypedResults.ServerSentEvents(ItemsAsync(http, events, show)).ExecuteAsync(http);

    // The framework writes events only: it is waiting for the next one while a comment is written.
    private static async IAsyncEnumerable<SseItem<string>> ItemsAsync(
        HttpContext http,
        IAsyncEnumerable<StreamedEvent?> events,
        Func<StreamedEvent, ValueTask<SseItem<string>>> show)
    {
        long? written = null;
        await foreach (var next in events.WithCancellation(http.RequestAborted))
        {
            if (next is not null)
            {
                written = Stopwatch.GetTimestamp();
                var shown = await show(next);
                yield return new SseItem<string>(shown.Data, shown.EventType)
                {
                    EventId = next.Sequence.ToString(CultureInfo.InvariantCulture),
                };
            }
            else if (written is null || Stopwatch.GetElapsedTime(written.Value) > LongestSilence)
            {
                await http.Response.Body.WriteAsync(Comment, http.RequestAborted);
                await http.Response.Body.FlushAsync(http.RequestAborted);
                written = Stopwatch.GetTimestamp();
            }
        }
    }
}
