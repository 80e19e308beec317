using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Organizations;

public static partial class TransferOwnership
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        private const string Route = "/console/organizations/{organization}/transfer";

        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet(Route, Get);
            app.MapPost(Route, Post).WithName("console." + nameof(TransferOwnership));
        }

        private static Task<IResult> Get(
            string organization,
            PageAddress address,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct) =>
            ShowAsync(organization, Form.Of(), address, caller, mediator, frames, ct);

        private static async Task<IResult> Post(
            string organization,
            Form form,
            PageAddress address,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            var command = new Command(caller, organization, form["user_id"], form.IfMatch);
            if (!(await form.SendAsync(mediator, command, ct)).Succeeded(out var handed, out var fault))
            {
                form.Refused(fault, (Faults.NotOrganizationMember.Code, "user_id"));
                return await ShowAsync(organization, form, address, caller, mediator, frames, ct);
            }

            var owner = await mediator.Send(
                new GetOrganizationMember.Query(caller, organization, handed.Value.OwnerId), ct);
            return Html.GoTo(
                $"/console/organizations/{organization}/members",
                $"{owner.Match(its => its.Value.Name, _ => handed.Value.OwnerId)} owns {handed.Value.Name} now.");
        }

        private static async Task<IResult> ShowAsync(
            string organization,
            Form form,
            PageAddress address,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            var opened = await frames.OfOrganizationAsync(caller, organization, ct);
            var found = await mediator.Send(new GetOrganization.Query(caller, organization), ct);
            if (!opened.And(found).Succeeded(out var both, out var unseen))
            {
                return Html.Refused(form.Fault ?? unseen);
            }

            var (frame, read) = both;
            var refusal = frame.RefusalInOrganization(Need.Manage(Permissions.Write))
                ?? (frame.OrganizationRole == Roles.Owner ? null : Faults.Forbidden);
            if (refusal is not null)
            {
                return Html.Refused(form.Fault ?? refusal);
            }

            var people = await mediator.Send(
                new ListOrganizationMembers.Query(
                    caller, organization, Status: UserObject.Active, Q: address["q"]),
                ct);
            var others = people.Match(page => page.Items, _ => []).Where(person => person.Role != Roles.Owner);
            return Html.Show(new View(frame, address, read, [.. others], form));
        }
    }

    /// <param name="People">Active members but the owner, as many as a page has.</param>
    public sealed record View(
        Frame Frame,
        PageAddress Address,
        Versioned<OrganizationObject> Organization,
        IReadOnlyList<MemberObject> People,
        Form Form)
        : IView<Pages.Organizations.TransferOwnership.Page>;
}
