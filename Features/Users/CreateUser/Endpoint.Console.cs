using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Users;

public static partial class CreateUser
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        private const string Route = "/console/users/new";

        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet(Route, Get);
            app.MapPost(Route, Post).WithName("console." + nameof(CreateUser));
        }

        private static Task<IResult> Get(PageAddress address, Caller caller, Frames frames, CancellationToken ct) =>
            ShowAsync(Form.Of(("role", Roles.Member)), address, caller, frames, ct);

        private static async Task<IResult> Post(
            Form form, PageAddress address, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            var organization = address["organization_id"];
            var command = new Command(
                caller, form["name"], form["email"], form["avatar_url"], organization, form["role"]);
            if (!(await form.SendAsync(mediator, command, ct)).Succeeded(out var made, out var fault))
            {
                return await ShowAsync(form.Refused(fault), address, caller, frames, ct);
            }

            var (name, id) = (made.Value.Name, made.Value.Id);
            return address["next"] == "organization"
                ? Html.GoTo(
                    $"/console/organizations/new?owner_id={id}&next=workspace",
                    $"{name} is known to the service now, and is to own the organization.")
                : organization is null ? Html.GoTo($"/console/users/{id}", $"{name} is known to the service now.")
                : Html.GoTo(
                    $"/console/users/{id}?organization_id={organization}",
                    $"{name} is known to the service now, and belongs to the organization.");
        }

        private static async Task<IResult> ShowAsync(
            Form form, PageAddress address, Caller caller, Frames frames, CancellationToken ct)
        {
            var organization = address["organization_id"];
            if (!(await frames.OfListAsync(caller, organization, ct)).Succeeded(out var frame, out var unseen))
            {
                return Html.Refused(form.Fault ?? unseen);
            }

            var refusal = organization is not null
                ? frame.RefusalInOrganization(Need.Manage(Permissions.MembersManage))
                : caller.IsRoot ? null : Faults.Forbidden;
            return refusal is null
                ? Html.Show(new View(frame, address, form))
                : Html.Refused(form.Fault ?? refusal);
        }
    }

    public sealed record View(Frame Frame, PageAddress Address, Form Form) : IView<Pages.Users.CreateUser.Page>;
}
