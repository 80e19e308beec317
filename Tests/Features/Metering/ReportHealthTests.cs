using System.Net;
using WorkspaceService.Features.ServiceLines;
using WorkspaceService.Features.Workspaces;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;
using Xunit.Abstractions;

namespace WorkspaceService.Features.Metering;

[Collection("Metering")]
public sealed class ReportHealthTests(ServiceFixture service, ITestOutputHelper output)
{
    [Fact]
    public async Task The_line_shows_its_latest_score()
    {
        var tenant = await service.NewTenantAsync();
        var line = await tenant.NewLineAsync((await tenant.NewWorkspaceAsync()).Id, "active");

        var response = await tenant.Client.PutJson($"/v1/service-lines/{line.Id}/health", new { score = 87 });

        (await response.Data()).GetProperty("health_score").GetInt32().Should().Be(87);
        response.Headers.ETag.Should().NotBeNull();
        (await tenant.Client.GetAsync($"/v1/service-lines/{line.Id}")).Headers.ETag.Should().Be(response.Headers.ETag);
    }

    [Theory]
    [InlineData(new long[] { 80, 85 }, 83)]
    [InlineData(new long[] { 80, 84, 81 }, 82)]
    [InlineData(new long[] { 0, 1 }, 1)]
    [InlineData(new long[] { 0, 0, 1 }, 0)]
    [InlineData(new long[] { 100, 100 }, 100)]
    [InlineData(new long[] { 0 }, 0)]
    [InlineData(new long[0], null)]
    public async Task The_workspace_shows_the_rounded_mean_of_its_active_lines(long[] scores, int? mean)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var owner = await tenant.OwnerAsync();
        await tenant.NewLineAsync(workspace.Id, "active");
        foreach (var status in new[] { "draft", "paused" })
        {
            await service.Do(new ReportHealth.Command(owner, (await tenant.NewLineAsync(workspace.Id, status)).Id, 1));
        }

        foreach (var score in scores)
        {
            var line = await tenant.NewLineAsync(workspace.Id, "active");
            await service.Do(new ReportHealth.Command(owner, line.Id, 50, service.Clock.Now.AddHours(-1)));
            await service.Do(new ReportHealth.Command(owner, line.Id, score));
        }

        var shown = await service.Do(new GetWorkspace.Query(owner, workspace.Id));

        shown.Value.HealthScore.Should().Be(mean);
        await service.CountsShouldBeTrueAsync(workspace.Id);
    }

    [Fact]
    public async Task A_line_that_stops_or_resumes_takes_its_score_along()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var owner = await tenant.OwnerAsync();
        var good = await tenant.NewLineAsync(workspace.Id, "active");
        var bad = await tenant.NewLineAsync(workspace.Id, "active");
        await service.Do(new ReportHealth.Command(owner, good.Id, 90));
        await service.Do(new ReportHealth.Command(owner, bad.Id, 10));

        async Task<long?> MeanAsync() =>
            (await service.Do(new GetWorkspace.Query(owner, workspace.Id))).Value.HealthScore;

        (await MeanAsync()).Should().Be(50);
        await tenant.MoveAsync(bad.Id, "paused");
        (await MeanAsync()).Should().Be(90);
        await service.Do(new ReportHealth.Command(owner, bad.Id, 30));
        await tenant.MoveAsync(bad.Id, "active");
        (await MeanAsync()).Should().Be(60);
        await tenant.MoveAsync(bad.Id, "closed");
        await tenant.MoveAsync(good.Id, "terminated");
        (await MeanAsync()).Should().BeNull();
    }

    [Fact]
    public async Task An_older_reading_never_replaces_a_newer_one()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var line = await tenant.NewLineAsync(workspace.Id, "active");
        var owner = await tenant.OwnerAsync();
        var now = service.Clock.Now;

        var newer = await service.Do(new ReportHealth.Command(owner, line.Id, 80, now.AddMinutes(-1)));
        var older = await service.Do(new ReportHealth.Command(owner, line.Id, 20, now.AddMinutes(-2)));
        var newest = await service.Do(new ReportHealth.Command(owner, line.Id, 60, now.AddMinutes(-1)));

        newer.Value.HealthScore.Should().Be(80);
        older.Value.HealthScore.Should().Be(80);
        newest.Value.HealthScore.Should()
            .Be(60, "of two readings of one moment the one that comes later is the better known");
        await service.CountsShouldBeTrueAsync(workspace.Id);
    }

    [Fact]
    public async Task Racing_readings_leave_the_newest()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var line = await tenant.NewLineAsync(workspace.Id, "active");
        var owner = await tenant.OwnerAsync();
        var now = service.Clock.Now;

        await Task.WhenAll(Enumerable.Range(0, 16).Select(n => Task.Run(() =>
            service.Next.Do(new ReportHealth.Command(owner, line.Id, n, now.AddMinutes(-n))))));

        (await service.Do(new GetServiceLine.Query(owner, line.Id))).Value.HealthScore.Should().Be(0);
        await service.CountsShouldBeTrueAsync(workspace.Id);
    }

    [Fact]
    public async Task A_reading_is_no_edit_but_a_changed_score_is_told()
    {
        var tenant = await service.NewTenantAsync();
        var line = await tenant.NewLineAsync((await tenant.NewWorkspaceAsync()).Id);
        var owner = await tenant.OwnerAsync();

        await service.Do(new ReportHealth.Command(owner, line.Id, 80));
        await service.Do(new ReportHealth.Command(owner, line.Id, 80));
        var after = await service.Do(new ReportHealth.Command(owner, line.Id, 70));

        after.Version.Should().Be(1);
        after.Value.UpdatedAt.Should().Be(line.UpdatedAt);
        (await service.EventsOfAsync(line.Id))
            .Select(e => (e.Type, e.Changes.Contains("health_score", StringComparison.Ordinal))).Should().Equal(
                ("service_line.created", false), ("service_line.updated", true), ("service_line.updated", true));
    }

    [Theory]
    [InlineData("{}", "/score")]
    [InlineData("{\"score\":null}", "/score")]
    [InlineData("{\"score\":-1}", "/score")]
    [InlineData("{\"score\":101}", "/score")]
    [InlineData("{\"score\":87.5}", "/score")]
    [InlineData("{\"score\":\"87\"}", "/score")]
    [InlineData("{\"score\":87,\"observed_at\":\"noon\"}", "/observed_at")]
    [InlineData("{\"score\":87,\"observed_at\":\"2999-01-01T00:00:00Z\"}", "/observed_at")]
    [InlineData("{\"score\":87,\"why\":1}", "/why")]
    public async Task What_is_wrong_is_pointed_at(string body, string pointer)
    {
        var tenant = await service.NewTenantAsync();
        var line = await tenant.NewLineAsync((await tenant.NewWorkspaceAsync()).Id, "active");

        var problem = await (await tenant.Client.PutJson($"/v1/service-lines/{line.Id}/health", body))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");

        problem.GetProperty("errors")[0].GetProperty("pointer").GetString().Should().Be(pointer);
    }

    [Fact]
    public async Task A_clock_that_is_a_little_ahead_does_not_keep_later_readings_out()
    {
        var tenant = await service.NewTenantAsync();
        var line = await tenant.NewLineAsync((await tenant.NewWorkspaceAsync()).Id, "active");
        var owner = await tenant.OwnerAsync();

        await service.Do(new ReportHealth.Command(owner, line.Id, 80, service.Clock.Now.AddMinutes(4)));
        service.Clock.Advance(TimeSpan.FromSeconds(1));

        (await service.Do(new ReportHealth.Command(owner, line.Id, 70))).Value.HealthScore.Should().Be(70);
        (await service.Refused(new ReportHealth.Command(owner, line.Id, 60, service.Clock.Now.AddMinutes(6)))).Code
            .Should().Be("validation_failed");
    }

    [Theory]
    [InlineData("closed")]
    [InlineData("terminated")]
    public async Task An_ended_line_takes_no_readings(string status)
    {
        var tenant = await service.NewTenantAsync();
        var line = await tenant.NewLineAsync((await tenant.NewWorkspaceAsync()).Id, status);

        await (await tenant.Client.PutJson($"/v1/service-lines/{line.Id}/health", new { score = 1 }))
            .ShouldBeProblem(HttpStatusCode.Conflict, "invalid_transition");
    }

    [Fact]
    public async Task It_takes_a_workspace_admin_or_a_key_that_writes_metering()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var line = await tenant.NewLineAsync(workspace.Id, "active");
        var member = await tenant.NewMemberAsync();
        await tenant.AddToAsync(workspace.Id, member.Id, Roles.Member);
        var stranger = await service.NewTenantAsync();
        var body = new { score = 50 };
        var url = $"/v1/service-lines/{line.Id}/health";

        await (await member.Client.PutJson(url, body)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        await (await stranger.Client.PutJson(url, new { score = 1000 }))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        await (await service.Client(await tenant.ServiceKeyAsync("secret", null, Permissions.ServiceLinesManage))
            .PutJson(url, body)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await service.Client(await tenant.ServiceKeyAsync("secret", workspace.Id, Permissions.MeteringWrite))
            .PutJson(url, body)).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task After_a_random_history_all_counts_are_true()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var workspaces = new[] { (await tenant.NewWorkspaceAsync()).Id, (await tenant.NewWorkspaceAsync()).Id };
        var lines = new List<string>();
        var random = Seeded.Random(output);
        for (var step = 0; step < 300; step++)
        {
            switch (random.Next(6))
            {
                case 0 when lines.Count < 30:
                    lines.Add((await tenant.NewLineAsync(workspaces[random.Next(2)])).Id);
                    break;
                case 1 when lines.Count > 0:
                    await service.Send(new ReportHealth.Command(
                        owner,
                        lines[random.Next(lines.Count)],
                        random.Next(101),
                        service.Clock.Now.AddMinutes(-random.Next(3))));
                    break;
                case > 1 when lines.Count > 0:
                    string[] ways = ["active", "active", "paused", "active", "paused", "closed", "terminated"];
                    await service.Send(ServiceLineFixture.Move(
                        owner, lines[random.Next(lines.Count)], ways[random.Next(random.Next(8) == 0 ? 7 : 5)]));
                    break;
            }
        }

        lines.Should().NotBeEmpty();
        await service.CountsShouldBeTrueAsync(workspaces);
    }
}
