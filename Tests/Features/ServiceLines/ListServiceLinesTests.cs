using System.Net;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.ServiceLines;

[Collection("ServiceLines")]
public sealed class ListServiceLinesTests(ServiceFixture service)
{
    [Fact]
    public async Task It_pages_through_all_lines_in_the_order_of_their_ids()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var made = new List<string>();
        for (var n = 0; n < 7; n++)
        {
            made.Add((await tenant.NewLineAsync(workspace.Id)).Id);
        }

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var response = await tenant.Client.GetAsync(
                $"/v1/service-lines?organization_id={tenant.Id}&limit=3" + (cursor is null ? "" : $"&cursor={cursor}"));
            var page = await response.Json();
            seen.AddRange(
                page.GetProperty("data").EnumerateArray().Select(line => line.GetProperty("id").GetString()!));
            var meta = page.GetProperty("meta");
            cursor = meta.GetProperty("cursor").GetString();
            meta.GetProperty("has_more").GetBoolean().Should().Be(cursor is not null);
        }
        while (cursor is not null);

        seen.Should().Equal(made);
    }

    [Fact]
    public async Task Filters_narrow_it()
    {
        var tenant = await service.NewTenantAsync();
        var one = await tenant.NewWorkspaceAsync();
        var two = await tenant.NewWorkspaceAsync();
        var draft = await tenant.NewLineAsync(one.Id);
        var active = await tenant.NewLineAsync(one.Id, "active");
        var closed = await tenant.NewLineAsync(two.Id, "closed");

        (await ListAsync(tenant.OwnerKey)).Should().Equal(draft.Id, active.Id, closed.Id);
        (await ListAsync(tenant.OwnerKey, "?status=active")).Should().Equal(active.Id);
        (await ListAsync(tenant.OwnerKey, $"?workspace_id={one.Id}")).Should().Equal(draft.Id, active.Id);
        (await ListAsync(tenant.OwnerKey, $"?workspace_id={one.Id}&status=draft")).Should().Equal(draft.Id);
        (await ListAsync(tenant.OwnerKey, $"?organization_id={tenant.Id}&status=closed")).Should().Equal(closed.Id);
        (await ListAsync(tenant.OwnerKey, $"?organization_id={tenant.Id}&workspace_id={two.Id}"))
            .Should().Equal(closed.Id);
        (await OfAllOrganizationsAsync()).Should().Contain([draft.Id, active.Id, closed.Id]);
        (await OfAllOrganizationsAsync(status: "paused")).Should().NotContain([draft.Id, active.Id, closed.Id]);
    }

    [Fact]
    public async Task It_shows_what_the_caller_has_a_role_for_and_nothing_else()
    {
        var tenant = await service.NewTenantAsync();
        var other = await service.NewTenantAsync();
        var mine = await tenant.NewWorkspaceAsync();
        var open = await tenant.NewWorkspaceAsync(type: "open");
        var line = await tenant.NewLineAsync(mine.Id);
        var hidden = await tenant.NewLineAsync(open.Id);
        var theirs = await other.NewLineAsync((await other.NewWorkspaceAsync()).Id);
        var member = await tenant.NewMemberAsync();
        await tenant.AddToAsync(mine.Id, member.Id, Roles.Viewer);
        var admin = await tenant.NewMemberAsync(Roles.Admin);

        (await ListAsync(member.Key)).Should().Equal(line.Id);
        (await ListAsync(member.Key, $"?organization_id={tenant.Id}")).Should().Equal(line.Id);
        (await ListAsync(member.Key, "?status=active")).Should().BeEmpty();
        (await ListAsync(admin.Key)).Should().Equal(line.Id, hidden.Id);
        (await ListAsync(other.OwnerKey)).Should().Equal(theirs.Id);
        (await ListAsync(await tenant.ServiceKeyAsync())).Should().Equal(line.Id, hidden.Id);
        var narrowed = await tenant.ServiceKeyAsync("secret", open.Id);
        (await ListAsync(narrowed)).Should().Equal(hidden.Id);
        (await ListAsync(narrowed, $"?organization_id={tenant.Id}")).Should().Equal(hidden.Id);
    }

    [Fact]
    public async Task What_the_filters_name_has_to_be_visible()
    {
        var tenant = await service.NewTenantAsync();
        var other = await service.NewTenantAsync();
        var theirs = await other.NewWorkspaceAsync();
        var open = await tenant.NewWorkspaceAsync(type: "open");
        var member = await tenant.NewMemberAsync();
        var blind = await tenant.ServiceKeyAsync("secret", null, Permissions.Write);
        var narrowed = await tenant.ServiceKeyAsync("secret", open.Id);

        await (await tenant.Client.GetAsync($"/v1/service-lines?workspace_id={theirs.Id}"))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        await (await tenant.Client.GetAsync($"/v1/service-lines?organization_id={other.Id}"))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        await (await service.Client(narrowed).GetAsync($"/v1/service-lines?organization_id={other.Id}"))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        await (await tenant.Client.GetAsync($"/v1/service-lines?organization_id={other.Id}&workspace_id={open.Id}"))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        await (await member.Client.GetAsync($"/v1/service-lines?workspace_id={open.Id}"))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        await (await service.Client(blind).GetAsync("/v1/service-lines"))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
    }

    [Theory]
    [InlineData("status=gone", "invalid_parameter")]
    [InlineData("status=", "invalid_parameter")]
    [InlineData("limit=0", "invalid_parameter")]
    [InlineData("limit=101", "invalid_parameter")]
    [InlineData("limit=many", "invalid_parameter")]
    [InlineData("cursor=nonsense", "invalid_cursor")]
    public async Task A_wrong_value_is_refused(string query, string code)
    {
        var tenant = await service.NewTenantAsync();

        await (await tenant.Client.GetAsync($"/v1/service-lines?{query}"))
            .ShouldBeProblem(HttpStatusCode.BadRequest, code);
    }

    [Fact]
    public async Task A_cursor_of_other_filters_is_refused()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        await tenant.NewLineAsync(workspace.Id);
        await tenant.NewLineAsync(workspace.Id);
        var page = await (await tenant.Client.GetAsync("/v1/service-lines?limit=1")).Json();
        var cursor = page.GetProperty("meta").GetProperty("cursor").GetString();

        await (await tenant.Client.GetAsync($"/v1/service-lines?limit=1&status=draft&cursor={cursor}"))
            .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_cursor");
        (await tenant.Client.GetAsync($"/v1/service-lines?limit=2&cursor={cursor}")).StatusCode
            .Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_page_is_at_most_two_statements_however_many_lines_there_are()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        for (var n = 0; n < 30; n++)
        {
            await tenant.NewLineAsync(workspace.Id);
        }

        var owner = await tenant.OwnerAsync();
        foreach (var query in new[]
        {
            new ListServiceLines.Query(owner),
            new ListServiceLines.Query(owner, WorkspaceId: workspace.Id),
            new ListServiceLines.Query(owner, OrganizationId: tenant.Id, Status: "draft"),
        })
        {
            var (page, statements) = await service.Counted(query);
            page.Items.Should().HaveCount(20);
            statements.Should().BeLessThanOrEqualTo(2);
        }
    }

    private async Task<List<string>> OfAllOrganizationsAsync(string? status = null)
    {
        var all = new List<string>();
        string? cursor = null;
        do
        {
            var page = await service.Do(new ListServiceLines.Query(
                ServiceFixture.RootCaller, Status: status, Cursor: cursor, Limit: 100));
            all.AddRange(page.Items.Select(line => line.Id));
            cursor = page.Next;
        }
        while (cursor is not null);

        return all;
    }

    private async Task<IEnumerable<string?>> ListAsync(string key, string query = "") =>
        [.. (await (await service.Client(key).GetAsync("/v1/service-lines" + query)).Data()).EnumerateArray().Select(
            line => line.GetProperty("id").GetString())];
}
