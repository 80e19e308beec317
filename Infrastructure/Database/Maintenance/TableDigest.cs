using System.Buffers.Binary;
using System.Security.Cryptography;

namespace WorkspaceService.Infrastructure.Database.Maintenance;

/// <summary>
/// The number of a table's rows and the sum of their SHA-256 hashes: the same for the same rows in any order, so that
/// neither database has to sort them.
/// </summary>
internal sealed class TableDigest : IDisposable
{
    private readonly IncrementalHash _row = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly ulong[] _sum = new ulong[4];

    public long Rows { get; private set; }

    public void AddNull() => _row.AppendData([0]);

    public void Add(long number)
    {
        Span<byte> bytes = stackalloc byte[9];
        bytes[0] = 1;
        BinaryPrimitives.WriteInt64LittleEndian(bytes[1..], number);
        _row.AppendData(bytes);
    }

    public void Add(ReadOnlySpan<byte> text)
    {
        Span<byte> length = stackalloc byte[5];
        length[0] = 2;
        BinaryPrimitives.WriteInt32LittleEndian(length[1..], text.Length);
        _row.AppendData(length);
        _row.AppendData(text);
    }

    public void EndRow()
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        _row.GetHashAndReset(hash);
        for (var i = 0; i < _sum.Length; i++)
        {
            _sum[i] += BinaryPrimitives.ReadUInt64LittleEndian(hash[(8 * i)..]);
        }

        Rows++;
    }

    public bool IsEqualTo(TableDigest other) => Rows == other.Rows && _sum.AsSpan().SequenceEqual(other._sum);

    public void Dispose() => _row.Dispose();
}
