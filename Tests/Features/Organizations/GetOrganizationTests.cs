using System.Net;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Organizations;

[Collection("Organizations")]
public sealed class GetOrganizationTests(ServiceFixture service)
{
    [Fact]
    public async Task It_shows_every_field()
    {
        var owner = await service.NewUserAsync();
        var trialEnds = new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);
        var made = await service.Do(new CreateOrganization.Command(
            ServiceFixture.RootCaller,
            "Apex Digital",
            "apex-digital",
            "billing@example.com",
            owner.Id,
            PlanId: "plan_growth",
            Limits: new PlanLimits(5, 10, null),
            SubscriptionStatus: "trialing",
            TrialEndsAt: trialEnds,
            Settings: new() { ["theme"] = "dark" }));

        var response = await service.Client(await service.UserKeyAsync(owner.Id)).GetAsync($"/v1/orgs/{made.Value.Id}");

        var organization = await response.Data();
        organization.EnumerateObject().Select(member => member.Name).Should().Equal(
            "id", "name", "slug", "billing_email", "owner_id", "status", "plan_id", "limits", "subscription_status",
            "trial_ends_at",
            "settings", "workspace_count", "member_count", "active_service_lines", "created_at", "updated_at");
        organization.GetProperty("id").GetString().Should().Be(made.Value.Id).And.MatchRegex(@"^ORG-\d\d-\d{6}$");
        organization.GetProperty("name").GetString().Should().Be("Apex Digital");
        organization.GetProperty("slug").GetString().Should().Be("apex-digital");
        organization.GetProperty("billing_email").GetString().Should().Be("billing@example.com");
        organization.GetProperty("owner_id").GetString().Should().Be(owner.Id);
        organization.GetProperty("status").GetString().Should().Be("active");
        organization.GetProperty("plan_id").GetString().Should().Be("plan_growth");
        organization.GetProperty("limits").GetRawText()
            .Should().Be("""{"workspaces":5,"members":10,"active_service_lines":null}""");
        organization.GetProperty("subscription_status").GetString().Should().Be("trialing");
        organization.GetProperty("trial_ends_at").GetString().Should().Be("2030-01-02T03:04:05Z");
        organization.GetProperty("settings").GetRawText()
            .Should().Be("""{"workspace_role_ceiling":true,"theme":"dark"}""");
        organization.GetProperty("workspace_count").GetInt32().Should().Be(0);
        organization.GetProperty("member_count").GetInt32().Should().Be(1);
    }

    [Fact]
    public async Task Members_of_every_role_read_it_and_nobody_else_does()
    {
        var tenant = await service.NewTenantAsync();
        foreach (var role in Roles.OfOrganization)
        {
            var member = await tenant.NewMemberAsync(role);
            (await (await member.Client.GetAsync($"/v1/orgs/{tenant.Id}")).Data()).GetProperty("id").GetString()
                .Should().Be(tenant.Id);
        }

        var stranger = await (await service.NewTenantAsync()).NewMemberAsync(Roles.Admin);
        await (await stranger.Client.GetAsync($"/v1/orgs/{tenant.Id}"))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        await (await service.Root.GetAsync("/v1/orgs/ORG-26-999999"))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        await (await service.Root.GetAsync($"/v1/orgs/{tenant.Owner.Id}"))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Service_keys_need_read_and_narrowed_ones_see_no_organization()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var path = $"/v1/orgs/{tenant.Id}";

        await (await service.Client(await tenant.ServiceKeyAsync("secret", null, "read")).GetAsync(path)).Data();
        await (await service.Client(await tenant.ServiceKeyAsync("secret", null, "write")).GetAsync(path))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        await (await service.Client(await tenant.ServiceKeyAsync("secret", workspace.Id, "read")).GetAsync(path))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task A_publishable_key_sees_no_address()
    {
        var tenant = await service.NewTenantAsync();
        await service.Do(new UpdateOrganization.Command(
            await tenant.OwnerAsync(), tenant.Id, new() { BillingEmail = "billing@example.com" }));

        var seen = await (await service.Client(await tenant.ServiceKeyAsync("publishable"))
            .GetAsync($"/v1/orgs/{tenant.Id}")).Data();

        seen.GetProperty("billing_email").ValueKind.Should().Be(System.Text.Json.JsonValueKind.Null);
        (await service.Do(new GetOrganization.Query(await tenant.OwnerAsync(), tenant.Id))).Value.BillingEmail
            .Should().Be("billing@example.com");
    }

    [Fact]
    public async Task A_copy_that_is_current_is_not_sent_again()
    {
        var tenant = await service.NewTenantAsync();
        var first = await tenant.Client.GetAsync($"/v1/orgs/{tenant.Id}");
        var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/orgs/{tenant.Id}");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);

        var second = await tenant.Client.SendAsync(request);

        second.StatusCode.Should().Be(HttpStatusCode.NotModified);
    }
}
