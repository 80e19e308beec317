using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Organizations;

/// <summary>Lists every member of an organization with its role, at once.</summary>
public static partial class ListAllOrganizationMembers
{
    /// <param name="Total">How many there are.</param>
    public sealed record TapeResponse(int Total, IReadOnlyList<TapeUser> Users);

    internal sealed class TapeEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/org/user", Get)
                .WithName("tape." + nameof(ListAllOrganizationMembers)).WithTags("Tape")
                .WithSummary("Retrieve organization users");

        private static async Task<TapeAnswer<TapeResponse>> Get(
            TapeOrganization organization, Caller caller, IMediator mediator, CancellationToken ct) =>
            Tape.Answer(await organization.With(async code =>
                (await mediator.Send(new Query(caller, code), ct)).Then<TapeResponse>(members =>
                    new TapeResponse(members.Count, [.. members.Select(member => TapeUser.Of(code, member))]))));
    }
}
