using System.Text.Json.Nodes;
using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Organizations;

/// <summary>Changes an organization; its plan and its statuses are the operator's to change.</summary>
public static partial class UpdateOrganization
{
    public sealed record Body
    {
        public Optional<string?> Name { get; init; }

        public Optional<string?> Slug { get; init; }

        public Optional<string?> BillingEmail { get; init; }

        // A merge patch of the settings; null puts them all back to their defaults.
        public Optional<JsonObject?> Settings { get; init; }

        public Optional<string?> Status { get; init; }

        public Optional<string?> PlanId { get; init; }

        // A merge patch of the limits; null lifts them all.
        public Optional<LimitsPatch?> Limits { get; init; }

        public Optional<string?> SubscriptionStatus { get; init; }

        public Optional<DateTimeOffset?> TrialEndsAt { get; init; }
    }

    /// <summary>Limits that are to change; null is unlimited.</summary>
    public sealed record LimitsPatch(
        Optional<long?> Workspaces, Optional<long?> Members, Optional<long?> ActiveServiceLines);

    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPatch("/v1/orgs/{organization}", Patch)
                .WithName(nameof(UpdateOrganization)).WithTags("Organizations").WithSummary("Update an organization");

        private static async Task<NativeObject<OrganizationObject>> Patch(
            string organization,
            Body body,
            Precondition ifMatch,
            Caller caller,
            IMediator mediator,
            CancellationToken ct) =>
            Native.Object(await mediator.Send(new Command(caller, organization, body, ifMatch), ct));
    }
}
