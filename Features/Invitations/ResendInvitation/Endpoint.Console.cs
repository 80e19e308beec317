using System.Globalization;
using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Invitations;

public static partial class ResendInvitation
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        private const string Route = "/console/workspaces/{workspace}/invitations/{invitation}/resend";

        // More than any invitation may last; such a number is refused by the service, and adding it overflows nothing.
        private const long ManyDays = 1000;

        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet(Route, Get);
            app.MapPost(Route, Post).WithName("console." + nameof(ResendInvitation));
        }

        private static Task<IResult> Get(
            string workspace,
            string invitation,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct) =>
            ShowAsync(
                workspace, invitation, Form.Of(("expires_at", View.DefaultDays)), null, caller, mediator, frames, ct);

        private static async Task<IResult> Post(
            string workspace,
            string invitation,
            Form form,
            ServiceOrigin origin,
            TimeProvider clock,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            DateTimeOffset? expiresAt = form.Number("expires_at") is { } days
                ? clock.GetUtcNow().AddDays(Math.Clamp(days, -ManyDays, ManyDays))
                : null;
            var command = new Command(caller, workspace, invitation, expiresAt, form.IfMatch);
            return (await form.SendAsync(mediator, command, ct)).Succeeded(out var sent, out var fault)
                ? await ShowAsync(
                    workspace,
                    invitation,
                    Form.Of(),
                    $"{origin}/console/invitations/{sent.Value.Token}",
                    caller,
                    mediator,
                    frames,
                    ct)
                : await ShowAsync(workspace, invitation, form.Refused(fault), null, caller, mediator, frames, ct);
        }

        private static async Task<IResult> ShowAsync(
            string workspace,
            string invitation,
            Form form,
            string? link,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            var frame = await frames.OfWorkspaceAsync(caller, workspace, ct);
            var shown = await mediator.Send(new GetInvitation.Query(caller, workspace, invitation), ct);
            return frame.And(shown).Then<View>(both =>
                    both.First.RefusalInWorkspace(Need.Manage(Permissions.MembersManage)) is { } refused
                        ? form.Fault ?? refused
                        : new View(both.First, both.Second, form, link))
                .Match(Html.Show, Html.Refused);
        }
    }

    /// <param name="Link">What the invitee opens; null before there is a new one.</param>
    public sealed record View(Frame Frame, Versioned<InvitationObject> Invitation, Form Form, string? Link)
        : IView<Pages.Invitations.ResendInvitation.Page>
    {
        internal const string DefaultDays = "7";

        internal static readonly string[] Days = ["1", "3", DefaultDays, "14", "30"];

        /// <summary>How a number of days is called.</summary>
        public static string NameOf(string days) => Words.Count(long.Parse(days, CultureInfo.InvariantCulture), "day");
    }
}
