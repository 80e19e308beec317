using System.Text.RegularExpressions;
using WorkspaceService.Architecture;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>The list of types, from which webhooks choose, is what the service appends.</summary>
public sealed partial class EventTypesTests
{
    // What follows the point is a status that a rule brings about.
    private static readonly Dictionary<string, string[]> Composed = new()
    {
        ["service_line"] = ["paused", "closed", "terminated"],
        ["join_request"] = ["approved", "denied", "withdrawn"],
        ["invitation"] = ["accepted", "declined", "revoked"],
    };

    [Fact]
    public void Each_type_that_is_appended_is_listed_and_no_other()
    {
        var text = string.Join('\n', new[] { "Features", "Infrastructure" }
            .SelectMany(Source.Files)
            .Where(file => Path.GetFileName(file) != "EventTypes.cs")
            .Select(File.ReadAllText));
        var literals = Literal().Matches(text).Select(match => match.Groups[1].Value).ToHashSet();
        literals.Should().HaveCountGreaterThan(30);
        Interpolated().Matches(text).Select(match => match.Groups[1].Value).Distinct()
            .Should().BeEquivalentTo(Composed.Keys);

        EventTypes.All.Should().OnlyHaveUniqueItems();
        EventTypes.All.Should().BeEquivalentTo(literals
            .Concat(Composed.SelectMany(pair => pair.Value.Select(status => $"{pair.Key}.{status}")))
            .Concat([EventTypes.WebhookTest, EventTypes.WebhookDisabled, EventTypes.WebhookDeliveryFailed])
            .Distinct());
    }

    [Theory]
    [InlineData("*", "member.added", true)]
    [InlineData("member.*", "member.added", true)]
    [InlineData("member.added", "member.added", true)]
    [InlineData("member.added", "member.added_again", false)]
    [InlineData("member.*", "organization.member_added", false)]
    [InlineData("user.*", "users.created", false)]
    [InlineData("invitation.*", "invitation.created", true)]
    public void A_pattern_matches_a_type_a_domain_or_all(string pattern, string type, bool matches) =>
        EventTypes.Matches(pattern, type).Should().Be(matches);

    private const string Domains =
        "organization|user|workspace|member|join_request|invitation|service_line|integration|api_key|webhook";

    [GeneratedRegex($@"""((?:{Domains})\.[a-z_]+)""")]
    private static partial Regex Literal();

    [GeneratedRegex($@"\$""({Domains})\.\{{")]
    private static partial Regex Interpolated();
}
