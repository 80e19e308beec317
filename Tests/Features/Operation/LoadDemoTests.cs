using System.Net;
using System.Text.RegularExpressions;
using WorkspaceService.Features.Members;
using WorkspaceService.Features.ServiceLines;
using WorkspaceService.Features.Workspaces;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Operation;

[Collection("Demo")]
public sealed partial class LoadDemoTests(DemoFixture service)
{
    [Fact]
    public async Task The_workspace_of_the_seed_has_its_code_and_its_times()
    {
        var workspace = (await service.Do(new GetWorkspace.Query(ServiceFixture.RootCaller, "WS-26-000021"))).Value;

        workspace.OrganizationId.Should().Be("ORG-26-090500");
        workspace.Name.Should().Be("Platform Engineering");
        workspace.Slug.Should().Be("platform-engineering");
        workspace.MemberCount.Should().Be(14);
        workspace.CreatedAt.Should().Be(new DateTimeOffset(2024, 3, 15, 10, 0, 0, TimeSpan.Zero));
        workspace.UpdatedAt.Should().Be(new DateTimeOffset(2026, 4, 1, 9, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public async Task Each_person_is_managed_by_its_organization()
    {
        var users = await service.ReadAsync<string>(
            """
            SELECT u.code FROM users u
            JOIN organization_members om ON om.user_id = u.id AND om.organization_id = u.managed_by
            """);

        users.Should().HaveCount((int)(await service.ReadAsync<long>("SELECT COUNT(*) FROM users"))[0]);
    }

    [Fact]
    public async Task Sam_Rivera_is_its_first_member_and_admin_since_it_began()
    {
        var members = (await service.Do(new ListMembers.Query(ServiceFixture.RootCaller, "WS-26-000021"))).Items;

        members.Should().HaveCount(14);
        members[0].UserId.Should().Be("USR-26-000044");
        members[0].Role.Should().Be(Roles.Admin);
        members[0].JoinedAt.Should().Be(new DateTimeOffset(2024, 3, 15, 10, 0, 0, TimeSpan.Zero));
        members.Should().NotContain(member => member.UserId == "USR-26-000081");
        members.Should().OnlyContain(member => member.Email!.EndsWith("@example.com"));
    }

    [Fact]
    public async Task What_runs_in_it_has_the_metrics_of_the_seed()
    {
        var workspace = (await service.Do(new GetWorkspace.Query(ServiceFixture.RootCaller, "WS-26-000021"))).Value;
        var lines = (await service.Do(new ListServiceLines.Query(
            ServiceFixture.RootCaller, WorkspaceId: "WS-26-000021", Status: "active"))).Items;

        (workspace.ActiveServiceLines, workspace.HealthScore, workspace.CostMtd, workspace.Currency)
            .Should().Be((6, 87, 142650.00m, "USD"));
        lines.Should().HaveCount(6).And.OnlyContain(line => line.HealthScore > 0);
        await service.CountsShouldBeTrueAsync("WS-26-000021");
    }

    [Fact]
    public async Task What_is_made_next_goes_on_from_its_numbers()
    {
        // In an organization of its own: what the demo loaded stays as it is, for the others who look at it.
        var workspace = await (await service.NewTenantAsync()).NewWorkspaceAsync();

        long.Parse(workspace.Id[^6..], System.Globalization.CultureInfo.InvariantCulture).Should().BeGreaterThan(91);
        workspace.CreatedAt.Should()
            .BeCloseTo(service.Clock.Now, TimeSpan.FromMinutes(1), "the demo's clock is the demo's alone");
    }

    [Fact]
    public async Task A_database_that_is_not_empty_is_left_alone() =>
        (await service.Refused(new LoadDemo.Command())).Code.Should().Be("not_empty");

    [Fact]
    public async Task Its_keys_are_shown_once_and_the_lines_that_it_proposes_work_as_they_are()
    {
        await using var database = await TestDatabase.NewAsync();
        await using (var first = await ServiceProcess.ListeningAsync(database, "--demo"))
        {
            await first.HasSaidAsync("Try:");
            foreach (var (type, email) in new[] { ("user", true), ("secret", true), ("publishable", false) })
            {
                var key = Regex.Match(first.Output, $@"{type}_key_\w+").Value;
                var me = await (await first.Client(key).GetAsync("/v1/me")).Data();
                me.GetProperty("kind").GetString().Should().Be(type);
                var members = await (await first.Client(key).GetAsync("/v1/workspaces/WS-26-000021/members")).Data();
                members[0].GetProperty("email").GetString().Should().Be(email ? "sam@example.com" : null);
            }

            var lines = CurlLine().Matches(first.Output);
            lines.Should().HaveCount(4);
            foreach (Match line in lines)
            {
                line.Groups["url"].Value.Should().StartWith(first.Address);
                (await first.Client(line.Groups["key"].Value).GetAsync(new Uri(line.Groups["url"].Value))).StatusCode
                    .Should().Be(HttpStatusCode.OK, line.Value);
            }

            var console = Regex.Match(first.Output, @"(http\S+)/console +(user_key_\w+)");
            using var visitor = await ConsoleVisitor.SignInAsync(
                new Uri(console.Groups[1].Value), console.Groups[2].Value);
            visitor.Address.Should().Be("/console/organizations/ORG-26-090500");

            first.Terminate();
            await first.EndAsync();
        }

        await using var second = await ServiceProcess.ListeningAsync(database, "--demo");
        await second.HasSaidAsync("The database is not empty");
        second.Output.Should().NotContain("_key_");
    }

    [GeneratedRegex("curl -H 'Authorization: Bearer (?<key>[^']+)' '(?<url>[^']+)'")]
    private static partial Regex CurlLine();
}
