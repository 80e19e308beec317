using System.Text;

namespace WorkspaceService.Infrastructure.Json;

/// <summary>RFC 8785, with numbers as they are given.</summary>
public sealed class CanonicalJsonTests
{
    [Theory]
    [InlineData(" { \"b\" : [ 1 , 2.50, 1E3 ] ,\r\n\t\"a\" : null } ", """{"a":null,"b":[1,2.50,1E3]}""")]
    [InlineData("""{"c":{"z":true,"y":{}},"b":[],"a":[{"b":1,"a":-0.0}]}""",
        """{"a":[{"a":-0.0,"b":1}],"b":[],"c":{"y":{},"z":true}}""")]
    [InlineData("""{"a":1,"b":2,"a":3}""", """{"a":3,"b":2}""")]
    [InlineData("""{"a":1,"\u0061":2}""", """{"a":2}""")]
    [InlineData("""["\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/"]""", """["€$\u000f\nA'B\"\\\\\"/"]""")]
    [InlineData(""" "\b\f\n\r\t\u007f\u2028" """, "\"\\b\\f\\n\\r\\t\u007f\u2028\"")]
    [InlineData("\"\\ud83d\\ude00\"", "\"\ud83d\ude00\"")]
    [InlineData("\"x\\ud83dy\"", "\"x\\ud83dy\"")]
    [InlineData(
        """{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}""",
        "{\"\\r\":2,\"1\":4,\"\u0080\":6,\"ö\":7,\"€\":1,\"\ud83d\ude00\":5,\"\ufb33\":3}")]
    public void Each_value_has_one_form(string json, string canonical) =>
        Encoding.UTF8.GetString(new CanonicalJson().Value(json).Written).Should().Be(canonical);

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{"a" 1}""")]
    [InlineData("""{"a":1,}""")]
    [InlineData("""{"a":1""")]
    [InlineData("[1 2]")]
    [InlineData("[,]")]
    [InlineData("\"a")]
    [InlineData("\"a\\")]
    [InlineData("\"\\u12\"")]
    [InlineData("1 2")]
    public void What_is_no_json_is_refused(string text) =>
        new CanonicalJson().Invoking(json => json.Value(text)).Should().Throw<FormatException>();

    [Fact]
    public void Long_and_deep_values_grow_the_buffer()
    {
        var json = new CanonicalJson();
        var deep = string.Concat(Enumerable.Repeat("{\"b\":1,\"a\":", 200)) + "[]" + new string('}', 200);
        var canonical = string.Concat(Enumerable.Repeat("{\"a\":", 200)) + "[]"
            + string.Concat(Enumerable.Repeat(",\"b\":1}", 200));

        for (var round = 0; round < 2; round++)
        {
            json.Clear();
            json.Value(deep).String(new string('ä', 5000));
            Encoding.UTF8.GetString(json.Written).Should().Be($"{canonical}\"{new string('ä', 5000)}\"");
        }
    }
}
