using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>A command that changes a service line's status.</summary>
public interface IServiceLineTransition : ICommand<Versioned<ServiceLineObject>>
{
    /// <summary>The line's code.</summary>
    string ServiceLine { get; }
}

/// <summary>
/// Handles a command that sets a service line's status to <paramref name="to"/>; returns the line.
/// </summary>
public abstract class ServiceLineTransitionHandler<TCommand>(ConnectionFactory db, string to)
    : CommandHandler<TCommand, ServiceLineAccess, Versioned<ServiceLineObject>>(db)
    where TCommand : IServiceLineTransition
{
    protected override ValueTask<Outcome<ServiceLineAccess>> FindAsync(TCommand command, Session session) =>
        ServiceLineAuthorization.FindAsync(session, command.ServiceLine, Need.Manage(Permissions.ServiceLinesManage));

    protected override async Task<Outcome<Versioned<ServiceLineObject>>> HandleAsync(
        TCommand command, ServiceLineAccess line, Session session) =>
        await ServiceLineLifecycle.MoveAsync(session, line, to) is { } refused
            ? refused
            : await ServiceLineObject.ReadAsync(session, line.Id);
}
