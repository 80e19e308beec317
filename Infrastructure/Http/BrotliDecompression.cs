using System.IO.Compression;
using Microsoft.AspNetCore.RequestDecompression;

namespace WorkspaceService.Infrastructure.Http;

/// <summary>
/// Decompresses <c>Content-Encoding: br</c>. Broken data throws <see cref="InvalidDataException"/> as it does with the
/// other codings; <see cref="BrotliStream"/> throws <see cref="InvalidOperationException"/>, which looks like a bug.
/// </summary>
internal sealed class BrotliDecompression : IDecompressionProvider
{
    public Stream GetDecompressionStream(Stream stream) => new Decoder(stream);

    private sealed class Decoder(Stream compressed) : Stream
    {
        private readonly BrotliStream _inner = new(compressed, CompressionMode.Decompress, leaveOpen: true);

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                return await _inner.ReadAsync(buffer, cancellationToken);
            }
            catch (InvalidOperationException broken)
            {
                throw new InvalidDataException("The body is no Brotli data.", broken);
            }
        }

        public override Task<int> ReadAsync(
            byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        // Request bodies are read asynchronously only.
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
            // Nothing is written.
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
