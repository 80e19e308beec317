using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace WorkspaceService.Infrastructure.Json;

/// <summary>
/// Writes JSON by RFC 8785: no white space, members sorted by UTF-16 code units, strings escaped as little as possible.
/// One exception: numbers keep the digits that they are given with. Reuse it: it keeps its buffer. Not thread-safe.
/// </summary>
internal sealed class CanonicalJson
{
    private static readonly SearchValues<char> Escaped = SearchValues.Create(
        string.Concat(Enumerable.Range(0, 0x20).Select(c => (char)c)) + "\"\\");

    private static readonly SearchValues<char> EndOfString = SearchValues.Create("\"\\");

    private static readonly SearchValues<char> EndOfLiteral = SearchValues.Create(" \t\r\n,]}");

    private readonly List<Member> _members = [];
    private byte[] _bytes = new byte[2048];
    private int _length;
    private string _json = "";
    private int _at;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public void Clear() => _length = 0;

    /// <summary>Writes punctuation, or other text that stands as it is.</summary>
    public CanonicalJson Raw(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Free(text.Length));
        _length += text.Length;
        return this;
    }

    public CanonicalJson Number(long number)
    {
        number.TryFormat(Free(20), out var written, default, CultureInfo.InvariantCulture);
        _length += written;
        return this;
    }

    /// <summary>A string, or <c>null</c>.</summary>
    public CanonicalJson String(string? text)
    {
        if (text is null)
        {
            return Raw("null"u8);
        }

        if (text.AsSpan().ContainsAny(Escaped))
        {
            WriteEscaped(text);
        }
        else
        {
            WritePlain(text);
        }

        return this;
    }

    /// <summary>
    /// A value that is given as JSON. Of members with the same name the last one counts, as in most parsers.
    /// </summary>
    /// <exception cref="FormatException">It is no JSON.</exception>
    public CanonicalJson Value(string json)
    {
        (_json, _at) = (json, 0);
        WriteValue();
        return Peek() == '\0' ? this : throw NoJson();
    }

    private void WriteValue()
    {
        switch (Peek())
        {
            case '{':
                WriteObject();
                break;
            case '[':
                WriteArray();
                break;
            case '"':
                WriteString();
                break;
            default:
                WriteLiteral();
                break;
        }
    }

    private void WriteObject()
    {
        var (first, start) = (_members.Count, _length);
        _at++;
        Raw("{"u8);
        while (Peek() != '}')
        {
            Separate(_members.Count > first);
            var (from, name) = (_length, _at);
            var decoded = WriteString();
            var length = _at - name - 2;
            Expect(':');
            Raw(":"u8);
            WriteValue();
            _members.Add(new(decoded, name + 1, length, from, _length - from));
        }

        _at++;
        Sort(start, first);
        Raw("}"u8);
        _members.RemoveRange(first, _members.Count - first);
    }

    private void WriteArray()
    {
        _at++;
        Raw("["u8);
        for (var count = 0; Peek() != ']'; count++)
        {
            Separate(count > 0);
            WriteValue();
        }

        _at++;
        Raw("]"u8);
    }

    private void Separate(bool isFurther)
    {
        if (isFurther)
        {
            Expect(',');
            Raw(","u8);
        }

        if (Peek() is ']' or '}')
        {
            throw NoJson();
        }
    }

    /// <summary>The text where it had an escape; else null.</summary>
    private string? WriteString()
    {
        if (Peek() != '"')
        {
            throw NoJson();
        }

        var text = _json.AsSpan(++_at);
        var end = text.IndexOfAny(EndOfString);
        if (end >= 0 && text[end] == '"')
        {
            _at += end + 1;
            WritePlain(text[..end]);
            return null;
        }

        var decoded = Decode();
        WriteEscaped(decoded);
        return decoded;
    }

    private string Decode()
    {
        var text = new StringBuilder();
        while (_at < _json.Length)
        {
            var c = _json[_at++];
            if (c == '"')
            {
                return text.ToString();
            }

            if (c != '\\')
            {
                text.Append(c);
                continue;
            }

            if (_at >= _json.Length)
            {
                break;
            }

            c = _json[_at++];
            if (c == 'u')
            {
                if (_at + 4 > _json.Length || !ushort.TryParse(
                    _json.AsSpan(_at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
                {
                    break;
                }

                text.Append((char)unit);
                _at += 4;
                continue;
            }

            text.Append(c switch { 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', _ => c });
        }

        throw NoJson();
    }

    private void WriteLiteral()
    {
        var rest = _json.AsSpan(_at);
        var end = rest.IndexOfAny(EndOfLiteral);
        var length = end < 0 ? rest.Length : end;
        if (length == 0)
        {
            throw NoJson();
        }

        WriteUtf8(rest[..length]);
        _at += length;
    }

    private void WritePlain(ReadOnlySpan<char> text)
    {
        Raw("\""u8);
        WriteUtf8(text);
        Raw("\""u8);
    }

    private void WriteEscaped(ReadOnlySpan<char> text)
    {
        Raw("\""u8);
        while (!text.IsEmpty)
        {
            var isWhole = Rune.DecodeFromUtf16(text, out var rune, out var used) == OperationStatus.Done;
            switch (rune.Value)
            {
                case '"':
                    Raw("\\\""u8);
                    break;
                case '\\':
                    Raw(@"\\"u8);
                    break;
                case '\b':
                    Raw(@"\b"u8);
                    break;
                case '\f':
                    Raw(@"\f"u8);
                    break;
                case '\n':
                    Raw(@"\n"u8);
                    break;
                case '\r':
                    Raw(@"\r"u8);
                    break;
                case '\t':
                    Raw(@"\t"u8);
                    break;
                default:
                    if (!isWhole || rune.Value < 0x20)
                    {
                        // Half of a surrogate pair has no UTF-8; JSON.stringify escapes it too.
                        WriteUtf8(string.Create(CultureInfo.InvariantCulture, $@"\u{(int)text[0]:x4}"));
                    }
                    else
                    {
                        WriteUtf8(text[..used]);
                    }

                    break;
            }

            text = text[used..];
        }

        Raw("\""u8);
    }

    private void WriteUtf8(ReadOnlySpan<char> text) =>
        _length += Encoding.UTF8.GetBytes(text, Free(3 * text.Length));

    /// <summary>Sorts the members of the object that begins at <paramref name="start"/>.</summary>
    private void Sort(int start, int first)
    {
        var members = CollectionsMarshal.AsSpan(_members)[first..];
        var isSorted = true;
        for (var i = 1; i < members.Length && isSorted; i++)
        {
            isSorted = Compare(members[i - 1], members[i]) < 0;
        }

        if (isSorted)
        {
            return;
        }

        var unsorted = _bytes.AsSpan(start, _length - start).ToArray();
        members.Sort((a, b) => Compare(a, b) is var order and not 0 ? order : a.From - b.From);
        _length = start;
        Raw("{"u8);
        for (var i = 0; i < members.Length; i++)
        {
            if (i + 1 == members.Length || Compare(members[i], members[i + 1]) != 0)
            {
                Raw(_length > start + 1 ? ","u8 : default);
                Raw(unsorted.AsSpan(members[i].From - start, members[i].Length));
            }
        }
    }

    private int Compare(in Member a, in Member b) => NameOf(a).SequenceCompareTo(NameOf(b));

    private ReadOnlySpan<char> NameOf(in Member member) =>
        member.Decoded ?? _json.AsSpan(member.Name, member.NameLength);

    /// <summary>The next character that is no white space; NUL at the end.</summary>
    private char Peek()
    {
        while (_at < _json.Length && _json[_at] is ' ' or '\t' or '\r' or '\n')
        {
            _at++;
        }

        return _at < _json.Length ? _json[_at] : '\0';
    }

    private void Expect(char c)
    {
        if (Peek() != c)
        {
            throw NoJson();
        }

        _at++;
    }

    private Span<byte> Free(int count)
    {
        if (_bytes.Length - _length < count)
        {
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _length + count));
        }

        return _bytes.AsSpan(_length);
    }

    private static FormatException NoJson() => new("This is no JSON.");

    /// <param name="Decoded">The name where it had an escape.</param>
    private readonly record struct Member(string? Decoded, int Name, int NameLength, int From, int Length);
}
