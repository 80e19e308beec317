using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Organizations;

/// <summary>
/// Takes a person into the organization: a user whom the caller sees, or a new one by name and e-mail address.
/// </summary>
public static partial class AddOrganizationMember
{
    /// <example>{ "email": "sam@example.com", "name": "Sam Rivera", "role": "admin" }</example>
    public sealed record Body(string? UserId, string? Email, string? Name, string? Role);

    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPost("/v1/orgs/{organization}/members", Post)
                .WithName(nameof(AddOrganizationMember)).WithTags("Organizations")
                .WithSummary("Add an organization member");

        private static async Task<NativeCreated<MemberObject>> Post(
            string organization, Body body, Caller caller, IMediator mediator, CancellationToken ct)
        {
            var command = new Command(caller, organization, body.UserId, body.Email, body.Name, body.Role);
            return Native.Created(
                await mediator.Send(command, ct), member => $"/v1/orgs/{organization}/members/{member.UserId}");
        }
    }
}
