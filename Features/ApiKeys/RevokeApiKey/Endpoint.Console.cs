using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.ApiKeys;

public static partial class RevokeApiKey
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        private const string Route = "/console/api-keys/{key}/revoke";

        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet(Route, Get);
            app.MapPost(Route, Post).WithName("console." + nameof(RevokeApiKey));
        }

        private static Task<IResult> Get(
            string key, Caller caller, IMediator mediator, Frames frames, CancellationToken ct) =>
            ShowAsync(key, Form.Of(), caller, mediator, frames, ct);

        private static async Task<IResult> Post(
            string key, Form form, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            // Read before it is gone.
            var shown = await mediator.Send(new GetApiKey.Query(caller, key), ct);
            var command = new Command(caller, key, form.IfMatch);
            if (!(await form.SendAsync(mediator, command, ct)).Succeeded(out _, out var fault))
            {
                return await ShowAsync(key, form.Refused(fault), caller, mediator, frames, ct);
            }

            var (name, organization) = shown.Match(its => (its.Value.Name, its.Value.OrganizationId), _ => (key, null));
            var frame = await frames.OpenAsync(caller, organization, ct);
            return Html.GoTo(View.ListOf(frame), $"{name} is revoked.");
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

    public sealed record View(Frame Frame, Versioned<ApiKeyObject> Key, Form Form)
        : IView<Pages.ApiKeys.RevokeApiKey.Page>
    {
        /// <summary>The list of keys that the key stands in.</summary>
        internal static string ListOf(Frame frame) => frame.Organization is { } organization
            ? $"/console/api-keys?organization_id={organization.Id}"
            : "/console/api-keys";
    }
}
