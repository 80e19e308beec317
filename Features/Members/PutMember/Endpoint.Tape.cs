using System.Text.Json.Serialization;
using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Members;

/// <summary>
/// Sees to it that an active organization member has a role in a workspace, whether it was a member before or not.
/// </summary>
public static partial class PutMember
{
    /// <param name="Role">admin, member or guest.</param>
    /// <example>{ "user_id": 10002, "role": "admin" }</example>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
    public sealed record TapeBody(
        long? UserId,
        [property: JsonConverter(typeof(TapeRole)), OneOf(typeof(TapeRole), nameof(TapeRole.Assignable))]
        string? Role);

    internal sealed class TapeEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPost("/v1/workspace/{workspaceNumber}/member", Post)
                .WithName("tape." + nameof(PutMember)).WithTags("Tape")
                .WithSummary("Add a workspace member, or change its role");

        private static async Task<TapeAnswer<TapeMember>> Post(
            WorkspaceNumber workspace,
            TapeBody body,
            Precondition ifMatch,
            Caller caller,
            IMediator mediator,
            CancellationToken ct) =>
            Tape.Answer(
                await mediator.Send(new Command(caller, workspace.Code, body.UserId, body.Role, ifMatch), ct),
                member => TapeMember.Of(workspace.Code, member.Value));
    }
}
