using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Users;

/// <summary>
/// Shows one user to itself, to the operator, and to those who administer an organization of the user's.
/// </summary>
public static partial class GetUser
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/users/{user}", Get).WithName(nameof(GetUser)).WithTags("Users").WithSummary("Get a user");

        private static async Task<NativeObject<UserObject>> Get(
            string user, Caller caller, IMediator mediator, CancellationToken ct) =>
            Native.Object(await mediator.Send(new Query(caller, user), ct));
    }
}
