using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Users;

/// <summary>
/// Makes a person known to the service; an organization's admin makes it a member of the organization too.
/// </summary>
public static partial class CreateUser
{
    /// <example>{ "name": "Sam Rivera", "email": "sam@example.com" }</example>
    public sealed record Body(string? Name, string? Email, string? AvatarUrl, string? OrganizationId, string? Role);

    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPost("/v1/users", Post).WithName(nameof(CreateUser)).WithTags("Users").WithSummary("Create a user");

        private static async Task<NativeCreated<UserObject>> Post(
            Body body, Caller caller, IMediator mediator, CancellationToken ct)
        {
            var command = new Command(caller, body.Name, body.Email, body.AvatarUrl, body.OrganizationId, body.Role);
            return Native.Created(await mediator.Send(command, ct), user => $"/v1/users/{user.Id}");
        }
    }
}
