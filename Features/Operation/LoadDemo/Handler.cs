using MediatR;
using WorkspaceService.Features.ApiKeys;
using WorkspaceService.Features.Integrations;
using WorkspaceService.Features.Members;
using WorkspaceService.Features.Metering;
using WorkspaceService.Features.Organizations;
using WorkspaceService.Features.ServiceLines;
using WorkspaceService.Features.Users;
using WorkspaceService.Features.Workspaces;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.Operation;

public static partial class LoadDemo
{
    public sealed record Command : ICommand<Response>;

    public sealed record Response(IReadOnlyList<LoadedOrganization> Organizations);

    public sealed record LoadedOrganization(
        string Id, string Name, IReadOnlyList<LoadedKey> Keys, IReadOnlyList<string> SamplePaths);

    public sealed record LoadedKey(string Type, string Text, string Description);

    private static readonly Fault NotEmpty = Fault.Conflict(
        "not_empty",
        "The database is not empty, so no demo was loaded into it; its keys were shown when it was. For a new one, "
        + "name another database.");

    private static readonly Organization[] Organizations = [ApexDigital(), HarborStudio(), ScrumLaunch()];

    private sealed class Handler(
        ConnectionFactory db, IMediator mediator, IServiceProvider services, TimeProvider clock)
        : IRequestHandler<Command, Outcome<Response>>
    {
        public async Task<Outcome<Response>> Handle(Command command, CancellationToken ct)
        {
            if (await IsNotEmptyAsync(ct))
            {
                return NotEmpty;
            }

            var sender = new Sender(services.MediatorAt(new FixedClock(Now)), mediator);
            await CreateWorkspacesAsync(sender);
            await CreateServiceLinesAsync(sender);
            foreach (var organization in Organizations.Where(o => o.AfterSetup is not null))
            {
                await organization.AfterSetup!(sender);
            }

            await BackDateAsync();
            var loaded = new List<LoadedOrganization>();
            foreach (var organization in Organizations)
            {
                loaded.Add(await IssueKeysAsync(sender, organization));
            }

            return new Response(loaded);
        }

        // Numbers only grow, so the entities of a kind are created in the order of their numbers, across organizations.
        private async Task CreateWorkspacesAsync(Sender sender)
        {
            foreach (var person in People())
            {
                await ContinueAtAsync(Codes.User, person.Number);
                await sender.SendAsync(new CreateUser.Command(Root, person.Name, person.Email));
            }

            foreach (var organization in Organizations.OrderBy(o => o.Number))
            {
                await ContinueAtAsync(Codes.Organization, organization.Number);
                await sender.SendAsync(new CreateOrganization.Command(
                    Root,
                    organization.Name,
                    BillingEmail: organization.BillingEmail,
                    OwnerId: organization.Owner.Code,
                    PlanId: organization.PlanId));
                foreach (var member in organization.Members)
                {
                    await sender.SendAsync(new AddOrganizationMember.Command(
                        Root, organization.Code, member.Person.Code, Role: member.Role));
                }

                foreach (var person in organization.Members.Select(m => m.Person).Prepend(organization.Owner))
                {
                    await sender.SendAsync(new UpdateUser.Command(
                        Root, person.Code, new() { ManagedBy = organization.Code }));
                }
            }

            foreach (var (organization, workspace) in Workspaces().OrderBy(both => both.Workspace.Number))
            {
                await ContinueAtAsync(Codes.Workspace, workspace.Number);
                await sender.SendAsync(new CreateWorkspace.Command(
                    Root,
                    organization.Code,
                    workspace.Name,
                    workspace.Slug,
                    workspace.Type,
                    workspace.Description,
                    workspace.Settings,
                    workspace.SeatLimit));
                foreach (var member in workspace.Members)
                {
                    await sender.SendAsync(
                        new AddMember.Command(Root, workspace.Code, member.Person.Code, member.Role));
                }
            }
        }

        private async Task CreateServiceLinesAsync(Sender sender)
        {
            foreach (var (workspace, line) in Workspaces()
                .SelectMany(both => both.Workspace.Lines.Select(line => (both.Workspace, line)))
                .OrderBy(both => both.line.Number))
            {
                await ContinueAtAsync(Codes.ServiceLine, line.Number);
                await sender.SendAsync(new CreateServiceLine.Command(
                    Root, workspace.Code, line.Name, line.ProductLine, line.ExecutionModel, line.BillingModel));
                if (line.Health is { } score)
                {
                    await sender.SendAsync(new ActivateServiceLine.Command(Root, line.Code));
                    await sender.SendAsync(new ReportHealth.Command(Root, line.Code, score));
                    await MeterAsync(sender, line);
                }
            }

            foreach (var (_, workspace) in Workspaces())
            {
                foreach (var (type, config) in workspace.Integrations)
                {
                    await sender.SendAsync(new ConnectIntegration.Command(Root, workspace.Code, type, config));
                }
            }
        }

        // In the current month, because workspaces show its cost.
        private async Task MeterAsync(Sender sender, Line line)
        {
            var at = clock.GetUtcNow();
            var results = await sender.SendNowAsync(new RecordMeteringEvents.Command(
                Root, [.. line.Usages.SelectMany(usage => usage.Until(at)).Select((used, n) =>
                    new BatchItem<RecordMeteringEvents.Event>(
                        new(
                            $"demo-{line.Number}-{n}",
                            line.Code,
                            used.Usage.Metric,
                            used.Usage.Quantity,
                            used.Usage.Unit,
                            used.Usage.Cost,
                            "USD",
                            used.At)))]));
            if (results.FirstOrDefault(r => r.Result != RecordMeteringEvents.EventResult.Accepted) is { } other)
            {
                throw new InvalidOperationException($"The demo is at odds with the rules: {other}");
            }
        }

        private static async Task<LoadedOrganization> IssueKeysAsync(Sender sender, Organization organization)
        {
            var keys = new List<LoadedKey>();
            foreach (var key in organization.Keys)
            {
                var scope = key.Person is null ? organization.Code : null;
                var issued = await sender.SendNowAsync(new CreateApiKey.Command(
                    Root, $"Demo, {key.Type}", key.Type, scope, UserId: key.Person?.Code));
                keys.Add(new LoadedKey(key.Type, issued.Value.Key!, key.Description));
            }

            return new LoadedOrganization(organization.Code, organization.Name, keys, organization.SamplePaths);
        }

        private async Task BackDateAsync()
        {
            var people = People().Select(person => (Sql.BackDateUser, (object)new { person.Code, At = person.Since }));
            var organizations = Organizations.Select(
                o => (Sql.BackDateOrganization, (object)new { o.Code, At = o.Since }));
            var organizationMembers = Organizations.SelectMany(
                o => o.Members.Prepend(new Member(o.Owner, Roles.Owner)).Select(
                    m => (Sql.BackDateOrganizationMember,
                        (object)new { o.Code, UserCode = m.Person.Code, At = m.Since ?? o.Since })));
            var workspaces = Workspaces()
                .Select(w => (Sql.BackDateWorkspace, (object)new { w.Workspace.Code, At = w.Workspace.Since }));
            var members = Workspaces()
                .SelectMany(w => w.Workspace.Members.Prepend(new Member(w.Organization.Owner, Roles.Admin)).Select(
                    m => (Sql.BackDateMember,
                        (object)new
                        {
                            w.Workspace.Code,
                            UserCode = m.Person.Code,
                            At = m.Since ?? w.Workspace.Since,
                        })));

            await WriteAsync(async session =>
            {
                foreach (var (sql, parameters) in people.Concat(organizations)
                    .Concat(organizationMembers).Concat(workspaces).Concat(members))
                {
                    await session.ExecuteAsync(sql, parameters);
                }
            });
        }

        private Task ContinueAtAsync(string prefix, long number) =>
            number == 1 ? Task.CompletedTask : WriteAsync(session =>
                Codes.ContinueAfterAsync(session, prefix, number - 1));

        private Task<Outcome<Done>> WriteAsync(Func<Session, Task> work) =>
            db.TransactAsync<Done>(Root, async session =>
            {
                await work(session);
                return Done.It;
            });

        private async Task<bool> IsNotEmptyAsync(CancellationToken ct)
        {
            await using var session = db.Open(ct: ct);
            return await session.ScalarAsync<long>(Sql.CountUsers) > 0;
        }

        private static IEnumerable<Person> People() => Organizations
            .SelectMany(o => o.Members.Select(m => m.Person).Prepend(o.Owner))
            .Distinct()
            .OrderBy(person => person.Number);

        private static IEnumerable<(Organization Organization, Workspace Workspace)> Workspaces() =>
            Organizations.SelectMany(o => o.Workspaces.Select(w => (o, w)));
    }
}
