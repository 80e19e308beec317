using Carter;
using MediatR;
using WorkspaceService.Features.Users;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Organizations;

public static partial class CreateOrganization
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        private const string Route = "/console/organizations/new";

        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet(Route, Get);
            app.MapPost(Route, Post).WithName("console." + nameof(CreateOrganization));
        }

        private static Task<IResult> Get(
            PageAddress address, Caller caller, IMediator mediator, Frames frames, CancellationToken ct) =>
            ShowAsync(
                Form.Of(("owner_id", address["owner_id"]), ("subscription_status", OrganizationSettings.Active)),
                address,
                caller,
                mediator,
                frames,
                ct);

        private static async Task<IResult> Post(
            Form form, PageAddress address, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            var limits = new PlanLimits(
                form.Number("limits/workspaces"),
                form.Number("limits/members"),
                form.Number("limits/active_service_lines"));
            var command = new Command(
                caller,
                form["name"],
                form["slug"],
                form["billing_email"],
                form["owner_id"],
                PlanId: form["plan_id"],
                Limits: limits,
                SubscriptionStatus: form["subscription_status"],
                TrialEndsAt: form.Date("trial_ends_at"));
            if (!(await form.SendAsync(mediator, command, ct)).Succeeded(out var made, out var fault))
            {
                return await ShowAsync(form.Refused(fault), address, caller, mediator, frames, ct);
            }

            return Html.GoTo(
                address["next"] == "workspace"
                    ? $"/console/workspaces/new?organization_id={made.Value.Id}&step=3"
                    : $"/console/organizations/{made.Value.Id}",
                $"{made.Value.Name} is created.");
        }

        private static async Task<IResult> ShowAsync(
            Form form, PageAddress address, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            if (!caller.IsRoot)
            {
                return Html.Refused(form.Fault ?? Faults.Forbidden);
            }

            var frame = await frames.OpenAsync(caller, ct);
            if (form["owner_id"] is { } chosen
                && (await mediator.Send(new GetUser.Query(caller, chosen), ct)).Succeeded(out var owner, out _))
            {
                return Html.Show(new View(frame, address, form, owner.Value, []));
            }

            var people = await mediator.Send(
                new ListUsers.Query(caller, Status: UserObject.Active, Q: address["q"]), ct);
            return Html.Show(new View(frame, address, form, null, people.Match(page => page.Items, _ => [])));
        }
    }

    /// <param name="Owner">Null where none is chosen yet.</param>
    /// <param name="People">Of whom the owner is chosen first, as many as a page has.</param>
    public sealed record View(
        Frame Frame, PageAddress Address, Form Form, UserObject? Owner, IReadOnlyList<UserObject> People)
        : IView<Pages.Organizations.CreateOrganization.Page>;
}
