using MediatR;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Http;

namespace WorkspaceService.Infrastructure.Pipeline;

/// <summary>
/// Handles a command in one transaction. The transaction may be retried, so a handler must have no effect outside the
/// database.
/// </summary>
public abstract class CommandHandler<TCommand, T>(ConnectionFactory db) : IRequestHandler<TCommand, Outcome<T>>
    where TCommand : ICommand<T>
{
    public Task<Outcome<T>> Handle(TCommand command, CancellationToken cancellationToken)
    {
        // Read here: the work may run on the writer's thread, which has no AsyncLocal of the request.
        var idempotency = Idempotency.Current;
        return idempotency is null
            ? db.TransactAsync(command.Caller!, session => HandleAsync(command, session), cancellationToken)
            : db.TransactAsync(
                command.Caller!,
                session => idempotency.OnceAsync(session, () => HandleAsync(command, session)),
                cancellationToken);
    }

    protected abstract Task<Outcome<T>> HandleAsync(TCommand command, Session session);
}

/// <summary>
/// Handles a command with one target: finds it, checks <c>If-Match</c> against its version, then runs the command, all
/// in one transaction.
/// </summary>
public abstract class CommandHandler<TCommand, TTarget, T>(ConnectionFactory db) : CommandHandler<TCommand, T>(db)
    where TCommand : ICommand<T>
    where TTarget : class, IVersioned
{
    /// <summary>The command's target, or a fault where the caller may not run the command on it.</summary>
    protected abstract ValueTask<Outcome<TTarget>> FindAsync(TCommand command, Session session);

    protected abstract Task<Outcome<T>> HandleAsync(TCommand command, TTarget target, Session session);

    protected sealed override async Task<Outcome<T>> HandleAsync(TCommand command, Session session)
    {
        if (!(await FindAsync(command, session)).Succeeded(out var target, out var fault))
        {
            return fault;
        }

        return command.IfMatch.Allows(target.Version)
            ? await HandleAsync(command, target, session)
            : Faults.PreconditionFailed;
    }
}

/// <summary>
/// Handles a query in a read-only session; one that is sent by POST with an <c>Idempotency-Key</c> in a transaction,
/// which stores the answer.
/// </summary>
public abstract class QueryHandler<TQuery, T>(ConnectionFactory db) : IRequestHandler<TQuery, Outcome<T>>
    where TQuery : IMessage<T>
{
    public async Task<Outcome<T>> Handle(TQuery query, CancellationToken cancellationToken)
    {
        if (Idempotency.Current is { } idempotency)
        {
            return await db.TransactAsync(
                query.Caller!,
                session => idempotency.OnceAsync(session, () => HandleAsync(query, session)),
                cancellationToken);
        }

        await using var session = db.Open(query.Caller, cancellationToken);
        try
        {
            return await HandleAsync(query, session);
        }
        catch (GoneException)
        {
            return Faults.NotFound;
        }
    }

    protected abstract Task<Outcome<T>> HandleAsync(TQuery query, Session session);
}

/// <summary>Handles a query with one target: finds it, then reads.</summary>
public abstract class QueryHandler<TQuery, TTarget, T>(ConnectionFactory db) : QueryHandler<TQuery, T>(db)
    where TQuery : IMessage<T>
    where TTarget : class
{
    /// <summary>The query's target, or a fault where the caller may not read it.</summary>
    protected abstract ValueTask<Outcome<TTarget>> FindAsync(TQuery query, Session session);

    protected abstract Task<Outcome<T>> HandleAsync(TQuery query, TTarget target, Session session);

    protected sealed override async Task<Outcome<T>> HandleAsync(TQuery query, Session session) =>
        (await FindAsync(query, session)).Succeeded(out var target, out var fault)
            ? await HandleAsync(query, target, session)
            : fault;
}

/// <summary>
/// Handles a query for one page of a list: finds the target, decodes the cursor, reads one row more than the page
/// holds, and encodes the cursor of the next page.
/// </summary>
public abstract class ListHandler<TQuery, TTarget, TRow>(ConnectionFactory db)
    : QueryHandler<TQuery, TTarget, Page<TRow>>(db)
    where TQuery : IListQuery<TRow>
    where TTarget : class
    where TRow : INumbered
{
    /// <summary>
    /// The rows after <see cref="PageRequest.After"/>, at most <see cref="PageRequest.Take"/> of them.
    /// </summary>
    protected abstract Task<List<TRow>> ListAsync(TQuery query, TTarget target, PageRequest page, Session session);

    protected sealed override async Task<Outcome<Page<TRow>>> HandleAsync(TQuery query, TTarget target, Session session)
    {
        if (!Paging.After(query, query.Cursor).Succeeded(out var after, out var damaged))
        {
            return damaged;
        }

        var rows = await ListAsync(query, target, new PageRequest(after, query.Limit + 1), session);
        return rows.ToPage(query.Limit, query);
    }
}

/// <summary>The rows of a list that a statement has to read.</summary>
/// <param name="After">The number of the last row of the page before; 0 for the first page.</param>
/// <param name="Take">The number of rows: one more than the page holds.</param>
public readonly record struct PageRequest(long After, int Take);
