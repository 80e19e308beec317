using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Pipeline;

/// <summary>A request to the service, independent of its surface.</summary>
public interface IMessage<T> : IRequest<Outcome<T>>
{
    /// <summary>The authenticated caller; null only where no API key is needed.</summary>
    Caller? Caller => null;
}

/// <summary>A message that writes. A validation error is 422 <c>validation_failed</c> with JSON pointers.</summary>
public interface ICommand<T> : IMessage<T>
{
    /// <summary>The versions of the target that the command may change; by default every one.</summary>
    Precondition IfMatch => default;
}

/// <summary>A message that reads. A validation error is 400 <c>invalid_parameter</c>.</summary>
public interface IQuery<T> : IMessage<T>, IReads;

/// <summary>
/// A query for one page of a list sorted by number. Its cursors are bound to its filters: all other members but the
/// caller.
/// </summary>
public interface IListQuery<T> : IQuery<Page<T>>
{
    string? Cursor { get; }

    /// <summary>The maximum of rows in the page: 1–100.</summary>
    int Limit { get; }
}

/// <summary>
/// Marks a message whose members come from the query string, for <see cref="ValidationBehavior{TRequest, TResponse}"/>.
/// </summary>
public interface IReads;

/// <summary>A row with a version, which each edit increments.</summary>
public interface IVersioned
{
    long Version { get; }
}

/// <summary>A value with its row's version, which becomes the <c>ETag</c>.</summary>
public sealed record Versioned<T>(T Value, long Version) : IHoldsSecret
{
    bool IHoldsSecret.HoldsSecret => IHoldsSecret.IsTrueOf(Value);

    /// <summary>Maps the value and keeps the version.</summary>
    public Versioned<TResult> Select<TResult>(Func<T, TResult> map) => new(map(Value), Version);
}

public static class Versioned
{
    public static Versioned<T> Of<T>(T row) where T : IVersioned => new(row, row.Version);
}

/// <summary>One page of a list, in the list's order.</summary>
/// <param name="Next">The cursor of the following page; null on the last one.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
