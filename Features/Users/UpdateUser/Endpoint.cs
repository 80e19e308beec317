using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Users;

/// <summary>Changes who a user is said to be, and deactivates and reactivates it everywhere at once.</summary>
public static partial class UpdateUser
{
    public sealed record Body
    {
        public Optional<string?> Name { get; init; }

        public Optional<string?> Email { get; init; }

        public Optional<string?> AvatarUrl { get; init; }

        // active or deactivated.
        public Optional<string?> Status { get; init; }

        /// <summary>The managing organization; null for none. Only root changes it.</summary>
        public Optional<string?> ManagedBy { get; init; }
    }

    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPatch("/v1/users/{user}", Patch)
                .WithName(nameof(UpdateUser)).WithTags("Users").WithSummary("Update a user");

        private static async Task<NativeObject<UserObject>> Patch(
            string user, Body body, Precondition ifMatch, Caller caller, IMediator mediator, CancellationToken ct) =>
            Native.Object(await mediator.Send(new Command(caller, user, body, ifMatch), ct));
    }
}
