using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Members;

/// <summary>Gives an active organization member a role and a seat in a workspace.</summary>
public static partial class AddMember
{
    public sealed record Body(string? UserId, string? Role);

    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPost("/v1/workspaces/{workspace}/members", Post)
                .WithName(nameof(AddMember)).WithTags("Members").WithSummary("Add a member");

        private static async Task<NativeCreated<MemberObject>> Post(
            string workspace, Body body, Caller caller, IMediator mediator, CancellationToken ct) =>
            Native.Created(
                await mediator.Send(new Command(caller, workspace, body.UserId, body.Role), ct),
                member => $"/v1/workspaces/{workspace}/members/{member.UserId}");
    }
}
