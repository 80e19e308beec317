using System.Globalization;

namespace WorkspaceService.Infrastructure.Domain;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("a", 1)]
    [InlineData("\ud83d\ude00", 1)]
    [InlineData("a\ud83d\ude00b\ud83d\ude00", 4)]
    [InlineData("e\u0301", 2)]
    public void Lengths_are_in_scalar_values(string text, int length) => PlainText.LengthOf(text).Should().Be(length);

    [Theory]
    [InlineData("one line", true, true)]
    [InlineData("two\nlines\tand a tab", false, true)]
    [InlineData("a\rb", false, false)]
    [InlineData("\u0007", false, false)]
    [InlineData("a\u0000b", false, false)]
    [InlineData("\u0085", false, false)]
    public void Control_characters_are_in_no_line(string text, bool isLine, bool isLines)
    {
        PlainText.IsLine(text).Should().Be(isLine);
        PlainText.IsLines(text).Should().Be(isLines);
    }

    [Fact]
    public void Half_of_a_surrogate_pair_is_no_text()
    {
        PlainText.IsLine($"a{'\ud83d'}").Should().BeFalse();
        PlainText.IsLines($"{'\ude00'}a").Should().BeFalse();
    }

    [Theory]
    [InlineData(0x61, true)] // a letter
    [InlineData(0x1f600, true)]
    [InlineData(0x903, true)] // a mark that takes a place of its own
    [InlineData(0x20, false)]
    [InlineData(0x07, false)]
    [InlineData(0x200b, false)]
    [InlineData(0x2800, false)] // the empty Braille pattern
    [InlineData(0x3164, false)] // a filler of Hangul
    [InlineData(0x301, false)] // an accent
    [InlineData(0x20dd, false)] // a circle around a letter
    [InlineData(0x378, false)] // nothing yet
    [InlineData(0xe0020, false)] // a tag
    public void A_character_that_shows_nothing_by_itself_is_not_visible(int character, bool isVisible) =>
        PlainText.IsVisible(char.ConvertFromUtf32(character)).Should()
            .Be(isVisible, character.ToString("x", CultureInfo.InvariantCulture));
}
