using Xunit.Abstractions;

namespace WorkspaceService.Histories;

/// <summary>What has come of the steps: a history that is refused at the door tells nothing about the rules.</summary>
internal sealed class Tally
{
    private readonly Dictionary<string, int> _answers = [];
    private readonly Dictionary<string, int> _accepted = [];
    private readonly HashSet<string> _codes = [];

    public int Steps { get; private set; }

    /// <summary>The codes of refusals, and the words of reads such as <c>trial_ended</c>, that have occurred.</summary>
    public IReadOnlySet<string> Codes => _codes;

    /// <summary>The commands that have succeeded.</summary>
    public IEnumerable<string> Accepted => _accepted.Keys;

    public void Count(Sent sent)
    {
        Steps++;
        var answer = sent.IsSuccess ? "accepted" : sent.Words;
        _answers[answer] = _answers.GetValueOrDefault(answer) + 1;
        if (sent.IsSuccess)
        {
            _accepted[sent.Command.Name] = _accepted.GetValueOrDefault(sent.Command.Name) + 1;
        }

        _codes.Add(sent.Words.Split(' ')[^1]);
        _codes.UnionWith(sent.Shown?.Split(' ') ?? []);
    }

    public void WriteTo(ITestOutputHelper output)
    {
        output.WriteLine($"{Steps} steps");
        foreach (var (answer, count) in _answers.OrderByDescending(a => a.Value))
        {
            output.WriteLine($"{count,9}  {answer}");
        }

        output.WriteLine("accepted: " + string.Join(
            ", ", _accepted.OrderByDescending(a => a.Value).Select(a => $"{a.Key} {a.Value}")));
    }
}
