namespace WorkspaceService.Infrastructure.Domain;

public sealed class EmailAddressTests
{
    [Theory]
    [InlineData("Sam.Rivera+x@Example.com", "Sam.Rivera+x@Example.com")]
    [InlineData("jose\u0301@example.com", "jos\u00e9@example.com")]
    [InlineData("jos\u00e9@example.com", "jos\u00e9@example.com")]
    [InlineData("sam@Bücher.example.com", "sam@xn--bcher-kva.example.com")]
    [InlineData("sam@bu\u0308cher.example.com", "sam@xn--bcher-kva.example.com")]
    [InlineData("sam@XN--BCHER-KVA.example.com", "sam@xn--bcher-kva.example.com")]
    [InlineData("sam@ex\u212Ample.example.com", "sam@exkmple.example.com")]
    [InlineData("sam@example\u3002com", "sam@example.com")]
    [InlineData("\U0001F600@example.com", "\U0001F600@example.com")]
    public void An_address_is_stored_in_nfc_with_a_labels(string given, string stored) =>
        EmailAddress.Normalize(given).Should().Be(stored);

    [Theory]
    [InlineData("\u212Aim@example.com")]
    [InlineData("ｓam@example.com")]
    [InlineData("\uFB01n@example.com")]
    [InlineData("a\u017Fa@example.com")]
    [InlineData("sam\u200B@example.com")]
    [InlineData("sam\u0007@example.com")]
    [InlineData("sam\n@example.com")]
    [InlineData("sam@example.com\n")]
    [InlineData("sam@ex\0ample.com")]
    [InlineData("sam@xn--a.example.com")]
    [InlineData("sam@-example.com")]
    [InlineData("sam@exa_mple.com")]
    [InlineData("sam@example")]
    [InlineData("sam@example.com.")]
    [InlineData("sam@@example.com")]
    [InlineData("a@b@example.com")]
    [InlineData("@example.com")]
    [InlineData("sam")]
    [InlineData("")]
    public void Others_are_refused(string given) => EmailAddress.Normalize(given).Should().BeNull();

    [Fact]
    public void Half_of_a_surrogate_pair_is_refused() =>
        EmailAddress.Normalize("sam\uD800@example.com").Should().BeNull();

    [Fact]
    public void Lengths_are_in_unicode_scalar_values()
    {
        EmailAddress.Normalize(Repeat("\U0001F600", 64) + "@example.com").Should().NotBeNull();
        EmailAddress.Normalize(Repeat("\U0001F600", 65) + "@example.com").Should().BeNull();
        EmailAddress.Normalize(Repeat("e\u0301", 64) + "@example.com").Should().NotBeNull();
        EmailAddress.Normalize("a@" + Repeat("a123456789.", 22) + "example.de").Should().NotBeNull();
        EmailAddress.Normalize("a@" + Repeat("a123456789.", 23) + "example.de").Should().BeNull();
    }

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
}
