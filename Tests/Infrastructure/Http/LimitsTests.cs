using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Hosting;
using WorkspaceService.Features.Workspaces;

namespace WorkspaceService.Infrastructure.Http;

/// <summary>The limits that an operator sets.</summary>
public sealed class LimitsTests(LimitsTests.LimitedService service) : IClassFixture<LimitsTests.LimitedService>
{
    private const int RequestsPerMinute = 60;

    private const int WorkspacesPerOrganization = 3;

    [Fact]
    public async Task A_key_that_has_used_up_its_minute_waits_for_as_long_as_it_is_told()
    {
        var tenant = await service.NewTenantAsync();
        var first = await tenant.Client.GetAsync("/v1/me");
        first.Headers.GetValues("RateLimit-Policy").Single().Should().Be($"\"default\";q={RequestsPerMinute};w=60");
        first.Headers.GetValues("RateLimit").Single().Should().StartWith($"\"default\";r={RequestsPerMinute - 1};t=");

        var refused = await UseUpAsync(tenant.Client, "/v1/me");

        await refused.ShouldBeProblem(HttpStatusCode.TooManyRequests, "rate_limited");
        refused.Headers.GetValues("RateLimit").Single().Should().StartWith("\"default\";r=0;t=");
        var wait = int.Parse(refused.Headers.GetValues("Retry-After").Single(), CultureInfo.InvariantCulture);
        wait.Should().BeInRange(1, 2);
        await Task.Delay(TimeSpan.FromSeconds(wait + 0.5));
        (await tenant.Client.GetAsync("/v1/me")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Each_surface_says_it_its_own_way_and_no_other_key_is_held_up()
    {
        var tenant = await service.NewTenantAsync();
        await tenant.NewWorkspaceAsync();

        await (await UseUpAsync(tenant.Client, "/v1/workspace/org"))
            .ShouldBeTapeError(HttpStatusCode.TooManyRequests, "user_too_many_requests");
        var v4 = await UseUpAsync(tenant.Client, "/api/v4/workspaces");
        (await v4.Json()).GetProperty("message").GetString().Should().NotBeNullOrEmpty();

        var other = service.Client(await service.UserKeyAsync(tenant.Owner.Id));
        (await other.GetAsync("/v1/me")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await tenant.Client.GetAsync("/livez")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await tenant.Client.GetAsync("/readyz")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Sixteen_at_once_make_no_more_workspaces_than_an_organization_may_have_on_Tape()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(
            n => tenant.Client.PostJson("/v1/workspace", new { name = $"Workspace {n}" })));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).Should().Be(WorkspacesPerOrganization);
        foreach (var refused in answers.Where(answer => answer.StatusCode != HttpStatusCode.OK))
        {
            await refused.ShouldBeTapeError(HttpStatusCode.Forbidden, "restricted_resource");
        }

        (await service.Do(new ListWorkspaces.Query(owner, tenant.Id))).Items
            .Should().HaveCount(WorkspacesPerOrganization);
        await service.Do(new CreateWorkspace.Command(owner, tenant.Id, "The native surface has its plans instead"));
    }

    [Fact]
    public async Task A_workspace_with_an_active_line_is_not_deleted_on_Tape()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        await tenant.NewLineAsync(workspace.Id, "active");

        var refused = await tenant.Client.DeleteAsync($"/v1/workspace/{workspace.Id.Number()}");

        await refused.ShouldBeTapeError(HttpStatusCode.Conflict, "conflict_error");
        (await tenant.Client.GetAsync($"/v1/workspaces/{workspace.Id}")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    // A bucket is filled up again while it is being emptied, so it takes a few more than it holds.
    private static async Task<HttpResponseMessage> UseUpAsync(HttpClient client, string url)
    {
        for (var n = 0; n < RequestsPerMinute * 2; n++)
        {
            var response = await client.GetAsync(url);
            if (response.StatusCode == HttpStatusCode.TooManyRequests)
            {
                return response;
            }

            response.StatusCode.Should().Be(HttpStatusCode.OK);
        }

        throw new InvalidOperationException("It never ended.");
    }

    public sealed class LimitedService : ServiceFixture
    {
        protected override void Configure(IWebHostBuilder builder)
        {
            builder.UseSetting("Limits:RequestsPerMinute", RequestsPerMinute.ToString(CultureInfo.InvariantCulture));
            builder.UseSetting(
                "Limits:WorkspacesPerOrganization", WorkspacesPerOrganization.ToString(CultureInfo.InvariantCulture));
        }
    }
}
