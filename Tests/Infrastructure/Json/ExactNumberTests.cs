using System.Globalization;
using System.Text.Json;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Infrastructure.Json;

public sealed class ExactNumberTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("-0", "0")]
    [InlineData("0.000000", "0")]
    [InlineData("0e5", "0")]
    [InlineData("1", "1")]
    [InlineData("-1.5", "-1.5")]
    [InlineData("142650.00", "142650")]
    [InlineData("0.000001", "0.000001")]
    [InlineData("1e-6", "0.000001")]
    [InlineData("1E2", "100")]
    [InlineData("1.5e+3", "1500")]
    [InlineData("100e-2", "1")]
    [InlineData("0.0000010", "0.000001")]
    [InlineData("1000000e-7", "0.1")]
    [InlineData("100000000000000000000000000e-10", "10000000000000000")]
    [InlineData("1234.5e-5", "0.012345")]
    [InlineData("12340e-7", "0.001234")]
    [InlineData("0.1234567", null)]
    [InlineData("0.12345600000", "0.123456")]
    [InlineData("1e-7", null)]
    [InlineData("1e-30", null)]
    [InlineData("1.00000000000000000000000000000000000001", null)]
    [InlineData("999999999999999999.999999", "999999999999999999.999999")]
    [InlineData("-999999999999999999.999999", "-999999999999999999.999999")]
    [InlineData("1000000000000000000", null)]
    [InlineData("1000000000000000000000000000", null)]
    [InlineData("1e18", null)]
    [InlineData("-1e18", null)]
    [InlineData("1e17", "100000000000000000")]
    [InlineData("1e400", null)]
    [InlineData("1e99999999999", null)]
    [InlineData("99999999999999999999999999999999999999999999", null)]
    [InlineData("\"1\"", null)]
    [InlineData("null", null)]
    [InlineData("true", null)]
    [InlineData("[]", null)]
    public void A_number_is_read_exactly_or_not_at_all(string json, string? value)
    {
        var read = () => JsonSerializer.Deserialize<decimal>(json, JsonConventions.Strict);

        if (value is null)
        {
            read.Should().Throw<JsonException>();
        }
        else
        {
            read().Should().Be(decimal.Parse(value, CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void Millionths_survive_the_way_through_storage()
    {
        foreach (var amount in new[] { 0m, 0.000001m, 142650.00m, 9_999_999_999.999999m, 0.1m + 0.2m })
        {
            Money.FromMicros(Money.ToMicros(amount)).Should().Be(amount);
        }

        Money.FromMicros(142_650_000_000).ToString(CultureInfo.InvariantCulture).Should().Be("142650.00");
        Money.FromMicros(-1, -250_000).Should().Be(-1.25m);
    }
}
