using System.Globalization;
using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Invitations;

public static partial class InviteMembers
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        private const string Route = "/console/workspaces/{workspace}/invitations/new";

        // More than any invitation may last; such a number is refused by the service, and adding it overflows nothing.
        private const long ManyDays = 1000;

        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet(Route, Get);
            app.MapPost(Route, Post).WithName("console." + nameof(InviteMembers));
        }

        private static Task<IResult> Get(string workspace, Caller caller, Frames frames, CancellationToken ct) =>
            ShowAsync(
                workspace,
                Form.Of(("role", Roles.Member), ("expires_at", View.DefaultDays)),
                ServiceOrigin.None,
                [],
                caller,
                frames,
                ct);

        // One address is answered beside its field, several with a list of what became of each.
        private static async Task<IResult> Post(
            string workspace,
            Form form,
            ServiceOrigin origin,
            TimeProvider clock,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            var addresses = (form["email"] ?? "")
                .Split(['\n', ',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Distinct(StringComparer.OrdinalIgnoreCase).ToList();
            DateTimeOffset? expiresAt = form.Number("expires_at") is { } days
                ? clock.GetUtcNow().AddDays(Math.Clamp(days, -ManyDays, ManyDays))
                : null;
            var invited = addresses.Count > 1
                ? await form.SendAsync(
                    mediator,
                    new BatchCommand(
                        caller,
                        workspace,
                        addresses.ConvertAll(address => new Invitee(address, form["role"], expiresAt))),
                    ct)
                : (await form.SendAsync(
                    mediator,
                    new Command(caller, workspace, addresses.FirstOrDefault(), form["role"], expiresAt),
                    ct)).Then<IReadOnlyList<Result>>(one => ResultsOf(one.Value));
            return invited.Succeeded(out var results, out var fault)
                ? await ShowAsync(workspace, AgainOf(form, results), origin, results, caller, frames, ct)
                : await ShowAsync(
                    workspace,
                    form.Refused(
                        OfField(fault),
                        (Membership.AlreadyMember.Code, "email"),
                        (InvitationLifecycle.AlreadyPending.Code, "email"),
                        (UserRecords.UserDeactivated.Code, "email")),
                    origin,
                    [],
                    caller,
                    frames,
                    ct);
        }

        // Who was not invited stands in the form again, to be corrected.
        private static Form AgainOf(Form form, IReadOnlyList<Result> results) => Form.Of(
            ("email", string.Join('\n', results.Where(its => its.Invitation is null).Select(its => its.Email))),
            ("role", form["role"]),
            ("expires_at", form["expires_at"]));

        // The list of a batch is one field here.
        private static Fault OfField(Fault fault) => fault.Errors is [{ Pointer: "/invitations" } error]
            ? Fault.Invalid("/email", error.Code, error.Message)
            : fault;

        private static List<Result> ResultsOf(InvitationObject invitation) =>
            [new(invitation.Email, Result.Invited, null, invitation)];

        private static async Task<IResult> ShowAsync(
            string workspace,
            Form form,
            ServiceOrigin origin,
            IReadOnlyList<Result> results,
            Caller caller,
            Frames frames,
            CancellationToken ct)
        {
            if (!(await frames.OfWorkspaceAsync(caller, workspace, ct)).Succeeded(out var frame, out var unseen))
            {
                return Html.Refused(unseen);
            }

            return frame.RefusalInWorkspace(Need.Manage(Permissions.MembersManage)) is { } refused
                ? Html.Refused(form.Fault ?? refused)
                : Html.Show(new View(frame, form, origin, results));
        }
    }

    /// <param name="Answers">What became of each address; empty before the form is sent.</param>
    public sealed record View(Frame Frame, Form Form, ServiceOrigin Origin, IReadOnlyList<Result> Answers)
        : IView<Pages.Invitations.InviteMembers.Page>
    {
        internal const string DefaultDays = "7";

        internal static readonly string[] Days = ["1", "3", DefaultDays, "14", "30"];

        public IEnumerable<InvitationObject> Invited =>
            Answers.Where(result => result.Invitation is not null).Select(result => result.Invitation!);

        /// <summary>Why an address of several was not invited.</summary>
        public static string ReasonOf(Result result) => result.Code switch
        {
            "validation_failed" => "This is no e-mail address, or the expiry is out of range.",
            Faults.SeatLimitReached => "All seats of the workspace are taken.",
            { } code when code == Membership.AlreadyMember.Code => "Belongs to the workspace already.",
            { } code when code == InvitationLifecycle.AlreadyPending.Code => "Has an open invitation already.",
            { } code when code == Faults.RoleExceedsOrganizationRole.Code => Faults.RoleExceedsOrganizationRole.Message,
            { } code when code == UserRecords.UserDeactivated.Code => UserRecords.UserDeactivated.Message,
            var code => Words.Of(code ?? ""),
        };

        /// <summary>How a number of days is called.</summary>
        public static string NameOf(string days) => Words.Count(long.Parse(days, CultureInfo.InvariantCulture), "day");
    }
}
