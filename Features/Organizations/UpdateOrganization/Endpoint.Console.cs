using System.Text.Json.Nodes;
using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Organizations;

public static partial class UpdateOrganization
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        private const string Route = "/console/organizations/{organization}/settings";

        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet(Route, Get);
            app.MapPost(Route, Post).WithName("console." + nameof(UpdateOrganization));
        }

        private static Task<IResult> Get(
            string organization, Caller caller, IMediator mediator, Frames frames, CancellationToken ct) =>
            ShowAsync(organization, null, caller, mediator, frames, ct);

        private static async Task<IResult> Post(
            string organization,
            Form form,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            var command = new Command(caller, organization, PatchOf(form), form.IfMatch);
            return (await form.SendAsync(mediator, command, ct)).Succeeded(out var updated, out var fault)
                ? Html.GoTo(
                    $"/console/organizations/{organization}/settings",
                    $"The settings of {updated.Value.Name} are saved.")
                : await ShowAsync(organization, form.Refused(fault), caller, mediator, frames, ct);
        }

        private static async Task<IResult> ShowAsync(
            string organization,
            Form? form,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            var opened = await frames.OfOrganizationAsync(caller, organization, ct);
            var found = await mediator.Send(new GetOrganization.Query(caller, organization), ct);
            if (!opened.And(found).Succeeded(out var both, out var unseen))
            {
                return Html.Refused(unseen);
            }

            var (frame, read) = both;
            return frame.RefusalInOrganization(Need.Manage(Permissions.Write)) is { } refusal
                ? Html.Refused(form?.Fault ?? refusal)
                : Html.Show(new View(frame, read, form ?? FormOf(read.Value)));
        }

        // The plan is shown to the operator alone, and then given as a whole.
        private static Body PatchOf(Form form)
        {
            var patch = new Body
            {
                Name = form.Given("name"),
                Slug = form.Given("slug"),
                BillingEmail = form.Given("billing_email"),
                Settings = new JsonObject { [Ceiling] = form.IsChecked($"settings/{Ceiling}") },
                Status = form.Given("status"),
                PlanId = form.Given("plan_id"),
                SubscriptionStatus = form.Given("subscription_status"),
            };
            return !form.Has("plan_id") ? patch : patch with
            {
                Limits = new LimitsPatch(
                    form.Number("limits/workspaces"),
                    form.Number("limits/members"),
                    form.Number("limits/active_service_lines")),

                // A trial may end within a day; the day that was shown is no change.
                TrialEndsAt = form["trial_ends_at"] == form["trial_ends_at_shown"]
                    ? default
                    : new Optional<DateTimeOffset?>(form.Date("trial_ends_at")),
            };
        }

        private static Form FormOf(OrganizationObject organization)
        {
            var hasCeiling = OrganizationSettings.HasCeiling(
                OrganizationSettings.Merge(organization.Settings.ToObject(), null));
            var trialEnds = $"{organization.TrialEndsAt?.UtcDateTime:yyyy-MM-dd}";
            return Form.Of(
                ("name", organization.Name),
                ("slug", organization.Slug),
                ("billing_email", organization.BillingEmail),
                ($"settings/{Ceiling}", hasCeiling ? true : null),
                ("status", organization.Status),
                ("plan_id", organization.PlanId),
                ("limits/workspaces", organization.LimitWorkspaces),
                ("limits/members", organization.LimitMembers),
                ("limits/active_service_lines", organization.LimitActiveServiceLines),
                ("subscription_status", organization.SubscriptionStatus),
                ("trial_ends_at", trialEnds),
                ("trial_ends_at_shown", trialEnds));
        }

        private const string Ceiling = "workspace_role_ceiling";
    }

    public sealed record View(Frame Frame, Versioned<OrganizationObject> Organization, Form Form)
        : IView<Pages.Organizations.UpdateOrganization.Page>;
}
