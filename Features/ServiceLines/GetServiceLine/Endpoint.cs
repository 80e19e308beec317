using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.ServiceLines;

/// <summary>Shows one service line to those with a role in its workspace.</summary>
public static partial class GetServiceLine
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/service-lines/{serviceLine}", Get)
                .WithName(nameof(GetServiceLine)).WithTags("Service lines").WithSummary("Get a service line");

        private static async Task<NativeObject<ServiceLineObject>> Get(
            string serviceLine, Caller caller, IMediator mediator, CancellationToken ct) =>
            Native.Object(await mediator.Send(new Query(caller, serviceLine), ct));
    }
}
