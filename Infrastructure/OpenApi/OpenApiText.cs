using System.Security.Cryptography;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace WorkspaceService.Infrastructure.OpenApi;

/// <summary>
/// The document as bytes, generated at the first request and cached: routes do not change at run time.
/// </summary>
internal sealed class OpenApiText(IServiceProvider services) : IDisposable
{
    private readonly SemaphoreSlim _once = new(1);
    private (byte[] Json, EntityTagHeaderValue Tag)? _made;

    public async ValueTask<(byte[] Json, EntityTagHeaderValue Tag)> ReadAsync(CancellationToken ct)
    {
        if (_made is { } made)
        {
            return made;
        }

        await _once.WaitAsync(ct);
        try
        {
            return _made ??= await MakeAsync(ct);
        }
        finally
        {
            _once.Release();
        }
    }

    public void Dispose() => _once.Dispose();

    private async Task<(byte[] Json, EntityTagHeaderValue Tag)> MakeAsync(CancellationToken ct)
    {
        var provider = services.GetRequiredKeyedService<IOpenApiDocumentProvider>(OpenApiDescription.Name);
        var document = await provider.GetOpenApiDocumentAsync(ct);
        using var json = new MemoryStream();
        await document.SerializeAsJsonAsync(json, OpenApiSpecVersion.OpenApi3_1, ct);
        var bytes = json.ToArray();
        return (bytes, new($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8))}\""));
    }
}
