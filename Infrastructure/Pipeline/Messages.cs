using MediatR;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Pipeline;

/// <summary>A request to the service, independent of the surface that it came by.</summary>
public interface IMessage<T> : IRequest<Outcome<T>>
{
    /// <summary>Who asks; null only where no API key is needed.</summary>
    Caller? Caller => null;
}

/// <summary>A message that writes. What its validator refuses is 422 <c>validation_failed</c> with pointers.</summary>
public interface ICommand<T> : IMessage<T>
{
    /// <summary>The versions of the command's target that it may change; by default every one.</summary>
    Precondition IfMatch => default;
}

/// <summary>A message that reads. What its validator refuses is a query value: 400 <c>invalid_parameter</c>.</summary>
public interface IQuery<T> : IMessage<T>, IReads;

/// <summary>
/// A query for one page of a list that is sorted by number. Its cursors are bound to all its other members.
/// </summary>
public interface IListQuery<T> : IQuery<Page<T>>
{
    string? Cursor { get; }

    /// <summary>How many rows the page holds: 1–100.</summary>
    int Limit { get; }
}

/// <summary>Marks a message whose validator judges query values.</summary>
public interface IReads;

/// <summary>Something with a version that each edit of it raises.</summary>
public interface IVersioned
{
    long Version { get; }
}

/// <summary>One row as it is answered, and the row's version, which becomes its <c>ETag</c>.</summary>
public sealed record Versioned<T>(T Value, long Version)
{
    /// <summary>The same version, shown otherwise.</summary>
    public Versioned<TShown> Select<TShown>(Func<T, TShown> shown) => new(shown(Value), Version);
}

public static class Versioned
{
    /// <summary>A row with the version that it carries.</summary>
    public static Versioned<T> Of<T>(T row) where T : IVersioned => new(row, row.Version);
}

/// <summary>One page of a list, in the list's order.</summary>
/// <param name="Next">The cursor of the following page; null on the last one.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
