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

namespace WorkspaceService.Features.Metering;

/// <summary>
/// Records what service lines used and what it cost, each event once and for good, with a result for each.
/// </summary>
public static partial class RecordMeteringEvents
{
    /// <example>
    /// {
    ///   "events": [
    ///     {
    ///       "id": "2026-04-01/LIN-26-084729/hours",
    ///       "service_line_id": "LIN-26-084729",
    ///       "metric": "engineering_hours",
    ///       "quantity": 7.5,
    ///       "unit": "hours",
    ///       "cost": 712.50,
    ///       "currency": "USD",
    ///       "occurred_at": "2026-04-01T17:00:00Z"
    ///     }
    ///   ]
    /// }
    /// </example>
    public sealed record Body(IReadOnlyList<BatchItem<Event>>? Events);

    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPost("/v1/metering/events", Post)
                .WithName(nameof(RecordMeteringEvents)).WithTags("Metering").WithSummary("Record metering events");

        private static async Task<NativeValue<IReadOnlyList<EventResult>>> Post(
            Body body, Caller caller, IMediator mediator, CancellationToken ct) =>
            Native.Value(await mediator.Send(new Command(caller, body.Events), ct));
    }
}
