using System.Net;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.ServiceLines;

[Collection("Clock")]
public sealed class ActivateServiceLineTests(ServiceFixture service)
{
    /// <summary>Every pair of statuses; the transitions of the contract are the only ones that work.</summary>
    public static TheoryData<string, string> Pairs()
    {
        var pairs = new TheoryData<string, string>();
        foreach (var from in new[] { "draft", "active", "paused", "closed", "terminated" })
        {
            foreach (var to in new[] { "active", "paused", "closed", "terminated" })
            {
                pairs.Add(from, to);
            }
        }

        return pairs;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Only_the_transitions_of_the_table_work(string from, string to)
    {
        (string From, string To)[] table =
        [
            ("draft", "active"), ("active", "paused"), ("paused", "active"), ("active", "closed"), ("paused", "closed"),
            ("draft", "terminated"), ("active", "terminated"), ("paused", "terminated"),
        ];
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var line = await tenant.NewLineAsync(workspace.Id, from);

        var response = await tenant.Client.PostAsync(
            new Uri($"/v1/service-lines/{line.Id}/{ActionOf(to)}", UriKind.Relative), null);

        if (table.Contains((from, to)))
        {
            (await response.Data()).GetProperty("status").GetString().Should().Be(to);
            (await service.EventsOfAsync(line.Id))[^1].Type
                .Should().Be(to == "active" ? "service_line.activated" : $"service_line.{to}");
        }
        else
        {
            await response.ShouldBeProblem(HttpStatusCode.Conflict, "invalid_transition");
        }

        await service.CountsShouldBeTrueAsync(workspace.Id);
    }

    [Fact]
    public async Task The_first_activation_is_when_it_started()
    {
        var tenant = await service.NewTenantAsync();
        var line = await tenant.NewLineAsync((await tenant.NewWorkspaceAsync()).Id);

        var first = (await tenant.MoveAsync(line.Id, "active")).Value;
        service.Clock.Advance(TimeSpan.FromMinutes(1));
        await tenant.MoveAsync(line.Id, "paused");
        var second = (await tenant.MoveAsync(line.Id, "active")).Value;

        first.StartedAt.Should().Be(first.UpdatedAt);
        second.StartedAt.Should().Be(first.StartedAt);
        second.UpdatedAt.Should().BeAfter(first.UpdatedAt);
    }

    [Fact]
    public async Task The_plan_limits_active_lines_for_everyone_but_root()
    {
        var tenant = await service.NewTenantAsync(new PlanLimits(null, null, 1));
        var workspace = await tenant.NewWorkspaceAsync();
        var other = await tenant.NewWorkspaceAsync();
        var one = await tenant.NewLineAsync(workspace.Id, "active");
        var two = await tenant.NewLineAsync(other.Id);

        var problem = await (await tenant.Client.PostJson($"/v1/service-lines/{two.Id}/activate", ""))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "plan_limit_exceeded");

        problem.GetProperty("limit").GetString().Should().Be("active_service_lines");
        problem.GetProperty("allowed").GetInt32().Should().Be(1);
        (await service.Do(new GetServiceLine.Query(await tenant.OwnerAsync(), two.Id))).Value.Status
            .Should().Be("draft");
        (await service.Do(new ActivateServiceLine.Command(ServiceFixture.RootCaller, two.Id))).Value.Status
            .Should().Be("active");
        await tenant.MoveAsync(one.Id, "closed");
        await service.CountsShouldBeTrueAsync(workspace.Id, other.Id);
    }

    [Fact]
    public async Task Sixteen_racing_for_the_last_place_give_one_winner()
    {
        var tenant = await service.NewTenantAsync(new PlanLimits(null, null, 3));
        var owner = await tenant.OwnerAsync();
        var workspaces = new[] { await tenant.NewWorkspaceAsync(), await tenant.NewWorkspaceAsync() };
        await tenant.NewLineAsync(workspaces[0].Id, "active");
        await tenant.NewLineAsync(workspaces[1].Id, "active");
        var lines = new List<string>();
        for (var n = 0; n < 16; n++)
        {
            lines.Add((await tenant.NewLineAsync(workspaces[n % 2].Id)).Id);
        }

        var outcomes = await Task.WhenAll(
            lines.Select(line => Task.Run(() => service.Next.Send(new ActivateServiceLine.Command(owner, line)))));

        outcomes.Count(o => o.Succeeded(out _, out _)).Should().Be(1);
        outcomes.Where(o => !o.Succeeded(out _, out _))
            .Should().OnlyContain(o => o.Match(_ => "", f => f.Code) == "plan_limit_exceeded");
        await service.CountsShouldBeTrueAsync(workspaces[0].Id, workspaces[1].Id);
    }

    [Fact]
    public async Task Sixteen_activating_one_line_activate_it_once()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var line = await tenant.NewLineAsync(workspace.Id);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(
            _ => Task.Run(() => service.Next.Send(new ActivateServiceLine.Command(owner, line.Id)))));

        outcomes.Count(o => o.Succeeded(out _, out _)).Should().Be(1);
        (await service.EventsOfAsync(line.Id)).Select(e => e.Type)
            .Should().Equal("service_line.created", "service_line.activated");
        await service.CountsShouldBeTrueAsync(workspace.Id);
    }

    [Theory]
    [InlineData("activate", "draft")]
    [InlineData("pause", "active")]
    [InlineData("close", "active")]
    [InlineData("terminate", "active")]
    public async Task It_takes_a_workspace_admin_or_a_key_that_manages_service_lines(string action, string status)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "open");
        var line = await tenant.NewLineAsync(workspace.Id, status);
        var member = await tenant.NewMemberAsync();
        await tenant.AddToAsync(workspace.Id, member.Id, Roles.Member);
        var outsider = await tenant.NewMemberAsync();
        var url = new Uri($"/v1/service-lines/{line.Id}/{action}", UriKind.Relative);

        await (await member.Client.PostAsync(url, null)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        await (await outsider.Client.PostAsync(url, null)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        await (await service.Client(await tenant.ServiceKeyAsync("secret", null, Permissions.Read, Permissions.Write))
            .PostAsync(url, null))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        await (await service.Client(await tenant.ServiceKeyAsync("publishable")).PostAsync(url, null))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        await (await service.Client(null).PostAsync(url, null))
            .ShouldBeProblem(HttpStatusCode.Unauthorized, "unauthenticated");
        (await service.Client(await tenant.ServiceKeyAsync("secret", workspace.Id, Permissions.ServiceLinesManage))
            .PostAsync(url, null))
            .StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_retry_with_the_same_idempotency_key_gets_the_first_answer()
    {
        var tenant = await service.NewTenantAsync();
        var line = await tenant.NewLineAsync((await tenant.NewWorkspaceAsync()).Id);
        var client = tenant.Client;
        client.DefaultRequestHeaders.Add("Idempotency-Key", "activate-once");

        var first = await client.PostAsync(new Uri($"/v1/service-lines/{line.Id}/activate", UriKind.Relative), null);
        var second = await client.PostAsync(new Uri($"/v1/service-lines/{line.Id}/activate", UriKind.Relative), null);

        (await second.Data()).GetRawText().Should().Be((await first.Data()).GetRawText());
        second.Headers.Contains("Idempotency-Replayed").Should().BeTrue();
        second.Headers.ETag.Should().Be(first.Headers.ETag);
    }

    private static string ActionOf(string status) => status switch
    {
        "active" => "activate",
        "paused" => "pause",
        "closed" => "close",
        _ => "terminate",
    };
}
