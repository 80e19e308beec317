using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Metering;

/// <summary>Takes a new reading of a service line's health; an older reading never replaces a newer one.</summary>
public static partial class ReportHealth
{
    public sealed record Body(long? Score, DateTimeOffset? ObservedAt);

    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPut("/v1/service-lines/{serviceLine}/health", Put)
                .WithName(nameof(ReportHealth)).WithTags("Metering").WithSummary("Report the health of a service line");

        private static async Task<NativeObject<ServiceLineObject>> Put(
            string serviceLine,
            Body body,
            Precondition ifMatch,
            Caller caller,
            IMediator mediator,
            CancellationToken ct) =>
            Native.Object(await mediator.Send(
                new Command(caller, serviceLine, body.Score, body.ObservedAt, ifMatch), ct));
    }
}
