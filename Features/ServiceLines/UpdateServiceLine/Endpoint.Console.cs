using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.ServiceLines;

public static partial class UpdateServiceLine
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        private const string Route = "/console/service-lines/{serviceLine}/edit";

        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet(Route, Get);
            app.MapPost(Route, Post).WithName("console." + nameof(UpdateServiceLine));
        }

        private static async Task<IResult> Get(
            string serviceLine, Caller caller, IMediator mediator, Frames frames, CancellationToken ct) =>
            (await mediator.Send(new GetServiceLine.Query(caller, serviceLine), ct)).Succeeded(
                out var line, out var fault)
                ? await ShowAsync(line, FormOf(line.Value), caller, frames, ct)
                : Html.Refused(fault);

        private static async Task<IResult> Post(
            string serviceLine, Form form, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            var found = await mediator.Send(new GetServiceLine.Query(caller, serviceLine), ct);
            if (!found.Succeeded(out var line, out var unseen))
            {
                return Html.Refused(unseen);
            }

            var shown = FormOf(line.Value);
            var patch = new Body
            {
                Name = form["name"],
                ProjectTags = new(form.Lines("project_tags")),
                Config = MergePatch.Between(line.Value.Config.ToObject(), form.Json("config") ?? []),
                SubscriptionId = form["subscription_id"],
                StartsAt = form["starts_at"] == shown["starts_at"] ? default : new(form.Date("starts_at")),
                EndsAt = form["ends_at"] == shown["ends_at"] ? default : new(form.Date("ends_at")),
            };
            var command = new Command(caller, serviceLine, patch, form.IfMatch);
            return (await form.SendAsync(mediator, command, ct)).Succeeded(out var saved, out var fault)
                ? Html.GoTo($"/console/service-lines/{serviceLine}", $"{saved.Value.Name} is saved.")
                : await ShowAsync(line, form.Refused(fault), caller, frames, ct);
        }

        // A day stands for the time of the day that it has; only another day is a change.
        private static Form FormOf(ServiceLineObject line) => Form.Of(
            ("name", line.Name),
            ("project_tags", string.Join('\n', line.ProjectTags)),
            ("config", Words.Json(line.Config)),
            ("subscription_id", line.SubscriptionId),
            ("starts_at", line.StartsAt is { } start ? JsonConventions.TimeText(start)[..10] : null),
            ("ends_at", line.EndsAt is { } end ? JsonConventions.TimeText(end)[..10] : null));

        private static async Task<IResult> ShowAsync(
            Versioned<ServiceLineObject> line, Form form, Caller caller, Frames frames, CancellationToken ct) =>
            (await frames.OfWorkspaceAsync(caller, line.Value.WorkspaceId, ct)).Match(
                frame => frame.MayManageServiceLines
                    ? Html.Show(new View(frame, line, form))
                    : Html.Refused(form.Fault ?? Faults.Forbidden),
                Html.Refused);
    }

    public sealed record View(Frame Frame, Versioned<ServiceLineObject> Line, Form Form)
        : IView<Pages.ServiceLines.UpdateServiceLine.Page>;
}
