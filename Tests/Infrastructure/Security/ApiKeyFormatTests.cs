namespace WorkspaceService.Infrastructure.Security;

public sealed class ApiKeyFormatTests
{
    // Its checksum was computed by another program: keys that were issued once stay well formed.
    private const string Known = "secret_key_0123456789012345678901234567890123456789abc9oV3Ke";

    [Fact]
    public void A_key_is_made_as_it_always_was()
    {
        ApiKeyFormat.IsWellFormed(Known).Should().BeTrue();
        foreach (var type in ApiKeyTypes.All)
        {
            ApiKeyFormat.IsWellFormed(ApiKeyFormat.Create(type)).Should().BeTrue();
        }
    }

    [Fact]
    public void A_key_with_one_wrong_character_or_of_another_length_is_none()
    {
        for (var n = 0; n < Known.Length; n++)
        {
            var wrong = $"{Known[..n]}{(Known[n] == 'x' ? 'y' : 'x')}{Known[(n + 1)..]}";
            ApiKeyFormat.IsWellFormed(wrong).Should().BeFalse(wrong);
        }

        foreach (var wrong in new[]
            { "", "secret_key_", Known[..^1], $"{Known}0", $" {Known}", $"{Known[..20]}ä{Known[21..]}" })
        {
            ApiKeyFormat.IsWellFormed(wrong).Should().BeFalse(wrong);
        }
    }

    [Fact]
    public void The_hint_shows_the_type_and_four_characters() =>
        ApiKeyFormat.Hint(Known).Should().Be("secret_key_0123");
}
