using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Users;

public static partial class UpdateUser
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        private const string Editing = "/console/users/{user}/edit";
        private const string Standing = "/console/users/{user}/status";

        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet(Editing, GetEditing);
            app.MapPost(Editing, PostEditing).WithName("console." + nameof(UpdateUser));
            app.MapGet(Standing, GetStanding);
            app.MapPost(Standing, PostStanding).WithName("console." + nameof(UpdateUser) + ".status");
        }

        private static Task<IResult> GetEditing(
            string user,
            PageAddress address,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct) =>
            ShowAsync(user, false, null, address, caller, mediator, frames, ct);

        private static Task<IResult> PostEditing(
            string user,
            Form form,
            PageAddress address,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            var patch = new Body
            {
                Name = form.Given("name"),
                Email = form.Given("email"),
                AvatarUrl = form.Given("avatar_url"),
                ManagedBy = form.Given("managed_by"),
            };
            return SendAsync(user, false, patch, form, address, caller, mediator, frames, ct);
        }

        private static Task<IResult> GetStanding(
            string user,
            PageAddress address,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct) =>
            ShowAsync(user, true, null, address, caller, mediator, frames, ct);

        private static Task<IResult> PostStanding(
            string user,
            Form form,
            PageAddress address,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct) =>
            SendAsync(
                user, true, new Body { Status = form.Given("status") }, form, address, caller, mediator, frames, ct);

        private static async Task<IResult> SendAsync(
            string user,
            bool isStanding,
            Body patch,
            Form form,
            PageAddress address,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            var command = new Command(caller, user, patch, form.IfMatch);
            if (!(await form.SendAsync(mediator, command, ct)).Succeeded(out var changed, out var fault))
            {
                form.Refused(fault, (Faults.NotFound.Code, "managed_by"));
                return await ShowAsync(user, isStanding, form, address, caller, mediator, frames, ct);
            }

            var name = changed.Value.Name;
            return Html.GoTo(
                View.PageOf(user, address),
                !isStanding ? $"What is known of {name} is saved."
                : changed.Value.Status == UserObject.Active ? $"{name} is active again."
                : $"{name} is deactivated.");
        }

        private static async Task<IResult> ShowAsync(
            string user,
            bool isStanding,
            Form? form,
            PageAddress address,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            var found = await mediator.Send(new GetUser.Query(caller, user), ct);
            var powers = await mediator.Send(new Query(caller, user), ct);
            if (!found.And(powers).Succeeded(out var both, out var unseen))
            {
                return Html.Refused(form?.Fault ?? unseen);
            }

            var (read, may) = both;
            if ((isStanding ? may.Status : may.Profile) is { } refusal)
            {
                return Html.Refused(form?.Fault ?? refusal);
            }

            var shown = read.Value;
            var filled = Form.Of(
                ("name", shown.Name),
                ("email", shown.Email),
                ("avatar_url", shown.AvatarUrl),
                ("managed_by", shown.ManagedBy));
            var frame = await frames.OpenAsync(caller, address["organization_id"] ?? shown.ManagedBy, ct);
            return Html.Show(new View(frame, address, isStanding, read, may, form ?? filled));
        }
    }

    /// <param name="IsStanding">True for the page that deactivates and reactivates; else the user is edited.</param>
    /// <param name="May">What the caller may change of the user.</param>
    public sealed record View(
        Frame Frame, PageAddress Address, bool IsStanding, Versioned<UserObject> User, Response May, Form Form)
        : IView<Pages.Users.UpdateUser.Page>
    {
        /// <summary>The user's page, in the organization that it was left in.</summary>
        internal static string PageOf(string user, PageAddress address) =>
            address["organization_id"] is { } organization
                ? $"/console/users/{user}?organization_id={Uri.EscapeDataString(organization)}"
                : $"/console/users/{user}";
    }
}
