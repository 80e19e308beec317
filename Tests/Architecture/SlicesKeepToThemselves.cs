using System.Text.RegularExpressions;

namespace WorkspaceService.Architecture;

/// <summary>
/// No slice names another, but that a page of the console is composed of what several queries answer: its endpoint may
/// send the query of another slice, and its page show the answer. The folder is the slice, so its source is the
/// evidence.
/// </summary>
public sealed class SlicesKeepToThemselves
{
    // The demo drives the use cases from outside, as a client would; it is a slice only so that it can be removed like
    // one.
    private static readonly string[] Exempt = ["LoadDemo"];

    [Fact]
    public void No_slice_names_another()
    {
        var names = Source.Slices.Select(s => Path.GetFileName(s)!).ToHashSet();
        names.Should().HaveCountGreaterThan(5);

        var trespasses =
            from slice in Source.Slices
            where !Exempt.Contains(Path.GetFileName(slice))
            from file in Directory.GetFiles(slice)
            let isPage = Path.GetFileName(file) is "Endpoint.Console.cs" or "Page.razor"
            from line in Source.Lines(file)
            from Match word in Regex.Matches(
                line.Text, isPage ? @"(?<![/""])\b\w+\b(?!\.(Query|Response)\b)" : @"\b\w+\b")
            where names.Contains(word.Value) && word.Value != Path.GetFileName(slice)
            select $"{line.Where} names {word.Value}";

        trespasses.Should().BeEmpty();
    }

    [Fact]
    public void Names_are_unique_and_are_the_operation_ids()
    {
        var names = Source.Slices.Select(s => Path.GetFileName(s)!).ToList();
        names.Should().OnlyHaveUniqueItems();

        foreach (var slice in Source.Slices.Where(s => Directory.GetFiles(s, "Endpoint*.cs").Length > 0))
        {
            var name = Path.GetFileName(slice);
            Directory.GetFiles(slice, "Endpoint*.cs").Should().OnlyContain(
                file => File.ReadAllText(file).Contains($"nameof({name})"), $"the operation id of {name} is its name");
        }
    }
}
