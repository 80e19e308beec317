using System.Net;
using WorkspaceService.Features.Users;
using WorkspaceService.Features.Workspaces;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Organizations;

[Collection("Organizations")]
public sealed class TransferOwnershipTests(ServiceFixture service)
{
    [Fact]
    public async Task The_new_owner_owns_it_and_the_old_one_is_admin()
    {
        var tenant = await service.NewTenantAsync();
        var heir = await tenant.NewMemberAsync(Roles.Guest);

        var response = await tenant.Client.PostJson(
            $"/v1/orgs/{tenant.Id}/transfer-ownership", new { user_id = heir.Id });

        (await response.Data()).GetProperty("owner_id").GetString().Should().Be(heir.Id);
        response.Headers.ETag.Should().NotBeNull();
        (await RolesAsync(tenant)).Should().BeEquivalentTo(
            new Dictionary<string, string> { [tenant.Owner.Id] = Roles.Admin, [heir.Id] = Roles.Owner });
        var recorded = (await service.EventsAsync(organization: tenant.Id))
            .Where(e => e.Type == "organization.ownership_transferred").Should().ContainSingle().Subject;
        recorded.Subject.Id.Should().Be(tenant.Id);
        recorded.Actor.Id.Should().Be(tenant.Owner.Id);
        recorded.Changes.Text.Should().Be($$"""{"owner_id":["{{tenant.Owner.Id}}","{{heir.Id}}"]}""");
        await (await tenant.Client.PostJson(
            $"/v1/orgs/{tenant.Id}/transfer-ownership", new { user_id = tenant.Owner.Id }))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        await (await heir.Client.PostJson(
            $"/v1/orgs/{tenant.Id}/transfer-ownership", new { user_id = tenant.Owner.Id })).Data();
    }

    [Fact]
    public async Task Only_the_owner_and_root_may()
    {
        var tenant = await service.NewTenantAsync();
        var heir = await tenant.NewMemberAsync();
        var callers = new List<Caller> { await service.CallerAsync(await tenant.ServiceKeyAsync()) };
        foreach (var role in Roles.OfOrganization)
        {
            callers.Add(await (await tenant.NewMemberAsync(role)).CallerAsync());
        }

        foreach (var caller in callers)
        {
            (await service.Refused(new TransferOwnership.Command(caller, tenant.Id, heir.Id))).Code
                .Should().Be("forbidden");
        }

        (await service.Refused(new TransferOwnership.Command(
            await (await service.NewTenantAsync()).OwnerAsync(), tenant.Id, heir.Id)))
            .Code.Should().Be("not_found");
        (await service.Do(new TransferOwnership.Command(ServiceFixture.RootCaller, tenant.Id, heir.Id))).Value.OwnerId
            .Should().Be(heir.Id);
    }

    [Fact]
    public async Task The_new_owner_has_to_be_an_active_member()
    {
        var tenant = await service.NewTenantAsync();
        var elsewhere = await service.NewTenantAsync();
        var deactivated = await tenant.NewMemberAsync();
        await service.Do(new UpdateUser.Command(
            ServiceFixture.RootCaller, deactivated.Id, new() { Status = "deactivated" }));

        foreach (var user in new[] { elsewhere.Owner.Id, deactivated.Id, "USR-26-999999", tenant.Id, "nobody" })
        {
            var refused = await tenant.Client.PostJson(
                $"/v1/orgs/{tenant.Id}/transfer-ownership", new { user_id = user });
            await refused.ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "not_organization_member");
        }

        var problem = await (await tenant.Client.PostJson($"/v1/orgs/{tenant.Id}/transfer-ownership", new { }))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");
        problem.GetProperty("errors")[0].GetProperty("pointer").GetString().Should().Be("/user_id");
    }

    [Fact]
    public async Task To_the_owner_itself_it_changes_nothing()
    {
        var tenant = await service.NewTenantAsync();
        var before = await service.Do(new GetOrganization.Query(await tenant.OwnerAsync(), tenant.Id));

        var after = await service.Do(new TransferOwnership.Command(
            await tenant.OwnerAsync(), tenant.Id, tenant.Owner.Id));

        after.Version.Should().Be(before.Version);
        (await service.EventsAsync(organization: tenant.Id))
            .Should().NotContain(e => e.Type == "organization.ownership_transferred");
    }

    [Fact]
    public async Task A_guest_who_comes_to_own_it_belongs_to_the_default_workspaces()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "default");
        var heir = await tenant.NewMemberAsync(Roles.Guest);

        await service.Do(new TransferOwnership.Command(await tenant.OwnerAsync(), tenant.Id, heir.Id));

        (await service.Do(new GetWorkspace.Query(await heir.CallerAsync(), workspace.Id))).Value.MemberCount
            .Should().Be(2);
    }

    [Fact]
    public async Task A_stale_transfer_is_refused()
    {
        var tenant = await service.NewTenantAsync();
        var heir = await tenant.NewMemberAsync();
        var tag = (await tenant.Client.GetAsync($"/v1/orgs/{tenant.Id}")).Headers.ETag!.ToString();
        await (await tenant.Client.PatchJson($"/v1/orgs/{tenant.Id}", new { name = "Changed" })).Data();

        await (await tenant.Client.PostJson(
            $"/v1/orgs/{tenant.Id}/transfer-ownership", new { user_id = heir.Id }, ("If-Match", tag)))
            .ShouldBeProblem(HttpStatusCode.PreconditionFailed, "precondition_failed");
    }

    [Fact]
    public async Task A_retry_is_answered_as_the_first_time()
    {
        var tenant = await service.NewTenantAsync();
        var heir = await tenant.NewMemberAsync();

        var first = await Post();
        var second = await Post();

        (await second.Data()).GetRawText().Should().Be((await first.Data()).GetRawText());
        second.Headers.GetValues("Idempotency-Replayed").Should().Equal("true");

        Task<HttpResponseMessage> Post() => tenant.Client.PostJson(
            $"/v1/orgs/{tenant.Id}/transfer-ownership", new { user_id = heir.Id }, ("Idempotency-Key", "once"));
    }

    [Fact]
    public async Task Sixteen_heirs_at_once_leave_one_owner()
    {
        var tenant = await service.NewTenantAsync();
        var heirs = new List<Person>();
        for (var i = 0; i < 16; i++)
        {
            heirs.Add(await tenant.NewMemberAsync());
        }

        var owner = await tenant.OwnerAsync();
        var codes = await service.Race(heirs.Select(heir => new TransferOwnership.Command(owner, tenant.Id, heir.Id)));

        codes.Count(code => code is null).Should().Be(1);
        codes.Count(code => code == "forbidden").Should().Be(15, "the old owner is an admin after the first");
        await ShouldHaveOneOwnerAsync(tenant);

        (await service.Race(
            heirs.Select(heir => new TransferOwnership.Command(ServiceFixture.RootCaller, tenant.Id, heir.Id))))
            .Should().OnlyContain(code => code == null);
        await ShouldHaveOneOwnerAsync(tenant);
    }

    [Fact]
    public async Task An_heir_who_is_removed_at_that_moment_does_not_own_it()
    {
        for (var round = 0; round < 8; round++)
        {
            var tenant = await service.NewTenantAsync();
            var heir = await tenant.NewMemberAsync();
            var owner = await tenant.OwnerAsync();
            var transfer = Task.Run(() => service.Next.Send(new TransferOwnership.Command(owner, tenant.Id, heir.Id)));
            var removal = Task.Run(() =>
                service.Send(new RemoveOrganizationMember.Command(ServiceFixture.RootCaller, tenant.Id, heir.Id)));

            var transferred = (await transfer).Match(_ => "done", fault => fault.Code);
            var removed = (await removal).Match(_ => "done", fault => fault.Code);

            (transferred, removed).Should().BeOneOf(("done", "owner_protected"), ("not_organization_member", "done"));
            await ShouldHaveOneOwnerAsync(tenant);
        }
    }

    private static async Task ShouldHaveOneOwnerAsync(Tenant tenant)
    {
        var owners = (await RolesAsync(tenant))
            .Where(member => member.Value == Roles.Owner).Select(member => member.Key);
        var organization = await tenant.Service.Do(new GetOrganization.Query(ServiceFixture.RootCaller, tenant.Id));
        owners.Should().Equal(organization.Value.OwnerId);
    }

    private static async Task<Dictionary<string, string>> RolesAsync(Tenant tenant) =>
        (await tenant.Service.Do(new ListOrganizationMembers.Query(ServiceFixture.RootCaller, tenant.Id, Limit: 100)))
            .Items.ToDictionary(m => m.UserId, m => m.Role);
}
