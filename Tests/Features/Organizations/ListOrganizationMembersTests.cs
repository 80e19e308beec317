using System.Net;
using WorkspaceService.Features.Users;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Organizations;

[Collection("Organizations")]
public sealed class ListOrganizationMembersTests(ServiceFixture service)
{
    [Fact]
    public async Task It_answers_with_a_row_a_person()
    {
        var tenant = await service.NewTenantAsync();
        var admin = await tenant.NewMemberAsync(Roles.Admin);
        await (await service.NewTenantAsync()).NewMemberAsync();

        var answer = await (await admin.Client.GetAsync($"/v1/orgs/{tenant.Id}/members")).Json();

        var rows = answer.GetProperty("data").EnumerateArray().ToList();
        rows.Select(r => r.GetProperty("user_id").GetString()).Should().Equal(tenant.Owner.Id, admin.Id);
        rows.Select(r => r.GetProperty("role").GetString()).Should().Equal("owner", "admin");
        rows[1].EnumerateObject().Select(m => m.Name)
            .Should().Equal("user_id", "name", "email", "role", "status", "source", "joined_at");
        rows[1].GetProperty("email").GetString().Should().Be(admin.Email);
        rows[1].GetProperty("status").GetString().Should().Be("active");
        rows[1].GetProperty("source").GetString().Should().Be("organization");
        answer.GetProperty("meta").GetProperty("has_more").GetBoolean().Should().BeFalse();
    }

    [Theory]
    [InlineData(Roles.Admin, null)]
    [InlineData(Roles.Member, "forbidden")]
    [InlineData(Roles.Viewer, "forbidden")]
    [InlineData(Roles.Billing, "forbidden")]
    [InlineData(Roles.Guest, "forbidden")]
    public async Task Owner_and_admin_read_it(string role, string? code)
    {
        var tenant = await service.NewTenantAsync();
        var person = await tenant.NewMemberAsync(role);

        var outcome = await service.Send(new ListOrganizationMembers.Query(await person.CallerAsync(), tenant.Id));

        outcome.Match(_ => (string?)null, fault => fault.Code).Should().Be(code);
    }

    [Fact]
    public async Task Service_keys_need_read_and_publishable_ones_see_and_find_no_address()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var secret = await service.CallerAsync(await tenant.ServiceKeyAsync("secret", null, "read"));
        var publishable = await service.CallerAsync(await tenant.ServiceKeyAsync("publishable"));
        var weak = await service.CallerAsync(await tenant.ServiceKeyAsync("secret", null, "members:manage"));
        var narrow = await service.CallerAsync(await tenant.ServiceKeyAsync("secret", workspace.Id));

        (await service.Do(new ListOrganizationMembers.Query(secret, tenant.Id))).Items.Single().Email
            .Should().Be(tenant.Owner.Email);
        (await service.Do(new ListOrganizationMembers.Query(publishable, tenant.Id))).Items.Single().Email
            .Should().BeNull();
        (await service.Do(new ListOrganizationMembers.Query(secret, tenant.Id, Q: tenant.Owner.Email))).Items
            .Should().ContainSingle();
        (await service.Do(new ListOrganizationMembers.Query(publishable, tenant.Id, Q: "example.com"))).Items
            .Should().BeEmpty();
        (await service.Do(new ListOrganizationMembers.Query(
            publishable, tenant.Id, Q: tenant.Owner.Name.ToUpperInvariant()))).Items.Should().ContainSingle();
        (await service.Refused(new ListOrganizationMembers.Query(weak, tenant.Id))).Code.Should().Be("forbidden");
        (await service.Refused(new ListOrganizationMembers.Query(narrow, tenant.Id))).Code.Should().Be("not_found");
    }

    [Fact]
    public async Task Filters_narrow_it()
    {
        var tenant = await service.NewTenantAsync();
        var guest = await tenant.NewMemberAsync(Roles.Guest);
        var gone = await tenant.NewMemberAsync(Roles.Guest);
        await service.Do(new UpdateUser.Command(
            ServiceFixture.RootCaller, gone.Id, new() { Status = "deactivated", Name = "Zoë Quill" }));

        (await ListAsync()).Should().Equal(tenant.Owner.Id, guest.Id, gone.Id);
        (await ListAsync("role=owner")).Should().Equal(tenant.Owner.Id);
        (await ListAsync("role=guest")).Should().Equal(guest.Id, gone.Id);
        (await ListAsync("role=guest&status=active")).Should().Equal(guest.Id);
        (await ListAsync("status=deactivated")).Should().Equal(gone.Id);
        (await ListAsync("q=ZO%C3%8B")).Should().Equal(gone.Id);
        (await ListAsync($"q={guest.Email.ToUpperInvariant()}")).Should().Equal(guest.Id);

        async Task<IEnumerable<string?>> ListAsync(string query = "") =>
            (await (await tenant.Client.GetAsync($"/v1/orgs/{tenant.Id}/members?{query}")).Data())
                .EnumerateArray().Select(m => m.GetProperty("user_id").GetString());
    }

    [Fact]
    public async Task Pages_have_no_gap_and_no_double_while_people_come()
    {
        var tenant = await service.NewTenantAsync();
        var expected = new List<string> { tenant.Owner.Id };
        for (var i = 0; i < 6; i++)
        {
            expected.Add((await tenant.NewMemberAsync()).Id);
        }

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var (page, statements) = await service.Counted(new ListOrganizationMembers.Query(
                await tenant.OwnerAsync(), tenant.Id, Cursor: cursor, Limit: 3));
            statements.Should().BeLessThanOrEqualTo(2);
            seen.AddRange(page.Items.Select(m => m.UserId));
            cursor = page.Next;
            if (seen.Count == 3)
            {
                expected.Add((await tenant.NewMemberAsync()).Id);
            }
        }
        while (cursor is not null);

        seen.Should().Equal(expected);
    }

    [Theory]
    [InlineData("role=boss", "invalid_parameter")]
    [InlineData("status=gone", "invalid_parameter")]
    [InlineData("limit=1000", "invalid_parameter")]
    [InlineData("cursor=AAAA", "invalid_cursor")]
    public async Task Wrong_values_are_refused(string query, string code)
    {
        var tenant = await service.NewTenantAsync();

        await (await tenant.Client.GetAsync($"/v1/orgs/{tenant.Id}/members?{query}"))
            .ShouldBeProblem(HttpStatusCode.BadRequest, code);
    }

    [Fact]
    public async Task A_cursor_belongs_to_its_organization()
    {
        var tenant = await service.NewTenantAsync();
        var other = await service.NewTenantAsync();
        await tenant.NewMemberAsync();
        var page = await service.Do(new ListOrganizationMembers.Query(ServiceFixture.RootCaller, tenant.Id, Limit: 1));

        (await service.Refused(new ListOrganizationMembers.Query(
            ServiceFixture.RootCaller, other.Id, Cursor: page.Next))).Code.Should().Be("invalid_cursor");
        (await service.Do(new ListOrganizationMembers.Query(ServiceFixture.RootCaller, tenant.Id, Cursor: page.Next)))
            .Items.Should().ContainSingle();
    }
}
