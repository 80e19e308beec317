namespace WorkspaceService.Infrastructure.Domain;

public sealed class SearchTextTests
{
    [Theory]
    [InlineData("Café", "CAFE\u0301")]
    [InlineData("Ångström", "angstrom")]
    [InlineData("ÅNGSTRÖM", "A\u030Angstro\u0308m")]
    [InlineData("Straße", "STRASSE")]
    [InlineData("Søren Ł", "soren l")]
    [InlineData("Đ đ Ð ð", "d d d d")]
    [InlineData("ΟΔΟΣ", "οδός")]
    [InlineData("ﬁｎ", "FIN")]
    [InlineData("İzmir", "izmir")]
    [InlineData("각", "\u1100\u1161\u11A8")]
    [InlineData("\U00010400", "\U00010428")]
    public void Spellings_of_a_text_fold_to_the_same(string one, string other) =>
        SearchText.Fold(one).Should().Be(SearchText.Fold(other));

    [Theory]
    [InlineData("が", "か")]
    [InlineData("कि", "क")]
    [InlineData("o", "ö2")]
    public void Other_texts_stay_others(string one, string other) =>
        SearchText.Fold(one).Should().NotBe(SearchText.Fold(other));

    [Fact]
    public void A_pattern_takes_wildcards_as_text() => SearchText.Pattern(@"É_%\").Should().Be(@"%e\_\%\\%");

    [Theory]
    [InlineData('\u0300', '\u036f')]
    [InlineData('\u1ab0', '\u1aff')]
    [InlineData('\u1dc0', '\u1dff')]
    [InlineData('\u20d0', '\u20ff')]
    [InlineData('\ufe20', '\ufe2f')]
    public void Accents_are_left_out_from_the_first_of_a_block_to_its_last(char first, char last)
    {
        SearchText.Fold($"a{first}{last}b").Should().Be("ab");
        SearchText.Fold($"a{(char)(last + 1)}").Should().NotBe("a");
    }
}
