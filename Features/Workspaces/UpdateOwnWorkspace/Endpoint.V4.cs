using System.Text.Json.Serialization;
using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Workspaces;

/// <summary>Renames the caller's own workspace, or says what kind of organization it belongs to.</summary>
public static partial class UpdateOwnWorkspace
{
    /// <example>{ "workspace": { "name": "Scrum Launch" } }</example>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
    public sealed record Body(Fields? Workspace);

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
    public sealed record Fields(string? Name, string? OrganizationType, string? CustomOrganizationType);

    internal sealed class V4Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPut("/api/v4/workspaces", Put)
                .WithName("v4." + nameof(UpdateOwnWorkspace)).WithTags("V4")
                .WithSummary("Update the caller's own workspace");

        private static async Task<V4Answer<Response>> Put(
            CurrentWorkspaceCode own,
            Body body,
            Precondition ifMatch,
            Caller caller,
            IMediator mediator,
            CancellationToken ct)
        {
            var fields = body.Workspace is { } given
                ? new Change(given.Name, given.OrganizationType, given.CustomOrganizationType)
                : null;
            return V4.Object(
                await mediator.Send(new Command(caller, own.Code, fields, ifMatch), ct), workspace => workspace);
        }
    }
}
