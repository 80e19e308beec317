using System.Text.Json.Nodes;
using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Organizations;

/// <summary>Opens an organization under an owner who is known already; only the operator does that.</summary>
public static partial class CreateOrganization
{
    /// <example>
    /// {
    ///   "name": "Apex Digital",
    ///   "slug": "apex-digital",
    ///   "billing_email": "billing@example.com",
    ///   "owner_id": "USR-26-000044",
    ///   "limits": { "workspaces": 20, "members": 250, "active_service_lines": null },
    ///   "subscription_status": "active"
    /// }
    /// </example>
    public sealed record Body(
        string? Name,
        string? Slug,
        string? BillingEmail,
        string? OwnerId,
        string? Status,
        string? PlanId,
        LimitsBody? Limits,
        string? SubscriptionStatus,
        DateTimeOffset? TrialEndsAt,
        JsonObject? Settings);

    public sealed record LimitsBody(long? Workspaces, long? Members, long? ActiveServiceLines);

    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPost("/v1/orgs", Post)
                .WithName(nameof(CreateOrganization)).WithTags("Organizations").WithSummary("Create an organization");

        private static async Task<NativeCreated<OrganizationObject>> Post(
            Body body, Caller caller, IMediator mediator, CancellationToken ct)
        {
            var command = new Command(
                caller,
                body.Name,
                body.Slug,
                body.BillingEmail,
                body.OwnerId,
                body.Status,
                body.PlanId,
                body.Limits is { } limits
                    ? new PlanLimits(limits.Workspaces, limits.Members, limits.ActiveServiceLines)
                    : null,
                body.SubscriptionStatus,
                body.TrialEndsAt,
                body.Settings);

            return Native.Created(await mediator.Send(command, ct), organization => $"/v1/orgs/{organization.Id}");
        }
    }
}
