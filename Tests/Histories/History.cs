using FsCheck;
using FsCheck.Fluent;

namespace WorkspaceService.Histories;

/// <summary>Steps one after the other, or rounds of steps at the same time.</summary>
internal sealed record History(IReadOnlyList<IReadOnlyList<Step>> Rounds)
{
    // Small numbers occur most: the first things are those that many steps meet at.
    private static readonly Gen<int> Place = Gen.Frequency(
        (50, Gen.Choose(0, 2)), (35, Gen.Choose(0, 6)), (12, Gen.Choose(0, 30)), (3, Gen.Choose(90, 99)));

    // The operator, the owner, an admin; the others of the cast; whoever has a key.
    private static readonly Gen<int> Who = Gen.Frequency(
        (8, Gen.Constant(0)), (34, Gen.Constant(1)), (20, Gen.Constant(2)), (22, Gen.Choose(3, 13)),
        (16, Gen.Choose(0, 40)));

    private static readonly Gen<int> Number = Gen.Frequency(
        (70, Gen.Choose(0, 15)), (27, Gen.Choose(0, 60)), (3, Gen.Choose(90, 99)));

    private static readonly Gen<int> MostlyRoot = Gen.Frequency((60, Gen.Constant(0)), (40, Who));

    private static readonly Gen<(string Name, Gen<int> Who)> Command = Gen.Frequency(
        Commands.All
            .Select(command => (command.Weight, Gen.Constant((command.Name, command.IsRoots ? MostlyRoot : Who))))
            .Append((5, Gen.Constant((Commands.TimePasses, Who)))));

    private static readonly Gen<Step> Step =
        from command in Command
        from who in command.Who
        from a in Place
        from b in Number
        from c in Gen.Choose(0, 23)
        select new Step(who, command.Name, a, b, c);

    /// <summary>So many rounds of so many steps; without any of its steps it is a history too.</summary>
    public static Arbitrary<History> Of(int rounds, int width) => Arb.From(
        Step.ListOf(width).ListOf(rounds).Select(steps => new History([.. steps])),
        history => history.Shrink());

    public override string ToString() =>
        string.Join('\n', Rounds.Select(round => string.Join(" with ", round)));

    // First half of the rounds, then quarters, down to single rounds; then single steps; then smaller numbers.
    private IEnumerable<History> Shrink()
    {
        for (var size = Rounds.Count / 2; size > 0; size /= 2)
        {
            for (var from = Rounds.Count - size; from >= 0; from -= size)
            {
                yield return new([.. Rounds.Take(from), .. Rounds.Skip(from + size)]);
            }
        }

        for (var i = 0; i < Rounds.Count; i++)
        {
            if (Rounds[i].Count > 1)
            {
                foreach (var step in Rounds[i])
                {
                    yield return With(i, [.. Rounds[i].Where(other => other != step)]);
                }
            }
        }

        for (var i = 0; i < Rounds.Count; i++)
        {
            for (var j = 0; j < Rounds[i].Count; j++)
            {
                foreach (var smaller in Smaller(Rounds[i][j]))
                {
                    yield return With(i, [.. Rounds[i].Take(j), smaller, .. Rounds[i].Skip(j + 1)]);
                }
            }
        }
    }

    private History With(int place, IReadOnlyList<Step> round) =>
        new([.. Rounds.Take(place), round, .. Rounds.Skip(place + 1)]);

    private static IEnumerable<Step> Smaller(Step step)
    {
        foreach (var who in Below(step.Who))
        {
            yield return step with { Who = who };
        }

        foreach (var a in Below(step.A))
        {
            yield return step with { A = a };
        }

        foreach (var b in Below(step.B))
        {
            yield return step with { B = b };
        }

        foreach (var c in Below(step.C))
        {
            yield return step with { C = c };
        }
    }

    private static int[] Below(int number) => number switch
    {
        0 => [],
        1 => [0],
        _ => [0, 1],
    };
}
