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

/// <summary>Changes what a service line that has not ended is called, is labelled with, and is planned to be.</summary>
public static partial class UpdateServiceLine
{
    public sealed record Body
    {
        public Optional<string?> Name { get; init; }

        public Optional<IReadOnlyList<string>?> ProjectTags { get; init; }

        public Optional<JsonObject?> Config { get; init; }

        public Optional<string?> SubscriptionId { get; init; }

        public Optional<DateTimeOffset?> StartsAt { get; init; }

        public Optional<DateTimeOffset?> EndsAt { get; init; }
    }

    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPatch("/v1/service-lines/{serviceLine}", Patch)
                .WithName(nameof(UpdateServiceLine)).WithTags("Service lines").WithSummary("Update a service line");

        private static async Task<NativeObject<ServiceLineObject>> Patch(
            string serviceLine,
            Body body,
            Precondition ifMatch,
            Caller caller,
            IMediator mediator,
            CancellationToken ct) =>
            Native.Object(await mediator.Send(new Command(caller, serviceLine, body, ifMatch), ct));
    }
}
