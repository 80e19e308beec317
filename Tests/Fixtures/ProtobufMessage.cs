using System.Buffers.Binary;
using System.Text;

namespace WorkspaceService;

/// <summary>The fields of a message in protobuf's wire format, by number.</summary>
internal sealed class ProtobufMessage
{
    private readonly List<(int Field, ulong Number, ReadOnlyMemory<byte> Bytes)> _fields = [];

    public ProtobufMessage(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var tag = ReadVarint(ref bytes);
            var number = 0UL;
            ReadOnlyMemory<byte> content = default;
            switch (tag & 7)
            {
                case 0:
                    number = ReadVarint(ref bytes);
                    break;
                case 1:
                    number = BinaryPrimitives.ReadUInt64LittleEndian(Take(ref bytes, 8).Span);
                    break;
                case 2:
                    content = Take(ref bytes, (int)ReadVarint(ref bytes));
                    break;
                case 5:
                    number = BinaryPrimitives.ReadUInt32LittleEndian(Take(ref bytes, 4).Span);
                    break;
                default:
                    throw new InvalidDataException($"There is no wire type {tag & 7}.");
            }

            _fields.Add(((int)(tag >> 3), number, content));
        }
    }

    public bool Has(int field) => _fields.Exists(f => f.Field == field);

    /// <summary>A number of any type, as its bits.</summary>
    public ulong Number(int field) => _fields.Find(f => f.Field == field).Number;

    public ReadOnlyMemory<byte> Bytes(int field) => _fields.Find(f => f.Field == field).Bytes;

    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field).Span);

    public IEnumerable<ProtobufMessage> Messages(int field) =>
        _fields.Where(f => f.Field == field).Select(f => new ProtobufMessage(f.Bytes));

    private static ulong ReadVarint(ref ReadOnlyMemory<byte> bytes)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = Take(ref bytes, 1).Span[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> bytes, int length)
    {
        var taken = bytes[..length];
        bytes = bytes[length..];
        return taken;
    }
}
