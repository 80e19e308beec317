using System.Text.Json.Serialization;
using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Users;

public static partial class CreateUser
{
    /// <param name="Role">admin, member or guest; member where it is not given.</param>
    /// <example>{ "name": "Sam Rivera", "email": "sam@example.com", "role": "member" }</example>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
    public sealed record TapeBody(
        string? Name,
        string? Email,
        [property: JsonConverter(typeof(TapeRole)), OneOf(typeof(TapeRole), nameof(TapeRole.Assignable))]
        string? Role);

    internal sealed class TapeEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPost("/v1/org/user", Post)
                .WithName("tape." + nameof(CreateUser)).WithTags("Tape").WithSummary("Create an organization user");

        private static async Task<TapeAnswer<TapeUser>> Post(
            TapeBody body, TapeOrganization organization, Caller caller, IMediator mediator, CancellationToken ct)
        {
            var (name, email, role) = (body.Name, body.Email, body.Role ?? Roles.Member);
            return Tape.Answer(await organization.With(async code =>
                (await mediator.Send(new Command(caller, name, email, OrganizationId: code, Role: role), ct))
                    .Then<TapeUser>(user => TapeUser.Of(code, user.Value, role))));
        }
    }
}
