using MediatR;

namespace WorkspaceService.Infrastructure.Pipeline;

/// <summary>A message that writes. What its validator refuses is 422 <c>validation_failed</c> with pointers.</summary>
public interface ICommand<T> : IRequest<Outcome<T>>;

/// <summary>A message that reads. What its validator refuses is a query value: 400 <c>invalid_parameter</c>.</summary>
public interface IQuery<T> : IRequest<Outcome<T>>, IReads;

public interface IReads;

/// <summary>One row as it is answered, and the row's version, which becomes its <c>ETag</c>.</summary>
public sealed record Versioned<T>(T Value, long Version);

/// <summary>One page of a list, in the list's order.</summary>
/// <param name="Next">The cursor of the following page; null on the last one.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
