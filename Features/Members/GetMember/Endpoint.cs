using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Members;

/// <summary>Shows one who belongs to a workspace, as a member or by organization role.</summary>
public static partial class GetMember
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/workspaces/{workspace}/members/{user}", Get)
                .WithName(nameof(GetMember)).WithTags("Members").WithSummary("Get a member of a workspace");

        private static async Task<NativeObject<MemberObject>> Get(
            string workspace, string user, Caller caller, IMediator mediator, CancellationToken ct) =>
            Native.Object(await mediator.Send(new Query(caller, workspace, user), ct));
    }
}
