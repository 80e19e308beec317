using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.ApiKeys;

public static partial class RotateApiKey
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        private const string Route = "/console/api-keys/{key}/rotate";

        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet(Route, Get);
            app.MapPost(Route, Post).WithName("console." + nameof(RotateApiKey));
        }

        private static Task<IResult> Get(
            string key, Caller caller, IMediator mediator, Frames frames, CancellationToken ct) =>
            ShowAsync(key, Form.Of(("overlap_seconds", View.Overlaps[1])), caller, mediator, frames, ct);

        private static async Task<IResult> Post(
            string key, Form form, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            var command = new Command(caller, key, form.Number("overlap_seconds") ?? 0, form.IfMatch);
            if (!(await form.SendAsync(mediator, command, ct)).Succeeded(out var rotated, out var fault))
            {
                return await ShowAsync(key, form.Refused(fault), caller, mediator, frames, ct);
            }

            var frame = await frames.OpenAsync(caller, rotated.Value.OrganizationId, ct);
            return Html.Show(new View(frame, rotated, form));
        }

        private static async Task<IResult> ShowAsync(
            string key, Form form, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            if (!(await mediator.Send(new GetApiKey.Query(caller, key), ct)).Succeeded(out var found, out var unseen))
            {
                return Html.Refused(form.Fault ?? unseen);
            }

            var frame = await frames.OpenAsync(caller, found.Value.OrganizationId, ct);
            return frame.RefusalOfKeys is { } refusal
                ? Html.Refused(form.Fault ?? refusal)
                : Html.Show(new View(frame, found, form));
        }
    }

    /// <param name="Key">With its new text, which is shown this once, after the rotation.</param>
    public sealed record View(Frame Frame, Versioned<ApiKeyObject> Key, Form Form)
        : IView<Pages.ApiKeys.RotateApiKey.Page>
    {
        /// <summary>How long the old text goes on opening the key, in seconds.</summary>
        internal static readonly string[] Overlaps = ["0", "3600", "86400", "604800"];
    }
}
