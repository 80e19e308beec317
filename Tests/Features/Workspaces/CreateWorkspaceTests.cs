using System.Net;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Workspaces;

[Collection("Workspaces")]
public sealed class CreateWorkspaceTests(ServiceFixture service)
{
    [Fact]
    public async Task It_answers_as_the_seed_says()
    {
        var tenant = await service.NewTenantAsync();

        var response = await tenant.Client.PostJson(
            "/v1/workspaces",
            new { organization_id = tenant.Id, name = "Platform Engineering", slug = "platform-engineering" });

        var workspace = await response.Data(HttpStatusCode.Created);
        var id = workspace.GetProperty("id").GetString();
        id.Should().MatchRegex(@"^WS-\d\d-\d{6}$");
        response.Headers.Location!.ToString().Should().Be($"/v1/workspaces/{id}");
        workspace.GetProperty("organization_id").GetString().Should().Be(tenant.Id);
        workspace.GetProperty("slug").GetString().Should().Be("platform-engineering");
        workspace.GetProperty("status").GetString().Should().Be("active");
        workspace.GetProperty("type").GetString().Should().Be("private");
        workspace.GetProperty("member_count").GetInt32().Should().Be(1);
        workspace.GetProperty("created_at").GetString().Should().MatchRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$");
        var read = await (await tenant.Client.GetAsync($"/v1/workspaces/{id}")).Data();
        read.GetRawText().Should().Be(workspace.GetRawText());
    }

    [Fact]
    public async Task A_taken_slug_is_a_conflict_in_the_same_organization_only()
    {
        var tenant = await service.NewTenantAsync();
        var other = await service.NewTenantAsync();
        await service.Do(new CreateWorkspace.Command(await tenant.OwnerAsync(), tenant.Id, "One", "taken"));

        (await service.Refused(new CreateWorkspace.Command(await tenant.OwnerAsync(), tenant.Id, "Two", "taken"))).Code
            .Should().Be("slug_taken");
        (await service.Do(new CreateWorkspace.Command(await other.OwnerAsync(), other.Id, "Two", "taken"))).Value.Slug
            .Should().Be("taken");
    }

    [Theory]
    [InlineData("Žluťoučký Kůň & Söhne!", "zlutoucky-kun-sohne")]
    [InlineData("  Task management (NEW) ", "task-management-new")]
    [InlineData("Straße Æther", "strasse-aether")]
    [InlineData("日本", "workspace")]
    public async Task A_slug_is_derived_from_the_name(string name, string slug)
    {
        var tenant = await service.NewTenantAsync();

        var first = await service.Do(new CreateWorkspace.Command(await tenant.OwnerAsync(), tenant.Id, name));
        var second = await service.Do(new CreateWorkspace.Command(await tenant.OwnerAsync(), tenant.Id, name));
        var third = await service.Do(new CreateWorkspace.Command(await tenant.OwnerAsync(), tenant.Id, name));

        new[] { first.Value.Slug, second.Value.Slug, third.Value.Slug }.Should().Equal(slug, $"{slug}-2", $"{slug}-3");
    }

    [Fact]
    public async Task Sixteen_racing_for_one_slug_give_one_winner()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(n =>
            Task.Run(() => service.Next.Send(
                new CreateWorkspace.Command(owner, tenant.Id, $"Racer {n}", "the-slug")))));

        outcomes.Count(o => o.Succeeded(out _, out _)).Should().Be(1);
        outcomes.Where(o => !o.Succeeded(out _, out _))
            .Should().OnlyContain(o => o.Match(_ => "", f => f.Code) == "slug_taken");
    }

    [Fact]
    public async Task The_plan_limits_workspaces_for_everyone_but_root()
    {
        var tenant = await service.NewTenantAsync(new PlanLimits(1, null, null));
        await service.Do(new CreateWorkspace.Command(await tenant.OwnerAsync(), tenant.Id, "One"));

        var refused = await service.Refused(new CreateWorkspace.Command(await tenant.OwnerAsync(), tenant.Id, "Two"));

        refused.Code.Should().Be("plan_limit_exceeded");
        refused.Details["limit"].Should().Be("workspaces");
        (await service.Do(new CreateWorkspace.Command(ServiceFixture.RootCaller, tenant.Id, "Two"))).Value.MemberCount
            .Should().Be(1);
    }

    [Theory]
    [InlineData(Roles.Member, true, "forbidden")]
    [InlineData(Roles.Member, false, null)]
    [InlineData(Roles.Viewer, false, "forbidden")]
    [InlineData(Roles.Admin, true, null)]
    public async Task Members_create_only_where_the_ceiling_is_off(string role, bool ceiling, string? code)
    {
        var tenant = await service.NewTenantAsync(ceiling: ceiling);
        var member = await tenant.NewMemberAsync(role);

        var outcome = await service.Send(new CreateWorkspace.Command(await member.CallerAsync(), tenant.Id, "Mine"));

        outcome.Match(_ => (string?)null, fault => fault.Code).Should().Be(code);
    }

    [Fact]
    public async Task What_is_wrong_is_said_with_a_pointer_each()
    {
        var tenant = await service.NewTenantAsync();

        var response = await tenant.Client.PostJson("/v1/workspaces", new
        {
            organization_id = tenant.Id,
            name = new string('x', 121),
            slug = "-no",
            type = "secret",
            seat_limit = 0,
            settings = new { default_currency = "usd" },
        });

        var problem = await response.ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");
        problem.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("pointer").GetString())
            .Should().BeEquivalentTo("/name", "/slug", "/type", "/seat_limit", "/settings/default_currency");
    }

    [Fact]
    public async Task Names_too_long_for_a_number_are_numbered_all_the_same_in_a_few_statements()
    {
        var tenant = await service.NewTenantAsync();
        var named = new CreateWorkspace.Command(
            await tenant.OwnerAsync(), tenant.Id, new string('a', 60) + " bcd " + new string('e', 40));

        var slugs = new List<string>();
        for (var n = 0; n < 12; n++)
        {
            slugs.Add((await service.Do(named)).Value.Slug);
        }

        slugs.Should().OnlyHaveUniqueItems().And.OnlyContain(slug => slug.Length <= 63);
        slugs[1].Should().EndWith("-2");
        slugs[11].Should().EndWith("-12");
        var (_, few) = await service.Counted(named);
        var (_, first) = await service.Counted(named with { Name = "Never before" });
        few.Should().Be(first, "the taken ones are listed, not tried one by one");
    }
}
