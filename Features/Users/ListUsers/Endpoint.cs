using Carter;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Users;

/// <summary>
/// Lists the users that the caller may see: itself, and the members of the organizations that it administers.
/// </summary>
public static partial class ListUsers
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/users", Get).WithName(nameof(ListUsers)).WithTags("Users").WithSummary("List users");

        private static async Task<NativeList<UserObject>> Get(
            [FromQuery(Name = "organization_id")] string? organizationId,
            string? status,
            string? q,
            string? email,
            string? cursor,
            int? limit,
            Caller caller,
            IMediator mediator,
            CancellationToken ct)
        {
            var query = new Query(caller, organizationId, status, q, cursor, limit ?? Paging.DefaultLimit, email);
            return Native.List(await mediator.Send(query, ct));
        }
    }
}
