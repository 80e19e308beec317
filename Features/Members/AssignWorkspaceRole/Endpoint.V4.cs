using System.Text.Json.Serialization;
using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Members;

/// <summary>
/// Makes a member of the caller's own workspace its admin or a plain member, or hands its ownership over.
/// </summary>
public static partial class AssignWorkspaceRole
{
    /// <param name="WorkspaceRoleId">1 owner, 2 admin, 3 member; a text of digits is taken too.</param>
    /// <example>{ "workspace_role_id": 2 }</example>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
    public sealed record Body(
        [property: JsonConverter(typeof(IntegerOrDigitsConverter))] long? WorkspaceRoleId);

    internal sealed class V4Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPut("/api/v4/workspace_users/{userNumber}", Put)
                .WithName("v4." + nameof(AssignWorkspaceRole)).WithTags("V4")
                .WithSummary("Change a workspace user's role");

        private static async Task<V4Answer<V4Success>> Put(
            CurrentWorkspaceCode own,
            UserNumber user,
            Body body,
            Precondition ifMatch,
            Caller caller,
            IMediator mediator,
            CancellationToken ct) =>
            V4.Success(await mediator.Send(
                new Command(caller, own.Code, user.Code, body.WorkspaceRoleId, ifMatch), ct));
    }
}
