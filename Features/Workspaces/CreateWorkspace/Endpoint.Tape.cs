using System.Text.Json.Serialization;
using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Hosting;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Workspaces;

public static partial class CreateWorkspace
{
    /// <param name="Type">closed, open, default or private; closed where it is not given.</param>
    /// <example>
    /// {
    ///   "name": "Task management",
    ///   "type": "closed",
    ///   "description": "Manage all tasks and projects inside this workspace."
    /// }
    /// </example>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
    public sealed record TapeBody(string? Name, string? Type, string? Description);

    internal sealed class TapeEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPost("/v1/workspace", Post)
                .WithName("tape." + nameof(CreateWorkspace)).WithTags("Tape").WithSummary("Create a workspace");

        private static async Task<TapeAnswer<TapeWorkspace>> Post(
            TapeBody body,
            TapeOrganization organization,
            Settings settings,
            Caller caller,
            IMediator mediator,
            CancellationToken ct)
        {
            var (name, type, description) = body;
            var outcome = await organization.With(code => mediator.Send(
                new Command(
                    caller,
                    code,
                    name,
                    Type: type ?? WorkspaceSettings.Closed,
                    Description: description,
                    MostWorkspaces: settings.WorkspacesPerOrganization),
                ct));
            return Tape.Answer(outcome, workspace => TapeWorkspace.Of(workspace.Value));
        }
    }
}
