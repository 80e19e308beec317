using Carter;
using MediatR;
using WorkspaceService.Features.ApiKeys;
using WorkspaceService.Features.Organizations;
using WorkspaceService.Features.ServiceLines;
using WorkspaceService.Features.Users;
using WorkspaceService.Features.Webhooks;
using WorkspaceService.Features.Workspaces;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Search;

/// <summary>
/// Finds what somebody has at hand: a code leads to its page, the id of a request to what it did, and a name or an
/// address to the organizations, workspaces and users that have it.
/// </summary>
public static partial class SearchConsole
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/console/search", Get).WithName("console." + nameof(SearchConsole));

        private static async Task<IResult> Get(
            PageAddress address, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            var text = Bare(address["q"] ?? "");
            var frame = await frames.OpenAsync(caller, ct);
            if (text.Length == 0)
            {
                return Html.Show(View.OfNothing(frame));
            }

            var found = (await mediator.Send(new Query(caller, text), ct)).Match(its => its, _ => Response.Nothing);
            if (found.Found is { } thing)
            {
                return await IsSeenAsync(thing, caller, mediator, frames, ct)
                    ? Html.GoTo(Places.Of(thing.Kind, thing.Id, thing.Within)!)
                    : Html.Show(new View(frame, text, Response.Nothing, [], [], []));
            }

            var organizations = await mediator.Send(
                new ListOrganizations.Query(caller, Q: text, Limit: View.Rows), ct);
            var workspaces = await mediator.Send(new ListWorkspaces.Query(caller, Q: text, Limit: View.Rows), ct);
            var users = await mediator.Send(new ListUsers.Query(caller, Q: text, Limit: View.Rows), ct);
            var view = new View(frame, text, found, RowsOf(organizations), RowsOf(workspaces), RowsOf(users));
            return view.Only is { } only ? Html.GoTo(only) : Html.Show(view);
        }

        // Without what a text has around it where it was copied.
        private static string Bare(string text)
        {
            text = text.Trim().Trim('"', '\'', '<', '>', '(', ')', '[', ']', ',', ';', ':', '.');
            return text.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase) ? text["mailto:".Length..] : text;
        }

        // By what its page asks.
        private static async Task<bool> IsSeenAsync(
            Thing thing, Caller caller, IMediator mediator, Frames frames, CancellationToken ct) => thing.Kind switch
            {
                "organization" => (await frames.OfOrganizationAsync(caller, thing.Id, ct)).Succeeded(out _, out _),
                "workspace" => (await frames.OfWorkspaceAsync(caller, thing.Id, ct)).Succeeded(out _, out _),
                "user" => (await mediator.Send(new GetUser.Query(caller, thing.Id), ct)).Succeeded(out _, out _),
                "service_line" =>
                    (await mediator.Send(new GetServiceLine.Query(caller, thing.Id), ct)).Succeeded(out _, out _),
                "api_key" => (await mediator.Send(new GetApiKey.Query(caller, thing.Id), ct)).Succeeded(out _, out _),
                "webhook" => (await mediator.Send(new GetWebhook.Query(caller, thing.Id), ct)).Succeeded(out _, out _),
                _ => true, // it was looked for where it is
            };

        // What the caller may not list has no hits.
        private static IReadOnlyList<T> RowsOf<T>(Outcome<Page<T>> listed) => listed.Match(page => page.Items, _ => []);
    }

    public sealed record View(
        Frame Frame,
        string Text,
        Response Found,
        IReadOnlyList<OrganizationObject> Organizations,
        IReadOnlyList<WorkspaceRow> Workspaces,
        IReadOnlyList<UserObject> Users) : IView<Pages.Search.SearchConsole.Page>
    {
        internal const int Rows = 6; // one more than are shown

        internal bool IsEmpty => Hits.Count == 0 && Found.Entries.Count == 0;

        /// <summary>The address of the one thing that was found; null where there is not just one.</summary>
        internal string? Only => Found.Entries.Count == 0 && Hits.Count == 1 ? Hits[0] : null;

        private IReadOnlyList<string> Hits =>
        [
            .. Organizations.Select(its => Places.Of("organization", its.Id)!),
            .. Workspaces.Select(its => Places.Of("workspace", its.Id)!),
            .. Users.Select(its => Places.Of("user", its.Id)!),
        ];

        internal static View OfNothing(Frame frame) => new(frame, "", Response.Nothing, [], [], []);
    }
}
