using System.Text.Json.Serialization;
using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Invitations;

public static partial class InviteMembers
{
    /// <param name="UserEmails">1–500 addresses; who accepts becomes a member.</param>
    /// <example>{ "user_emails": ["ada@example.com", "grace@example.com"] }</example>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
    public sealed record V4Body(IReadOnlyList<string?>? UserEmails);

    /// <summary>Every address is in one of the four.</summary>
    /// <example>
    /// {
    ///   "successfully_invited_users": ["ada@example.com"],
    ///   "already_invited_users": [],
    ///   "already_on_workspace": ["grace@example.com"],
    ///   "invalid_emails": []
    /// }
    /// </example>
    public sealed record V4Buckets(
        IReadOnlyList<string?> SuccessfullyInvitedUsers,
        IReadOnlyList<string?> AlreadyInvitedUsers,
        IReadOnlyList<string?> AlreadyOnWorkspace,
        IReadOnlyList<string?> InvalidEmails);

    internal sealed class V4Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPost("/api/v4/invites", Post)
                .WithName("v4." + nameof(InviteMembers)).WithTags("V4")
                .WithSummary("Invite people to the caller's own workspace");

        private static async Task<V4Answer<V4Buckets>> Post(
            CurrentWorkspaceCode own, V4Body body, Caller caller, IMediator mediator, CancellationToken ct)
        {
            var invitees = (body.UserEmails ?? []).Select(email => new Invitee(email, Roles.Member));
            var outcome = await mediator.Send(new BatchCommand(caller, own.Code, [.. invitees]), ct);
            return V4.Object(
                outcome,
                results => new V4Buckets(
                    Of(results, Result.Invited),
                    Of(results, Result.AlreadyPending),
                    Of(results, Result.AlreadyMember),
                    Of(results, Result.Refused)),
                UnderUserEmails);
        }

        private static List<string?> Of(IReadOnlyList<Result> results, string outcome) =>
            [.. results.Where(r => r.Outcome == outcome).Select(r => r.Email)];

        // The body names the addresses user_emails, the message invitations.
        private static Fault UnderUserEmails(Fault fault) =>
            fault with { Errors = [.. fault.Errors.Select(error => error with { Pointer = "/user_emails" })] };
    }
}
