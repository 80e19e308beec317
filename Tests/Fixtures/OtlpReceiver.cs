using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace WorkspaceService;

/// <summary>
/// Receives OTLP on free ports, over HTTP and over gRPC: spans, metrics and logs, as a collector does.
/// </summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Signal, byte[] Body)> _received = new();

    private OtlpReceiver(WebApplication app) => _app = app;

    public string Address => _app.Urls.First();

    public string GrpcAddress => _app.Urls.Last();

    /// <summary>The headers of the last request.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; private set; } = new Dictionary<string, string>();

    /// <summary>All bytes that have come, one for one as characters.</summary>
    public string Bytes => string.Concat(_received.Select(request => Encoding.Latin1.GetString(request.Body)));

    public IReadOnlyList<OtlpSpan> Spans =>
    [
        .. from scoped in Of("traces")
           select new OtlpSpan(
               scoped.Resource,
               scoped.Scope,
               Hex(scoped.Item, 1),
               Hex(scoped.Item, 2),
               Hex(scoped.Item, 4),
               scoped.Item.Text(5),
               (int)scoped.Item.Number(6),
               scoped.Item.Number(7),
               scoped.Item.Number(8),
               Attributes(scoped.Item, 9),
               (int)(scoped.Item.Messages(15).FirstOrDefault()?.Number(3) ?? 0)),
    ];

    /// <summary>One for each data point.</summary>
    public IReadOnlyList<OtlpPoint> Points =>
    [
        .. from scoped in Of("metrics")
           let metric = scoped.Item
           from data in metric.Messages(5).Concat(metric.Messages(7)).Concat(metric.Messages(9))
           let isHistogram = metric.Messages(9).Any()
           from point in data.Messages(1)
           select new OtlpPoint(
               scoped.Resource,
               scoped.Scope,
               metric.Text(1),
               metric.Text(3),
               isHistogram ? Attributes(point, 9) : Attributes(point, 7),
               isHistogram ? (long)point.Number(4) : 1,
               isHistogram ? BitConverter.UInt64BitsToDouble(point.Number(5))
                   : point.Has(4) ? BitConverter.UInt64BitsToDouble(point.Number(4))
                   : (long)point.Number(6)),
    ];

    public IReadOnlyList<OtlpLog> Logs =>
    [
        .. from scoped in Of("logs")
           select new OtlpLog(
               scoped.Resource,
               scoped.Scope,
               scoped.Item.Text(3),
               scoped.Item.Messages(5).Single().Text(1),
               Attributes(scoped.Item, 6),
               Hex(scoped.Item, 9),
               Hex(scoped.Item, 10)),
    ];

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, http => http.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, grpc => grpc.Protocols = HttpProtocols.Http2);
        });
        var receiver = new OtlpReceiver(builder.Build());
        receiver._app.MapPost("/v1/{signal}", async (string signal, HttpRequest request) =>
        {
            await receiver.KeepAsync(signal, request, prefix: 0);
            return Results.Bytes([], "application/x-protobuf");
        });
        receiver._app.MapPost("/opentelemetry.proto.collector.{signal}.v1.{service}/Export", async (
            string signal, HttpContext http) =>
        {
            // Five bytes before each message: not compressed, and its length.
            await receiver.KeepAsync(signal == "trace" ? "traces" : signal, http.Request, prefix: 5);
            http.Response.ContentType = "application/grpc";
            http.Response.DeclareTrailer("grpc-status");
            await http.Response.Body.WriteAsync(new byte[5]);
            http.Response.AppendTrailer("grpc-status", "0");
        });
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>What has come, as soon as there is something.</summary>
    public static async Task<T> UntilAsync<T>(Func<T?> find) where T : class
    {
        for (var waited = TimeSpan.Zero; waited < Patience; waited += TimeSpan.FromMilliseconds(50))
        {
            if (find() is { } found)
            {
                return found;
            }

            await Task.Delay(50);
        }

        throw new TimeoutException("It has not been received.");
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task KeepAsync(string signal, HttpRequest request, int prefix)
    {
        var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        Headers = request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString());
        _received.Enqueue((signal, body.ToArray()[prefix..]));
    }

    // Each signal is nested alike: resources, scopes, items.
    private IEnumerable<(Dictionary<string, object?> Resource, string Scope, ProtobufMessage Item)> Of(string signal) =>
        from request in _received
        where request.Signal == signal
        from resource in new ProtobufMessage(request.Body).Messages(1)
        let attributes = Attributes(resource.Messages(1).Single(), 1)
        from scope in resource.Messages(2)
        let name = scope.Messages(1).FirstOrDefault()?.Text(1) ?? ""
        from item in scope.Messages(2)
        select (attributes, name, item);

    private static string Hex(ProtobufMessage message, int field) =>
        Convert.ToHexStringLower(message.Bytes(field).Span);

    private static Dictionary<string, object?> Attributes(ProtobufMessage message, int field) =>
        message.Messages(field).ToDictionary(pair => pair.Text(1), pair => Value(pair.Messages(2).Single()));

    private static object? Value(ProtobufMessage value) =>
        value.Has(1) ? value.Text(1)
        : value.Has(2) ? value.Number(2) != 0
        : value.Has(3) ? (long)value.Number(3)
        : value.Has(4) ? BitConverter.UInt64BitsToDouble(value.Number(4))
        : null;
}

/// <param name="Kind">2 is a server's, 3 a client's, 1 internal.</param>
/// <param name="Status">2 is an error.</param>
internal sealed record OtlpSpan(
    IReadOnlyDictionary<string, object?> Resource,
    string Scope,
    string Trace,
    string Id,
    string Parent,
    string Name,
    int Kind,
    ulong Start,
    ulong End,
    IReadOnlyDictionary<string, object?> Attributes,
    int Status);

/// <param name="Count">The number of measurements of a histogram; 1 otherwise.</param>
/// <param name="Value">Their sum, or the value.</param>
internal sealed record OtlpPoint(
    IReadOnlyDictionary<string, object?> Resource,
    string Scope,
    string Name,
    string Unit,
    IReadOnlyDictionary<string, object?> Attributes,
    long Count,
    double Value);

internal sealed record OtlpLog(
    IReadOnlyDictionary<string, object?> Resource,
    string Source,
    string Severity,
    string Body,
    IReadOnlyDictionary<string, object?> Attributes,
    string Trace,
    string Span);
