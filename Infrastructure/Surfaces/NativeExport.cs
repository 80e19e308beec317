using System.Reflection;
using System.Text.Json;
using CsvHelper;
using Microsoft.AspNetCore.Http.Metadata;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Surfaces;

/// <summary>
/// 200 with an attachment of any length: a JSON object a line, or CSV with a header. A row is forgotten when it is
/// sent. An error after the first bytes breaks the connection off, so that no part of an export looks like the whole.
/// </summary>
public sealed class NativeExport<T>(Outcome<Export<T>> outcome, string format) : IResult, IEndpointMetadataProvider
    where T : ICsvRow
{
    private const int FlushAt = 32 * 1024;

    // No spreadsheet takes a cell for a formula.
    private static readonly CsvWriterOptions Inert = CsvWriterOptions.Default with { Injection = CsvInjection.Escape };

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        builder.Metadata.Add(new ProducesResponseTypeMetadata(
            StatusCodes.Status200OK, typeof(T), [ExportFormats.LinesType, ExportFormats.CsvType]));
        builder.Metadata.Add(new AnswerHeaders(["Content-Disposition"]));
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        if (!outcome.Succeeded(out var export, out var fault))
        {
            await Native.Surface.WriteErrorAsync(httpContext, fault);
            return;
        }

        var response = httpContext.Response;
        response.ContentType = ExportFormats.MediaTypeOf(format);
        response.Headers.ContentDisposition = $"attachment; filename=\"{export.Name}.{format}\"";
        await (format == ExportFormats.Csv
            ? WriteCsvAsync(response, export.Rows, httpContext.RequestAborted)
            : WriteLinesAsync(response, export.Rows, httpContext.RequestAborted));
    }

    private static async Task WriteLinesAsync(HttpResponse response, IAsyncEnumerable<T> rows, CancellationToken ct)
    {
        using var buffer = new MemoryStream(2 * FlushAt);
        await using var json = new Utf8JsonWriter(
            buffer, new() { Encoder = JsonConventions.Strict.Encoder, SkipValidation = true });
        await foreach (var row in rows.WithCancellation(ct))
        {
            json.Reset();
            JsonSerializer.Serialize(json, row, JsonConventions.Strict);
            buffer.WriteByte((byte)'\n');
            if (buffer.Length >= FlushAt)
            {
                await FlushAsync();
            }
        }

        await FlushAsync();

        async Task FlushAsync()
        {
            await response.Body.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), ct);
            buffer.SetLength(0);
        }
    }

    private static async Task WriteCsvAsync(HttpResponse response, IAsyncEnumerable<T> rows, CancellationToken ct)
    {
        await using var csv = CsvWriter.Create(response.Body, Inert, leaveOpen: true);
        await foreach (var row in rows.WithCancellation(ct))
        {
            await WriteHeaderAsync();
            await csv.WriteRecordAsync(row.Cells, ct);
        }

        await WriteHeaderAsync();
        await csv.FlushAsync(ct);

        // Not before the first row is read: an outage until then is answered as one.
        Task WriteHeaderAsync() =>
            csv.RecordCount == 0 ? csv.WriteRecordAsync(T.Header, ct).AsTask() : Task.CompletedTask;
    }
}

/// <summary>The formats of exports.</summary>
public static class ExportFormats
{
    public const string Lines = "jsonl";
    public const string Csv = "csv";

    internal const string LinesType = "application/x-ndjson";
    internal const string CsvType = "text/csv";

    public static string MediaTypeOf(string format) =>
        format == Csv ? $"{CsvType}; charset=utf-8" : LinesType;
}
