using System.Text.Json.Nodes;
using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Caching;
using WorkspaceService.Infrastructure.Database.Sqlite;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Hosting;
using WorkspaceService.Infrastructure.Hosting.Logging;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.OpenApi;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Organizations;

/// <summary>Changes an organization; its plan and its statuses are the operator's to change.</summary>
public static partial class UpdateOrganization
{
    public sealed record Body(
        Optional<string?> Name,
        Optional<string?> Slug,
        Optional<string?> BillingEmail,
        Optional<JsonObject?> Settings,
        Optional<string?> Status,
        Optional<string?> PlanId,
        Optional<LimitsPatch?> Limits,
        Optional<string?> SubscriptionStatus,
        Optional<DateTimeOffset?> TrialEndsAt);

    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPatch("/v1/orgs/{organization}", Patch)
                .WithName(nameof(UpdateOrganization)).WithTags("Organizations").WithSummary("Update an organization");

        private static async Task<NativeObject<OrganizationObject>> Patch(
            string organization, Body body, Precondition ifMatch, Caller caller, IMediator mediator, CancellationToken ct)
        {
            var command = new Command(caller, organization, ifMatch)
            {
                Name = body.Name,
                Slug = body.Slug,
                BillingEmail = body.BillingEmail,
                Settings = body.Settings,
                Status = body.Status,
                PlanId = body.PlanId,
                Limits = body.Limits,
                SubscriptionStatus = body.SubscriptionStatus,
                TrialEndsAt = body.TrialEndsAt,
            };

            return Native.Object(await mediator.Send(command, ct));
        }
    }
}
