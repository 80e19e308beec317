using System.Text.Json.Serialization;
using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Workspaces;

public static partial class UpdateWorkspace
{
    /// <param name="Type">The type that it has already; it cannot be changed here.</param>
    /// <example>
    /// {
    ///   "name": "Task management (NEW)",
    ///   "type": "closed",
    ///   "description": "Manage all tasks and projects inside this NEW workspace."
    /// }
    /// </example>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
    public sealed record TapeBody(Optional<string?> Name, Optional<string?> Type, Optional<string?> Description);

    internal sealed class TapeEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPut("/v1/workspace/{workspaceNumber}", Put)
                .WithName("tape." + nameof(UpdateWorkspace)).WithTags("Tape").WithSummary("Update a workspace");

        private static async Task<TapeAnswer<TapeWorkspace>> Put(
            WorkspaceNumber workspace,
            TapeBody body,
            Precondition ifMatch,
            Caller caller,
            IMediator mediator,
            CancellationToken ct)
        {
            var patch = new Body { Name = body.Name, Type = body.Type, Description = body.Description };
            var command = new Command(caller, workspace.Code, patch, ifMatch)
            {
                SlugFollowsName = true,
                KeepsType = true,
            };

            return Tape.Answer(await mediator.Send(command, ct), updated => TapeWorkspace.Of(updated.Value));
        }
    }
}
