using Carter;
using MediatR;
using Microsoft.AspNetCore.Http.HttpResults;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Caching;
using WorkspaceService.Infrastructure.Database.Sqlite;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Hosting;
using WorkspaceService.Infrastructure.Hosting.Logging;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.OpenApi;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Invitations;

/// <summary>
/// Invites people to a workspace by their e-mail addresses; each invitation holds a seat until it ends.
/// </summary>
public static partial class InviteMembers
{
    /// <param name="Invitations">Up to 500 at once, in place of the other members.</param>
    /// <example>{ "email": "ada@example.com", "role": "member" }</example>
    public sealed record Body(
        string? Email, string? Role, DateTimeOffset? ExpiresAt, IReadOnlyList<Invitee>? Invitations);

    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPost("/v1/workspaces/{workspace}/invitations", Post)
                .WithName(nameof(InviteMembers)).WithTags("Invitations").WithSummary("Invite one person, or up to 500");

        private static async Task<Results<NativeCreated<InvitationObject>, NativeValue<IReadOnlyList<Result>>>> Post(
            string workspace, Body body, Caller caller, IMediator mediator, CancellationToken ct) =>
            body.Invitations is { } invitations
                ? Native.Value(await mediator.Send(
                    new BatchCommand(
                        caller, workspace, invitations, new Invitee(body.Email, body.Role, body.ExpiresAt)),
                    ct))
                : Native.Created(
                    await mediator.Send(new Command(caller, workspace, body.Email, body.Role, body.ExpiresAt), ct),
                    invitation => $"/v1/workspaces/{workspace}/invitations/{invitation.Id}");
    }
}
