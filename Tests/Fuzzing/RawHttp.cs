using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace WorkspaceService.Fuzzing;

/// <summary>
/// HTTP/1.1 on a bare socket, which is kept as long as the service keeps it: a client library would refuse to send most
/// of what is asked here.
/// </summary>
internal sealed class RawHttp(Uri address) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly byte[] _buffer = new byte[64 * 1024];
    private NetworkStream? _stream;
    private int _from;
    private int _to;

    /// <summary>
    /// Sends bytes and reads one answer; null where the service closes the connection without one.
    /// </summary>
    /// <param name="request">Head and body, as they are to stand on the wire.</param>
    /// <param name="isHead">The answer has no body, whatever its head says.</param>
    /// <param name="isLast">Nothing follows on this connection: the request may lack its end.</param>
    public async Task<Answer?> SendAsync(byte[] request, bool isHead = false, bool isLast = false)
    {
        using var patience = new CancellationTokenSource(Patience);
        if (isLast)
        {
            Dispose(); // a broken request has a connection of its own
        }

        try
        {
            // The service may have closed a connection that was kept.
            var wasKept = _stream is not null;
            return await TrySendAsync(request, isHead, isLast, patience.Token)
                ?? (wasKept ? await TrySendAsync(request, isHead, isLast, patience.Token) : null);
        }
        catch (IOException)
        {
            Dispose();
            return null;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"No answer within {Patience}.");
        }
    }

    public void Dispose()
    {
        _stream?.Dispose();
        _stream = null;
    }

    private async Task<Answer?> TrySendAsync(byte[] request, bool isHead, bool isLast, CancellationToken ct)
    {
        if (_stream is null)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(address.Host, address.Port, ct);
            _stream = new NetworkStream(socket, ownsSocket: true);
            (_from, _to) = (0, 0);
        }

        try
        {
            await _stream.WriteAsync(request, ct);
            if (isLast)
            {
                _stream.Socket.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception closed) when (closed is IOException or SocketException)
        {
            // The service may have answered before the end of the request, and wait for no more.
        }

        var answer = await ReadAsync(isHead, ct);
        if (isLast || answer is null || answer.IsStream || answer.Closes)
        {
            Dispose();
        }

        return answer;
    }

    private async Task<Answer?> ReadAsync(bool isHead, CancellationToken ct)
    {
        if (await LineAsync(ct) is not { } line)
        {
            return null;
        }

        var headers = new List<(string Name, string Value)>();
        while (await LineAsync(ct) is { Length: > 0 } header)
        {
            var colon = header.IndexOf(':', StringComparison.Ordinal);
            headers.Add((header[..colon], header[(colon + 1)..].Trim()));
        }

        var status = int.Parse(line.AsSpan(9, 3), CultureInfo.InvariantCulture);
        if (status == 100)
        {
            return await ReadAsync(isHead, ct); // the answer to Expect, before that to the request
        }

        var head = new Answer(status, headers, []);
        return status is 204 or 304 || isHead || head.IsStream ? head : head with { Body = await BodyAsync(head, ct) };
    }

    private async Task<byte[]> BodyAsync(Answer head, CancellationToken ct)
    {
        using var body = new MemoryStream();
        if (head.Header("Content-Length") is { } length)
        {
            await CopyAsync(body, int.Parse(length, CultureInfo.InvariantCulture), ct);
            return body.ToArray();
        }

        if (head.Header("Transfer-Encoding") is null)
        {
            // As in HTTP/1.0: the end of the connection is the end of the body.
            do
            {
                body.Write(_buffer, _from, _to - _from);
            }
            while (await FillAsync(ct));
            return body.ToArray();
        }

        while (int.Parse(await ChunkAsync(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) is > 0 and var n)
        {
            await CopyAsync(body, n, ct);
            await LineAsync(ct);
        }

        await LineAsync(ct);
        return body.ToArray();

        async Task<string> ChunkAsync() => await LineAsync(ct) ?? throw new IOException("It breaks off.");
    }

    private async Task CopyAsync(MemoryStream body, int count, CancellationToken ct)
    {
        while (count > 0)
        {
            if (_from == _to && !await FillAsync(ct))
            {
                throw new InvalidDataException("The answer ends within its body.");
            }

            var taken = Math.Min(count, _to - _from);
            body.Write(_buffer, _from, taken);
            (_from, count) = (_from + taken, count - taken);
        }
    }

    private async Task<string?> LineAsync(CancellationToken ct)
    {
        var line = new StringBuilder();
        while (_from < _to || await FillAsync(ct))
        {
            var next = (char)_buffer[_from++];
            if (next == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            line.Append(next);
        }

        return line.Length == 0 ? null : throw new InvalidDataException("The answer ends within its head.");
    }

    private async Task<bool> FillAsync(CancellationToken ct)
    {
        (_from, _to) = (0, await _stream!.ReadAsync(_buffer, ct));
        return _to > 0;
    }
}

/// <summary>An answer as it stood on the wire; that of a stream has no body here.</summary>
internal sealed record Answer(int Status, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body)
{
    /// <summary>The HTTP server has refused what it cannot read as a request, before the service saw it.</summary>
    public bool IsOfServer => Status is 400 or 408 or 414 or 431 or 505 && Body.Length == 0
        && Header("X-Request-Id") is null;

    public bool IsSuccess => Status is >= 200 and < 400;

    public string MediaType => Header("Content-Type")?.Split(';')[0] ?? "";

    public bool IsStream => MediaType == "text/event-stream";

    public bool Closes => string.Equals(Header("Connection"), "close", StringComparison.OrdinalIgnoreCase);

    public string Text => Encoding.UTF8.GetString(Body);

    public string? Header(string name) =>
        Headers.FirstOrDefault(header => string.Equals(header.Name, name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>The JSON values of the body: one, or one a line; text that is no JSON is one string.</summary>
    public IEnumerable<JsonNode?> Values() => MediaType switch
    {
        "application/x-ndjson" =>
            Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)),
        _ when IsStream => [],
        "text/csv" => [JsonValue.Create(Text)],
        _ => [JsonNode.Parse(Body)],
    };
}
