namespace WorkspaceService.Histories;

/// <summary>
/// Looks for an order of requests that were sent at the same time in which the model, one request after the other,
/// answers as the service has, and ends in the stored state with the events that the service has appended. The
/// caller, its key and what is its own are looked at before its command is carried out: what they were earlier in the
/// round counts as well.
/// </summary>
internal sealed class Search(IReadOnlyList<Sent> round, List<string> stored, List<Event> events)
{
    private readonly HashSet<string> _stored = [.. stored];

    private Dictionary<Event, int> Events => field ??= events.CountBy(Named).ToDictionary();

    // What is left to do, and where: states from which there is no way to the end.
    private readonly HashSet<(int Done, string State)> _dead = [];

    /// <summary>Such an order; null for none.</summary>
    public IReadOnlyList<(Sent Sent, World After)>? Find(World world) => Find(world, world, 0, [], []);

    private List<(Sent Sent, World After)>? Find(
        World begin, World world, int done, List<(Sent Sent, World After)> order, List<Event> happened)
    {
        if (order.Count == round.Count)
        {
            return IsEnd(world, happened) ? order : null;
        }

        var state = round.Count == 1 ? "" : string.Join('\n', world.Describe().Order(StringComparer.Ordinal));
        state += '\n' + string.Join('\n', happened.Select(e => e.ToString()).Order(StringComparer.Ordinal));
        if (_dead.Contains((done, state)))
        {
            return null;
        }

        for (var i = 0; i < round.Count; i++)
        {
            if ((done & (1 << i)) != 0)
            {
                continue;
            }

            var sent = round[i];
            foreach (var before in order.Select(taken => taken.After).Reverse().Append(begin))
            {
                var (words, shown, after) = sent.On(world, before);
                var isSame = words == sent.Words && shown == sent.Shown;
                List<(Sent, World)> taken = [.. order, (sent, after)];
                if (isSame && Find(begin, after, done | (1 << i), taken, [.. happened, .. after.Events]) is { } found)
                {
                    return found;
                }

                if (isSame && !sent.Command.IsAboutOwn)
                {
                    break;
                }
            }
        }

        _dead.Add((done, state));
        return null;
    }

    private bool IsEnd(World world, List<Event> happened) =>
        world.Describe().ToHashSet().SetEquals(_stored)
        && happened.Count == events.Count
        && happened.CountBy(Named).All(e => Events.GetValueOrDefault(e.Key) == e.Value);

    // V4 tells nobody the code of an invitation: that of one which is gone again is known to the service alone.
    private Event Named(Event e) => !e.Subject.StartsWith("invitation ", StringComparison.Ordinal)
        || _stored.Any(row => row.StartsWith($"invitation | {e.Subject.Split(' ')[1]} |", StringComparison.Ordinal))
            ? e
            : e with { Subject = "invitation" };
}
