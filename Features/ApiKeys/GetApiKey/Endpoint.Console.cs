using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.ApiKeys;

public static partial class GetApiKey
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/console/api-keys/{key}", Get).WithName("console." + nameof(GetApiKey));

        private static async Task<IResult> Get(
            string key, Caller caller, IMediator mediator, Frames frames, CancellationToken ct) =>
            (await mediator.Send(new Query(caller, key), ct)).Succeeded(out var found, out var unseen)
                ? Html.Show(new View(await frames.OpenAsync(caller, found.Value.OrganizationId, ct), found.Value))
                : Html.Refused(unseen);
    }

    public sealed record View(Frame Frame, ApiKeyObject Key) : IView<Pages.ApiKeys.GetApiKey.Page>;
}
