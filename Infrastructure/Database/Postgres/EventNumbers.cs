using System.Collections.Concurrent;

namespace WorkspaceService.Infrastructure.Database.Postgres;

/// <summary>
/// Numbers of events that this instance has taken from their sequence in blocks, so that an event costs no statement
/// of its own. What is left of a block when the instance stops is a gap.
/// </summary>
internal sealed class EventNumbers
{
    public const int Block = 128;

    private readonly ConcurrentQueue<long> _free = new();

    public bool TryTake(out long number) => _free.TryDequeue(out number);

    /// <summary>
    /// Forgets the rest of the blocks: a server that has taken over may not know that they were given out.
    /// </summary>
    public void Clear() => _free.Clear();

    public void Add(IEnumerable<long> numbers)
    {
        foreach (var number in numbers)
        {
            _free.Enqueue(number);
        }
    }
}
