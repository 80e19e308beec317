using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.ApiKeys;

public static partial class CreateApiKey
{
    /// <param name="Type">user, secret or publishable.</param>
    /// <param name="OrganizationId">
    /// The one organization it reaches; a service key must name it, or a workspace of it.
    /// </param>
    /// <param name="UserId">Whom a user key stands for; null for the caller itself.</param>
    /// <param name="Permissions">A service key's; null for all that its type may have.</param>
    public sealed record Command(
        Caller Caller,
        string? Name,
        string? Type,
        string? OrganizationId = null,
        string? WorkspaceId = null,
        string? UserId = null,
        IReadOnlyList<string>? Permissions = null,
        DateTimeOffset? ExpiresAt = null) : ICommand<Versioned<ApiKeyObject>>;

    private static readonly Fault NotInTheFuture =
        Fault.Invalid("/expires_at", "out_of_range", "Must lie in the future.");

    private static readonly Fault OutlivesIssuer =
        Fault.Forbidden("forbidden", "The key that you use expires, so a key that you issue has to expire no later.");

    private static readonly Fault ScopeRequired =
        Fault.Invalid(
            "/organization_id", "required", "Name the organization, or a workspace of it, that the key is to reach.");

    private static readonly Fault UserRequired =
        Fault.Invalid("/user_id", "required", "Name the user that the key stands for.");

    private static readonly Fault UserUnknown =
        Fault.Invalid("/user_id", "not_found", "There is no active user of this id.");

    private static readonly Fault AnotherOrganization =
        Fault.Invalid("/workspace_id", "not_allowed", "The workspace does not belong to that organization.");

    private sealed class Handler(ConnectionFactory db) : CommandHandler<Command, Versioned<ApiKeyObject>>(db)
    {
        protected override async Task<Outcome<Versioned<ApiKeyObject>>> HandleAsync(Command command, Session session)
        {
            var caller = command.Caller;
            if (!(await ApiKeyAuthorization.MayChangeKeysAsync(session)).Succeeded(out _, out var mayNot))
            {
                return mayNot;
            }

            if (command.ExpiresAt <= session.Now)
            {
                return NotInTheFuture;
            }

            if (caller.ExpiresAt is { } end && command.ExpiresAt is { } asked && asked > end)
            {
                return OutlivesIssuer;
            }

            if (!(await ReachAsync(session, command)).Succeeded(out var reach, out var fault))
            {
                return fault;
            }

            var standing = command.Type == ApiKeyTypes.User
                ? await StandForUserAsync(session, command, reach)
                : reach is { OrganizationId: null } ? ScopeRequired
                : caller.IsRoot || IsAdmin(reach.CallerRole) ? reach
                : Faults.Forbidden;
            if (!standing.Succeeded(out var scope, out var refused))
            {
                return refused;
            }

            var permissions = command.Type switch
            {
                ApiKeyTypes.User => null,
                ApiKeyTypes.Publishable => command.Permissions ?? [Permissions.Read],
                _ => command.Permissions ?? Permissions.All,
            };
            var key = ApiKeyFormat.Create(command.Type!);
            var (id, code) = await Codes.MintAsync(session, Codes.ApiKey);
            await session.ExecuteAsync(Sql.Insert, new
            {
                Id = id,
                Code = code,
                Name = command.Name!.Trim(),
                command.Type,
                Hint = ApiKeyFormat.Hint(key),
                scope.OrganizationId,
                scope.WorkspaceId,
                scope.UserId,
                IssuedBy = caller.UserId,
                Permissions = permissions is null ? null : string.Join(' ', permissions.Distinct()),
                ExpiresAt = command.ExpiresAt ?? caller.ExpiresAt,
                CreatedAt = session.Now,
            });
            await session.ExecuteAsync(Sql.InsertSecret, new { Hash = SecretText.Hash(key), Id = id });

            var changes = new Changes()
                .Set("name", null, command.Name!.Trim())
                .Set("type", null, command.Type)
                .Set("permissions", null, permissions?.Distinct())
                .Set("expires_at", null, command.ExpiresAt ?? caller.ExpiresAt);
            await EventLog.AppendAsync(
                session, "api_key.created", scope.OrganizationCode, scope.WorkspaceCode, ("api_key", code), changes);
            return (await ApiKeyObject.ReadAsync(session, id)).Select(made => made with { Key = key });
        }

        // The organization and workspace of the body, which must be visible; without them a narrowed caller's own
        // apply.
        private static async Task<Outcome<Scope>> ReachAsync(Session session, Command command)
        {
            var caller = command.Caller;
            if (command.WorkspaceId is null && caller.WorkspaceId is null)
            {
                if ((command.OrganizationId ?? caller.OrganizationCode) is not { } organizationCode)
                {
                    return new Scope();
                }

                return (await OrganizationAuthorization.FindAsync(session, organizationCode, Binding))
                    .Then<Scope>(organization => Scope.Of(organization));
            }

            var workspaceCode = command.WorkspaceId ?? caller.WorkspaceCode!;
            return (await WorkspaceAuthorization.FindAsync(session, workspaceCode, Binding)).Then<Scope>(workspace =>
                command.OrganizationId is { } named && named != workspace.OrganizationCode
                    ? AnotherOrganization
                    : Scope.Of(workspace));
        }

        private static async Task<Outcome<Scope>> StandForUserAsync(Session session, Command command, Scope reach)
        {
            var caller = command.Caller;
            if ((command.UserId ?? caller.UserCode) is not { } code)
            {
                return UserRequired;
            }

            if (code == caller.UserCode)
            {
                return reach with { UserId = caller.UserId };
            }

            if (caller.IsRoot && reach.OrganizationId is null)
            {
                return await UserRecords.FindAsync(session, code) is { IsActive: true } user
                    ? reach with { UserId = user.Id }
                    : UserUnknown;
            }

            if (reach.OrganizationId is not null && !caller.IsRoot && !IsAdmin(reach.CallerRole))
            {
                return Faults.Forbidden;
            }

            // For another user: only in one organization that the caller administers, and not for its owner.
            var places = await session.ListAsync<Scope>(
                Sql.ListPlaces, new { caller.UserId, User = code, reach.OrganizationId });
            if (caller.IsRoot)
            {
                return places is [var place] ? reach with { UserId = place.UserId } : Faults.NotOrganizationMember;
            }

            var shared = places.Where(p => p.CallerRole is not null).ToList();
            var administered = shared.Where(p => IsAdmin(p.CallerRole)).ToList();
            return shared is [] ? Faults.NotOrganizationMember
                : administered is [] ? Faults.Forbidden
                : administered is not [var target] ? ScopeRequired
                : target.OrganizationStatus != OrganizationSettings.Active ? Faults.OrganizationSuspended

                // Only the owner can transfer ownership, so an owner's key outranks an admin.
                : target.UserRole == Roles.Owner ? Faults.RoleExceedsOwnRole
                : target with { WorkspaceId = reach.WorkspaceId, WorkspaceCode = reach.WorkspaceCode };
        }

        private static bool IsAdmin(string? organizationRole) =>
            Roles.Rank(organizationRole) >= Roles.Rank(Roles.Admin);

        // Writes to the organization and not to the workspace, so an archived workspace is no obstacle.
        private static readonly Need Binding = Need.Read with { Writes = true, InArchived = true };
    }

    private sealed record Scope
    {
        public long? OrganizationId { get; init; }

        public string? OrganizationCode { get; init; }

        public string? OrganizationStatus { get; init; }

        public long? WorkspaceId { get; init; }

        public string? WorkspaceCode { get; init; }

        public long? UserId { get; init; }

        public string? CallerRole { get; init; }

        public string? UserRole { get; init; }

        public static Scope Of(OrganizationAccess organization) => new()
        {
            OrganizationId = organization.Id,
            OrganizationCode = organization.Code,
            CallerRole = organization.Role,
        };

        public static Scope Of(WorkspaceAccess workspace) => new()
        {
            OrganizationId = workspace.OrganizationId,
            OrganizationCode = workspace.OrganizationCode,
            WorkspaceId = workspace.Id,
            WorkspaceCode = workspace.Code,
            CallerRole = workspace.OrganizationRole,
        };
    }
}
