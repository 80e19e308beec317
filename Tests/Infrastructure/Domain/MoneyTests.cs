using System.Globalization;
using System.Text.Json;
using WorkspaceService.Infrastructure.Json;

namespace WorkspaceService.Infrastructure.Domain;

public sealed class MoneyTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("0e5", "0")]
    [InlineData("-0.0", "0")]
    [InlineData("1.5", "1.5")]
    [InlineData("-2.50", "-2.5")]
    [InlineData("12e-1", "1.2")]
    [InlineData("1e3", "1000")]
    [InlineData("1E+2", "100")]
    [InlineData("100e-2", "1")]
    [InlineData("0.000001", "0.000001")]
    [InlineData("0.0000010", "0.000001")]
    [InlineData("1000000e-7", "0.1")]
    [InlineData("999999999999999999", "999999999999999999")]
    [InlineData("999999999999999999.999999", "999999999999999999.999999")]
    [InlineData("1e17", "100000000000000000")]
    [InlineData("100000000000000000000000000e-10", "10000000000000000")]
    public void A_number_is_read_exactly(string json, string value) =>
        JsonSerializer.Deserialize<decimal>(json, JsonConventions.Strict)
            .Should().Be(decimal.Parse(value, CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("0.0000001")]
    [InlineData("1e-7")]
    [InlineData("1000000000000000000")]
    [InlineData("1e18")]
    [InlineData("-1e18")]
    [InlineData("1e99999")]
    [InlineData("1000000000000000000000000000")]
    [InlineData("1234567890123456789012345678901234567890")]
    [InlineData("\"1\"")]
    public void What_cannot_be_stored_exactly_is_refused(string json) =>
        FluentActions.Invoking(() => JsonSerializer.Deserialize<decimal>(json, JsonConventions.Strict))
            .Should().Throw<JsonException>();

    [Theory]
    [InlineData(0, 0, "0.00")]
    [InlineData(0, 1, "0.000001")]
    [InlineData(3, 2_500_000, "5.50")]
    [InlineData(-1, -250_000, "-1.25")]
    public void An_amount_has_two_decimals_at_least(long whole, long micros, string shown)
    {
        var amount = Money.FromMicros(whole, micros);

        amount.ToString(CultureInfo.InvariantCulture).Should().StartWith(shown);
        Money.ToMicros(amount).Should().Be((whole * 1_000_000) + micros);
    }
}
