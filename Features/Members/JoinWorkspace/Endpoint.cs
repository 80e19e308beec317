using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Members;

/// <summary>Lets a person who sees an open workspace become a member of it by itself.</summary>
public static partial class JoinWorkspace
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPost("/v1/workspaces/{workspace}/join", Post)
                .WithName(nameof(JoinWorkspace)).WithTags("Members").WithSummary("Join an open workspace");

        private static async Task<NativeCreated<MemberObject>> Post(
            string workspace, Precondition ifMatch, Caller caller, IMediator mediator, CancellationToken ct) =>
            Native.Created(
                await mediator.Send(new Command(caller, workspace, ifMatch), ct),
                member => $"/v1/workspaces/{workspace}/members/{member.UserId}");
    }
}
