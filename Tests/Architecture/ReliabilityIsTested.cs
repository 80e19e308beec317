using System.Reflection;
using System.Text.RegularExpressions;

namespace WorkspaceService.Architecture;

/// <summary>Infrastructure/RELIABILITY.md names tests that are there.</summary>
public sealed partial class ReliabilityIsTested
{
    private static readonly ILookup<string, string> Tests = typeof(ReliabilityIsTested).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods().Where(method => method.GetCustomAttribute<FactAttribute>() is not null)
            .Select(method => (Class: type.Name, Test: method.Name)))
        .ToLookup(pair => pair.Class, pair => pair.Test);

    [Fact]
    public void Each_test_that_it_names_is_there()
    {
        var text = File.ReadAllText(Path.Combine(Source.Root, "Infrastructure", "RELIABILITY.md"));
        var named = Named().Matches(text)
            .Select(match => (Class: match.Groups["class"].Value, Test: match.Groups["test"].Value)).ToList();

        named.Count.Should().BeGreaterThan(60);
        named.Where(name => !IsThere(name.Class, name.Test)).Should().BeEmpty();
    }

    // A test of which the class is said before it stands alone, after three dots.
    private static bool IsThere(string its, string test) =>
        its.Length == 0 ? Tests.Any(each => each.Contains(test))
        : test.Length == 0 ? Tests.Contains(its)
        : Tests[its].Contains(test);

    [GeneratedRegex(@"`(?:[\w/.…]+/)?(?<class>[A-Z]\w+Tests)(?:\.(?<test>[A-Z]\w+))?`|`…\.?(?<test>[A-Z]\w*_\w+)`")]
    private static partial Regex Named();
}
