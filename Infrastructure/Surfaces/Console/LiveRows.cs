using System.Net.ServerSentEvents;
using System.Text.Json;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Dispatch;
using WorkspaceService.Infrastructure.Json;

namespace WorkspaceService.Infrastructure.Surfaces.Console;

/// <summary>
/// Events as they happen, each as the row that a page has of it: an event <c>row</c> whose data is the row's HTML. Ends
/// with the session that it was asked for in, however much is still to come.
/// </summary>
internal sealed class LiveRows(StreamedEvents events) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => ServerSentEvents.WriteAsync(
        httpContext,
        OfSessionAsync(httpContext),
        async next => new SseItem<string>(await RowAsync(httpContext, next), "row"));

    // The key is looked at by the stream itself; the session may end before it.
    private async IAsyncEnumerable<StreamedEvent?> OfSessionAsync(HttpContext http)
    {
        var session = http.RequestServices.GetRequiredService<ConsoleSession>();
        await foreach (var next in events.Items.WithCancellation(http.RequestAborted))
        {
            if (session.KeyOf(http) is null)
            {
                yield break;
            }

            yield return next;
        }
    }

    // A renderer keeps all that it has rendered until it is disposed, so each row has its own.
    private static async Task<string> RowAsync(HttpContext http, StreamedEvent next)
    {
        var entry = AuditEntryObject.Of(JsonSerializer.Deserialize<EventObject>(next.Data, JsonConventions.Strict)!);
        RenderFragment row = builder =>
        {
            builder.OpenComponent<AuditRow>(0);
            builder.AddComponentParameter(1, nameof(AuditRow.Entry), entry);
            builder.CloseComponent();
        };
        var around = ParameterView.FromDictionary(new Dictionary<string, object?>
        {
            [nameof(CascadingValue<HttpContext>.Value)] = http,
            [nameof(CascadingValue<HttpContext>.IsFixed)] = true,
            [nameof(CascadingValue<HttpContext>.ChildContent)] = row,
        });
        await using var renderer = new HtmlRenderer(
            http.RequestServices, http.RequestServices.GetRequiredService<ILoggerFactory>());
        return await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<CascadingValue<HttpContext>>(around)).ToHtmlString());
    }
}
