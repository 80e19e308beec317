using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Members;

/// <summary>Lists who belongs to a workspace; on request also those who do by their organization role.</summary>
public static partial class ListMembers
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/workspaces/{workspace}/members", Get)
                .WithName(nameof(ListMembers)).WithTags("Members").WithSummary("List the members of a workspace");

        private static async Task<NativeList<MemberObject>> Get(
            string workspace,
            string? include,
            string? role,
            string? status,
            string? q,
            string? cursor,
            int? limit,
            Caller caller,
            IMediator mediator,
            CancellationToken ct)
        {
            var query = new Query(caller, workspace, include, role, status, q, cursor, limit ?? Paging.DefaultLimit);
            return Native.List(await mediator.Send(query, ct));
        }
    }
}
