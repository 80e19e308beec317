using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Webhooks;

/// <summary>
/// Has the events of an organization, or of one workspace, posted to an address from now on; the secret that signs them
/// is shown this once.
/// </summary>
public static partial class CreateWebhook
{
    /// <param name="Secret">Made by the service: not to be given.</param>
    /// <example>
    /// {
    ///   "organization_id": "ORG-26-090500",
    ///   "workspace_id": "WS-26-000021",
    ///   "url": "https://hooks.example.com/workspaces",
    ///   "description": "Tells the directory who joined and who left.",
    ///   "events": ["member.*", "workspace.archived"]
    /// }
    /// </example>
    public sealed record Body(
        string? OrganizationId,
        string? WorkspaceId,
        string? Url,
        string? Description,
        IReadOnlyList<string>? Events,
        string? Status,
        string? Secret);

    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPost("/v1/webhooks", Post)
                .WithName(nameof(CreateWebhook)).WithTags("Webhooks").WithSummary("Create a webhook");

        private static async Task<NativeCreated<WebhookObject>> Post(
            Body body, Caller caller, IMediator mediator, CancellationToken ct)
        {
            var command = new Command(
                caller,
                body.OrganizationId,
                body.Url,
                body.Events,
                body.WorkspaceId,
                body.Description,
                body.Status ?? WebhookObject.Enabled,
                body.Secret);
            return Native.Created(await mediator.Send(command, ct), webhook => $"/v1/webhooks/{webhook.Id}");
        }
    }
}
