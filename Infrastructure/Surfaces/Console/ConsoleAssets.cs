using System.IO.Compression;
using System.Security.Cryptography;
using Carter;
using WorkspaceService.Infrastructure.Http;

namespace WorkspaceService.Infrastructure.Surfaces.Console;

/// <summary>
/// The console's own style sheet, script and icon. The address of each has a hash of its content, so that a browser may
/// keep it for good.
/// </summary>
public sealed class ConsoleAssets : ICarterModule
{
    private static readonly Dictionary<string, Asset> ByAddress = new[]
    {
        Asset.Read("console.css", "text/css; charset=utf-8"),
        Asset.Read("console.js", "text/javascript; charset=utf-8"),
        Asset.Read("icon.svg", "image/svg+xml"),
    }.ToDictionary(asset => asset.Address);

    public static string Style { get; } = AddressOf("console.css");

    public static string Script { get; } = AddressOf("console.js");

    public static string Icon { get; } = AddressOf("icon.svg");

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet(ConsoleSurface.Prefix + "/assets/{name}", Get).AllowAnonymous();

    private static IResult Get(string name, HttpContext http)
    {
        if (!ByAddress.TryGetValue(http.Request.Path, out var asset))
        {
            return Results.NotFound();
        }

        var headers = http.Response.Headers;
        headers.CacheControl = CacheHeaders.Forever;
        headers.Vary = "Accept-Encoding";
        if (!http.Request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.Ordinal))
        {
            return Results.Bytes(asset.Content, asset.MediaType);
        }

        headers.ContentEncoding = "br";
        return Results.Bytes(asset.Compressed, asset.MediaType);
    }

    private static string AddressOf(string name) => ByAddress.Values.Single(asset => asset.Name == name).Address;

    private sealed record Asset(string Name, string MediaType, byte[] Content, byte[] Compressed, string Address)
    {
        public static Asset Read(string name, string mediaType)
        {
            var resource = $"{typeof(ConsoleAssets).Namespace}.Files.{name}";
            using var stream = typeof(ConsoleAssets).Assembly.GetManifestResourceStream(resource)!;
            using var content = new MemoryStream();
            stream.CopyTo(content);
            var bytes = content.ToArray();
            var hash = Convert.ToHexStringLower(SHA256.HashData(bytes))[..12];
            var address = $"{ConsoleSurface.Prefix}/assets/{Path.GetFileNameWithoutExtension(name)}.{hash}"
                + Path.GetExtension(name);
            return new(name, mediaType, bytes, Compress(bytes), address);
        }

        private static byte[] Compress(byte[] content)
        {
            using var compressed = new MemoryStream();
            using (var brotli = new BrotliStream(compressed, CompressionLevel.SmallestSize))
            {
                brotli.Write(content);
            }

            return compressed.ToArray();
        }
    }
}
