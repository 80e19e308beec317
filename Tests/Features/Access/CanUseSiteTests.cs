using System.Net;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Access;

[Collection("Clock")]
public sealed class CanUseSiteTests(ServiceFixture service)
{
    [Fact]
    public async Task A_member_may_and_the_reason_is_null()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var member = await tenant.NewMemberOfAsync(workspace.Id);

        var response = await tenant.Client.GetAsync(
            $"/v1/can-use-site?user_id={member.Id}&workspace_id={workspace.Id}");

        (await response.Data()).GetRawText().Should().Be("""{"can_use_site":true,"reason":null}""");
    }

    [Fact]
    public async Task Without_a_user_it_is_the_callers_own()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var member = await tenant.NewMemberOfAsync(workspace.Id);

        (await (await member.Client.GetAsync($"/v1/can-use-site?workspace_id={workspace.Id}")).Data())
            .GetProperty("can_use_site").GetBoolean().Should().BeTrue();
        var keyless = service.Client(await tenant.ServiceKeyAsync());
        var problem = await (await keyless.GetAsync($"/v1/can-use-site?workspace_id={workspace.Id}"))
            .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_parameter");
        problem.GetProperty("parameter").GetString().Should().Be("user_id");
    }

    [Theory]
    [InlineData("active", null, true, null)]
    [InlineData("past_due", null, true, null)]
    [InlineData("cancelled", null, false, "subscription_ended")]
    [InlineData("trialing", null, false, "trial_ended")]
    [InlineData("trialing", -1, false, "trial_ended")]
    [InlineData("trialing", 1, true, null)]
    public async Task The_subscription_decides(string status, int? hours, bool may, string? reason)
    {
        var (tenant, workspace) = await MakeAsync();
        await service.ArrangeAsync(
            "UPDATE organizations SET subscription_status = @status, trial_ends_at = @ends WHERE code = @Id",
            new { tenant.Id, status, ends = hours is { } h ? service.Clock.Now.AddHours(h) : (DateTimeOffset?)null });

        (await AskAsync(tenant, workspace.Id, tenant.Owner.Id)).Should().Be(new CanUseSite.Response(may, reason));
    }

    [Fact]
    public async Task A_trial_ends_by_itself()
    {
        var (tenant, workspace) = await MakeAsync();
        await service.ArrangeAsync(
            "UPDATE organizations SET subscription_status = 'trialing', trial_ends_at = @ends WHERE code = @Id",
            new { tenant.Id, ends = service.Clock.Now.AddMinutes(5) });

        (await AskAsync(tenant, workspace.Id, tenant.Owner.Id)).Reason.Should().BeNull();
        service.Clock.Advance(TimeSpan.FromMinutes(6));
        (await AskAsync(tenant, workspace.Id, tenant.Owner.Id)).Reason.Should().Be("trial_ended");
    }

    [Fact]
    public async Task Each_reason_is_given_before_those_that_follow_it()
    {
        var (tenant, workspace) = await MakeAsync();
        var person = await tenant.NewMemberAsync();
        await service.ArrangeAsync(
            "UPDATE organizations SET subscription_status = 'trialing' WHERE code = @Id", new { tenant.Id });
        await service.ArrangeAsync(
            """
            INSERT INTO members (workspace_id, user_id, role, version, joined_at)
            SELECT w.id, u.id, 'member', 1, 0 FROM workspaces w, users u WHERE w.code = @workspace AND u.code = @user
            """,
            new { workspace = workspace.Id, user = person.Id });
        (await AskAsync(tenant, workspace.Id, person.Id)).Reason.Should().Be("trial_ended");

        foreach (var (sql, reason) in new[]
        {
            ("UPDATE organizations SET subscription_status = 'cancelled' WHERE code = @organization",
                "subscription_ended"),
            ("UPDATE organizations SET status = 'cancelled' WHERE code = @organization", "organization_suspended"),
            ("UPDATE workspaces SET status = 'archived' WHERE code = @workspace", "workspace_archived"),
            ("DELETE FROM members WHERE user_id = (SELECT id FROM users WHERE code = @user)", "not_a_member"),
            ("UPDATE users SET status = 'deactivated' WHERE code = @user", "user_inactive"),
        })
        {
            await service.ArrangeAsync(
                sql, new { organization = tenant.Id, workspace = workspace.Id, user = person.Id });
            (await AskAsync(tenant, workspace.Id, person.Id)).Should().Be(new CanUseSite.Response(false, reason));
        }
    }

    [Fact]
    public async Task People_outside_the_organization_are_no_members_whatever_they_are_elsewhere()
    {
        var (tenant, workspace) = await MakeAsync();
        var outsider = await (await service.NewTenantAsync()).NewMemberAsync();

        (await AskAsync(tenant, workspace.Id, outsider.Id)).Reason.Should().Be("not_a_member");
        await service.DeactivateAsync(outsider.Id);
        (await AskAsync(tenant, workspace.Id, outsider.Id)).Reason
            .Should().Be("not_a_member", "that somebody elsewhere is inactive is nobody's business here");
        (await AskAsync(tenant, workspace.Id, "USR-26-999999")).Reason.Should().Be("not_a_member");
        (await service.Do(new CanUseSite.Query(ServiceFixture.RootCaller, workspace.Id, outsider.Id))).Reason
            .Should().Be("user_inactive");
    }

    [Fact]
    public async Task Someone_may_ask_about_oneself_and_admins_and_keys_with_read_about_everyone()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "closed");
        var (member, other) = (await tenant.NewMemberOfAsync(workspace.Id), await tenant.NewMemberAsync());
        var publishable = await service.CallerAsync(await tenant.ServiceKeyAsync("publishable"));
        var narrowed = await service.CallerAsync(await tenant.ServiceKeyAsync(
            "secret", workspace.Id, Permissions.Read));
        var blind = await service.CallerAsync(await tenant.ServiceKeyAsync("secret", null, Permissions.Write));
        var stranger = await (await service.NewTenantAsync()).OwnerAsync();

        (await service.Do(new CanUseSite.Query(await member.CallerAsync(), workspace.Id, member.Id))).CanUseSite
            .Should().BeTrue();
        (await service.Do(new CanUseSite.Query(await other.CallerAsync(), workspace.Id))).Reason
            .Should().Be("not_a_member");
        (await service.Refused(new CanUseSite.Query(await member.CallerAsync(), workspace.Id, other.Id))).Code
            .Should().Be("forbidden");
        (await service.Do(new CanUseSite.Query(publishable, workspace.Id, member.Id))).CanUseSite.Should().BeTrue();
        (await service.Do(new CanUseSite.Query(narrowed, workspace.Id, member.Id))).CanUseSite.Should().BeTrue();
        (await service.Refused(new CanUseSite.Query(blind, workspace.Id, member.Id))).Code.Should().Be("forbidden");
        (await service.Refused(new CanUseSite.Query(stranger, workspace.Id, member.Id))).Code.Should().Be("not_found");
    }

    [Fact]
    public async Task An_empty_user_is_nobody_to_ask_about()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        foreach (var client in new[] { tenant.Client, service.Root, service.Client(await tenant.ServiceKeyAsync()) })
        {
            var answer = await client.GetAsync($"/v1/can-use-site?workspace_id={workspace.Id}&user_id=");
            await answer.ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        }
    }

    [Fact]
    public async Task A_workspace_that_the_caller_may_not_see_is_not_found()
    {
        var (tenant, workspace) = await MakeAsync();
        var outsider = await tenant.NewMemberAsync();
        var narrowed = await service.CallerAsync(await tenant.ServiceKeyAsync(
            "secret", (await tenant.NewWorkspaceAsync()).Id));

        (await service.Refused(new CanUseSite.Query(await outsider.CallerAsync(), workspace.Id))).Code
            .Should().Be("not_found");
        (await service.Refused(new CanUseSite.Query(narrowed, workspace.Id, outsider.Id))).Code
            .Should().Be("not_found");
        (await service.Refused(new CanUseSite.Query(await tenant.OwnerAsync(), "WS-26-999999"))).Code
            .Should().Be("not_found");
        (await service.Refused(new CanUseSite.Query(await tenant.OwnerAsync(), "no-code"))).Code
            .Should().Be("not_found");
    }

    [Theory]
    [InlineData("")]
    [InlineData("workspace_id=")]
    [InlineData("workspace_id=WS-26-000001&user_id=somebody")]
    [InlineData("workspace_id=WS-26-000001&user_id=WS-26-000001")]
    public async Task A_wrong_or_missing_value_is_said(string query) =>
        await (await service.Root.GetAsync($"/v1/can-use-site?{query}"))
            .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_parameter");

    private async Task<CanUseSite.Response> AskAsync(Tenant tenant, string workspace, string user) =>
        await service.Do(new CanUseSite.Query(await tenant.OwnerAsync(), workspace, user));

    private async Task<(Tenant Tenant, WorkspaceObject Workspace)> MakeAsync()
    {
        var tenant = await service.NewTenantAsync();
        return (tenant, await tenant.NewWorkspaceAsync());
    }
}
