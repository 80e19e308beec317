using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Metering;

/// <summary>Shows what a service line used and cost in a period, summed up by metric.</summary>
public static partial class ShowUsage
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/service-lines/{serviceLine}/usage", Get)
                .WithName(nameof(ShowUsage)).WithTags("Metering").WithSummary("Show the usage of a service line");

        private static async Task<NativeValue<Response>> Get(
            string serviceLine, string? from, string? to, Caller caller, IMediator mediator, CancellationToken ct) =>
            Native.Value(await mediator.Send(new Query(caller, serviceLine, from, to), ct));
    }
}
