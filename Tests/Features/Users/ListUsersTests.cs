using System.Net;
using WorkspaceService.Features.ApiKeys;
using WorkspaceService.Features.Organizations;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Users;

[Collection("Users")]
public sealed class ListUsersTests(ServiceFixture service)
{
    [Fact]
    public async Task A_plain_user_sees_itself_alone()
    {
        var tenant = await service.NewTenantAsync();
        foreach (var role in new[] { Roles.Member, Roles.Viewer, Roles.Billing, Roles.Guest })
        {
            var person = await tenant.NewMemberAsync(role);

            (await ListAsync(await person.CallerAsync())).Should().Equal(person.Id);
            (await service.Refused(new ListUsers.Query(await person.CallerAsync(), tenant.Id))).Code
                .Should().Be("forbidden");
        }

        var nowhere = await service.NewUserAsync();
        (await ListAsync(await service.CallerAsync(await service.UserKeyAsync(nowhere.Id)))).Should().Equal(nowhere.Id);
    }

    [Fact]
    public async Task Admins_see_their_organizations_and_nobody_twice()
    {
        var first = await service.NewTenantAsync();
        var second = await service.NewTenantAsync();
        var third = await service.NewTenantAsync();
        var admin = await first.NewMemberAsync(Roles.Admin);
        await JoinAsync(second, admin.Id, Roles.Admin);
        await JoinAsync(third, admin.Id, Roles.Member);
        var shared = await first.NewMemberAsync();
        await JoinAsync(second, shared.Id, Roles.Guest);
        await third.NewMemberAsync();
        var caller = await admin.CallerAsync();

        (await ListAsync(caller)).Should().Equal(first.Owner.Id, second.Owner.Id, admin.Id, shared.Id);
        (await ListAsync(caller, first.Id)).Should().Equal(first.Owner.Id, admin.Id, shared.Id);
        (await ListAsync(caller, second.Id)).Should().Equal(second.Owner.Id, admin.Id, shared.Id);
        (await service.Refused(new ListUsers.Query(caller, third.Id))).Code.Should().Be("forbidden");
        (await service.Refused(new ListUsers.Query(caller, (await service.NewTenantAsync()).Id))).Code
            .Should().Be("not_found");
        (await service.Refused(new ListUsers.Query(caller, "ORG"))).Code.Should().Be("not_found");
    }

    [Fact]
    public async Task A_key_sees_no_more_than_it_reaches()
    {
        var first = await service.NewTenantAsync();
        var second = await service.NewTenantAsync();
        var workspace = await first.NewWorkspaceAsync();
        var person = await first.NewMemberAsync();
        await JoinAsync(second, first.Owner.Id, Roles.Admin);
        var inFirst = await service.Do(new CreateApiKey.Command(await first.OwnerAsync(), "One", "user", first.Id));
        var inWorkspace = await service.Do(new CreateApiKey.Command(
            await first.OwnerAsync(), "Narrow", "user", first.Id, workspace.Id));

        (await ListAsync(await first.OwnerAsync())).Should().Equal(first.Owner.Id, second.Owner.Id, person.Id);
        (await ListAsync(await service.CallerAsync(inFirst.Value.Key!))).Should().Equal(first.Owner.Id, person.Id);
        (await ListAsync(await service.CallerAsync(inWorkspace.Value.Key!))).Should().Equal(first.Owner.Id);
        (await ListAsync(await service.CallerAsync(await first.ServiceKeyAsync())))
            .Should().Equal(first.Owner.Id, person.Id);
        (await ListAsync(await service.CallerAsync(await first.ServiceKeyAsync("secret", workspace.Id))))
            .Should().BeEmpty();
        (await service.Refused(new ListUsers.Query(await service.CallerAsync(inWorkspace.Value.Key!), first.Id))).Code
            .Should().Be("not_found");
        (await service.Refused(new ListUsers.Query(
            await service.CallerAsync(await first.ServiceKeyAsync()), second.Id))).Code.Should().Be("not_found");
        (await service.Refused(
            new ListUsers.Query(await service.CallerAsync(await first.ServiceKeyAsync("secret", null, "write")))))
            .Code.Should().Be("forbidden");
    }

    [Fact]
    public async Task Filters_narrow_it()
    {
        var tenant = await service.NewTenantAsync();
        var zoe = await service.NewUserAsync("Zoë Quill", "zoe.quill@example.com");
        var gone = await service.NewUserAsync("Gone_By", "gone.by@example.com");
        await JoinAsync(tenant, zoe.Id, Roles.Guest);
        await JoinAsync(tenant, gone.Id, Roles.Guest);
        await service.Do(new UpdateUser.Command(ServiceFixture.RootCaller, gone.Id, new() { Status = "deactivated" }));

        foreach (var (caller, organization) in new[]
        {
            (await tenant.OwnerAsync(), (string?)null), (await tenant.OwnerAsync(), tenant.Id),
            (ServiceFixture.RootCaller, tenant.Id),
        })
        {
            (await ListAsync(caller, organization, status: "deactivated")).Should().Equal(gone.Id);
            (await ListAsync(caller, organization, status: "active")).Should().Equal(tenant.Owner.Id, zoe.Id);
            (await ListAsync(caller, organization, q: "zoË")).Should().Equal(zoe.Id);
            (await ListAsync(caller, organization, q: "QUILL@EXAMPLE")).Should().Equal(zoe.Id);
            (await ListAsync(caller, organization, q: "gone_")).Should().Equal(gone.Id);
            (await ListAsync(caller, organization, q: "e_q")).Should().BeEmpty("an underscore is text, not a wildcard");
            (await ListAsync(caller, organization, "active", "gone")).Should().BeEmpty();
        }

        (await ListAsync(ServiceFixture.RootCaller, q: "zoe.quill")).Should().Equal(zoe.Id);
    }

    [Fact]
    public async Task An_address_finds_its_user_exactly_and_whatever_its_case()
    {
        var tenant = await service.NewTenantAsync();
        var name = $"{Guid.NewGuid():N}";
        var user = await service.NewUserAsync("Ann", $"{name}@example.com");
        await service.NewUserAsync("Ann's", $"x{name}@example.com");
        await JoinAsync(tenant, user.Id, Roles.Guest);
        var callers = new[]
        {
            (await tenant.OwnerAsync(), (string?)null),
            (await tenant.OwnerAsync(), tenant.Id),
            (await service.CallerAsync(await tenant.ServiceKeyAsync()), null),
            (await service.CallerAsync(await service.UserKeyAsync(user.Id)), null),
            (ServiceFixture.RootCaller, null),
        };

        foreach (var (caller, organization) in callers)
        {
            (await FindAsync(caller, $"{name}@example.com", organization)).Should().Equal(user.Id);
            (await FindAsync(caller, $"{name.ToUpperInvariant()}@EXAMPLE.com", organization))
                .Should().Equal(user.Id);
            (await FindAsync(caller, $"{name}@example", organization)).Should().BeEmpty();
            (await FindAsync(caller, name, organization)).Should().BeEmpty();
            (await FindAsync(caller, $"{name}@example.com", organization, status: "deactivated")).Should().BeEmpty();
        }

        var stranger = await service.NewTenantAsync();
        (await FindAsync(await stranger.OwnerAsync(), $"{name}@example.com")).Should().BeEmpty();
        var publishable = await service.CallerAsync(await tenant.ServiceKeyAsync("publishable"));
        (await FindAsync(publishable, $"{name}@example.com")).Should().BeEmpty();
        await (await tenant.Client.GetAsync("/v1/users?email="))
            .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_parameter");
        (await (await tenant.Client.GetAsync($"/v1/users?email={name}%40example.com&limit=1")).Json())
            .GetProperty("meta").GetRawText().Should().Be("""{"cursor":null,"has_more":false}""");

        async Task<List<string>> FindAsync(
            Caller caller, string address, string? organization = null, string? status = null) =>
            [.. (await service.Do(new ListUsers.Query(caller, organization, status, Email: address))).Items.Select(
                u => u.Id)];
    }

    [Fact]
    public async Task A_publishable_key_sees_no_address_and_finds_nobody_by_one()
    {
        var tenant = await service.NewTenantAsync();
        var publishable = await service.CallerAsync(await tenant.ServiceKeyAsync("publishable"));

        (await service.Do(new ListUsers.Query(publishable))).Items.Single().Email.Should().BeNull();
        (await ListAsync(publishable, q: tenant.Owner.Email)).Should().BeEmpty();
        (await ListAsync(publishable, q: tenant.Owner.Name)).Should().Equal(tenant.Owner.Id);
    }

    [Fact]
    public async Task Pages_have_no_gap_and_no_double_for_every_kind_of_caller()
    {
        var first = await service.NewTenantAsync();
        var second = await service.NewTenantAsync();
        await JoinAsync(second, first.Owner.Id, Roles.Admin);
        var expected = new List<string> { first.Owner.Id, second.Owner.Id };
        for (var i = 0; i < 12; i++)
        {
            // Some in one organization, some in the other, some in both: none may be lost or shown twice where the two
            // meet.
            var person = await (i % 3 == 1 ? second : first).NewMemberAsync(i % 4 == 0 ? Roles.Guest : Roles.Member);
            if (i % 3 == 2)
            {
                await JoinAsync(second, person.Id, Roles.Guest);
            }

            expected.Add(person.Id);
        }

        for (var limit = 1; limit <= 15; limit++)
        {
            (await PagesAsync(await first.OwnerAsync(), null, limit)).Should().Equal(expected);
        }

        (await PagesAsync(ServiceFixture.RootCaller, null, 4)).Should().OnlyHaveUniqueItems().And.Contain(expected);
        (await PagesAsync(ServiceFixture.RootCaller, second.Id, 2)).Should().Equal(
            await ListAsync(ServiceFixture.RootCaller, second.Id));
    }

    [Fact]
    public async Task Filtered_pages_are_full()
    {
        var tenant = await service.NewTenantAsync();
        var expected = new List<string>();
        for (var i = 0; i < 8; i++)
        {
            var user = await service.NewUserAsync(i % 2 == 0 ? $"Even {i}" : $"Odd {i}");
            await JoinAsync(tenant, user.Id, Roles.Member);
            if (i % 2 != 0)
            {
                expected.Add(user.Id);
            }
        }

        var page = await service.Do(new ListUsers.Query(await tenant.OwnerAsync(), Q: "odd", Limit: 3));

        page.Items.Select(u => u.Id).Should().Equal(expected.Take(3));
        page.Next.Should().NotBeNull();
        (await service.Do(new ListUsers.Query(await tenant.OwnerAsync(), Q: "odd", Cursor: page.Next, Limit: 3))).Items
            .Select(u => u.Id).Should().Equal(expected.Skip(3));
    }

    [Fact]
    public async Task The_wire_has_the_envelope_and_refuses_wrong_values()
    {
        var tenant = await service.NewTenantAsync();

        var answer = await (await tenant.Client.GetAsync($"/v1/users?organization_id={tenant.Id}&status=active"))
            .Json();

        answer.GetProperty("data").EnumerateArray().Single().GetProperty("id").GetString().Should().Be(tenant.Owner.Id);
        answer.GetProperty("meta").GetRawText().Should().Be("""{"cursor":null,"has_more":false}""");
        foreach (var wrong in new[] { "status=gone", "limit=0", "limit=-1", "limit=", "q=", "q=%00" })
        {
            await (await tenant.Client.GetAsync($"/v1/users?{wrong}"))
                .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_parameter");
        }

        await (await tenant.Client.GetAsync("/v1/users?cursor=x"))
            .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_cursor");
    }

    private async Task JoinAsync(Tenant tenant, string user, string role) =>
        await service.Do(new AddOrganizationMember.Command(ServiceFixture.RootCaller, tenant.Id, user, Role: role));

    private async Task<List<string>> ListAsync(
        Caller caller, string? organization = null, string? status = null, string? q = null) =>
        [.. (await service.Do(new ListUsers.Query(caller, organization, status, q, Limit: 100))).Items.Select(
            u => u.Id)];

    private async Task<List<string>> PagesAsync(Caller caller, string? organization, int limit)
    {
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var (page, statements) = await service.Counted(new ListUsers.Query(
                caller, organization, Cursor: cursor, Limit: limit));
            statements.Should().BeLessThanOrEqualTo(organization is null ? 1 : 2);
            page.Items.Count.Should().BeLessThanOrEqualTo(limit);
            seen.AddRange(page.Items.Select(u => u.Id));
            cursor = page.Next;
        }
        while (cursor is not null);

        return seen;
    }
}
