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

namespace WorkspaceService.Features.ServiceLines;

/// <summary>Drafts a service line in a workspace; it counts nowhere until it is activated.</summary>
public static partial class CreateServiceLine
{
    public sealed record Body(
        string? Name,
        string? WorkspaceId,
        string? ProductLine,
        string? ExecutionModel,
        string? BillingModel,
        string? SubscriptionId,
        IReadOnlyList<string>? ProjectTags,
        JsonObject? Config,
        DateTimeOffset? StartsAt,
        DateTimeOffset? EndsAt);

    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPost("/v1/service-lines", Post)
                .WithName(nameof(CreateServiceLine)).WithTags("Service lines").WithSummary("Create a service line");

        private static async Task<NativeCreated<ServiceLineObject>> Post(
            Body body, Caller caller, IMediator mediator, CancellationToken ct)
        {
            var command = new Command(
                caller,
                body.WorkspaceId,
                body.Name,
                body.ProductLine,
                body.ExecutionModel,
                body.BillingModel,
                body.SubscriptionId,
                body.ProjectTags,
                body.Config,
                body.StartsAt,
                body.EndsAt);

            return Native.Created(await mediator.Send(command, ct), line => $"/v1/service-lines/{line.Id}");
        }
    }
}
