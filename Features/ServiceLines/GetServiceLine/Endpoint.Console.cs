using Carter;
using MediatR;
using WorkspaceService.Features.Metering;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.ServiceLines;

public static partial class GetServiceLine
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/console/service-lines/{serviceLine}", Get).WithName("console." + nameof(GetServiceLine));

        private static async Task<IResult> Get(
            string serviceLine, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            if (!(await mediator.Send(new Query(caller, serviceLine), ct)).Succeeded(out var line, out var fault))
            {
                return Html.Refused(fault);
            }

            var frame = await frames.OfWorkspaceAsync(caller, line.Value.WorkspaceId, ct);
            var usage = await mediator.Send(new ShowUsage.Query(caller, serviceLine), ct);
            return frame.And(usage).Match(both => Html.Show(new View(both.First, line, both.Second)), Html.Refused);
        }
    }

    /// <param name="Usage">Of this month.</param>
    public sealed record View(Frame Frame, Versioned<ServiceLineObject> Line, ShowUsage.Response Usage)
        : IView<Pages.ServiceLines.GetServiceLine.Page>;
}
