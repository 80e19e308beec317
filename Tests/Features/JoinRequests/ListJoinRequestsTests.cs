using System.Net;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.JoinRequests;

[Collection("JoinRequests")]
public sealed class ListJoinRequestsTests(ServiceFixture service)
{
    [Fact]
    public async Task Admins_see_who_asked_page_by_page_in_the_order_of_asking()
    {
        var (tenant, workspace, ids) = await AskedAsync(5);

        var first = (await (await tenant.Client.GetAsync($"/v1/workspaces/{workspace}/join-requests?limit=2")).Json())!;
        var second = await (await tenant.Client.GetAsync(
            $"/v1/workspaces/{workspace}/join-requests?limit=2"
            + $"&cursor={first.GetProperty("meta").GetProperty("cursor")}"))
            .Json();
        var third = await (await tenant.Client.GetAsync(
            $"/v1/workspaces/{workspace}/join-requests?limit=2"
            + $"&cursor={second.GetProperty("meta").GetProperty("cursor")}"))
            .Json();

        new[] { first, second, third }.SelectMany(page => page.GetProperty("data").EnumerateArray())
            .Select(r => r.GetProperty("id").GetString())
            .Should().Equal(ids);
        third.GetProperty("meta").GetProperty("has_more").GetBoolean().Should().BeFalse();
        third.GetProperty("meta").GetProperty("cursor").ValueKind.Should().Be(System.Text.Json.JsonValueKind.Null);
    }

    [Fact]
    public async Task The_status_narrows_the_list()
    {
        var (tenant, workspace, ids) = await AskedAsync(3);
        await service.Do(new DenyJoinRequest.Command(await tenant.OwnerAsync(), workspace, ids[1]));

        var pending = await service.Do(new ListJoinRequests.Query(await tenant.OwnerAsync(), workspace, "pending"));
        var denied = await service.Do(new ListJoinRequests.Query(await tenant.OwnerAsync(), workspace, "denied"));

        pending.Items.Select(r => r.Id).Should().Equal(ids[0], ids[2]);
        denied.Items.Should().ContainSingle().Which.DecidedBy.Should().Be(tenant.Owner.Id);
    }

    [Theory]
    [InlineData("status=open", "invalid_parameter")]
    [InlineData("limit=0", "invalid_parameter")]
    [InlineData("limit=many", "invalid_parameter")]
    [InlineData("cursor=nonsense", "invalid_cursor")]
    public async Task A_wrong_query_value_is_said(string query, string code)
    {
        var (tenant, workspace, _) = await AskedAsync(0);

        await (await tenant.Client.GetAsync($"/v1/workspaces/{workspace}/join-requests?{query}"))
            .ShouldBeProblem(HttpStatusCode.BadRequest, code);
    }

    [Fact]
    public async Task A_cursor_belongs_to_its_filters()
    {
        var (tenant, workspace, _) = await AskedAsync(2);
        var page = await service.Do(new ListJoinRequests.Query(await tenant.OwnerAsync(), workspace, Limit: 1));

        (await service.Refused(new ListJoinRequests.Query(await tenant.OwnerAsync(), workspace, "pending", page.Next)))
            .Code.Should().Be("invalid_cursor");
    }

    [Fact]
    public async Task Only_admins_see_the_list_and_no_address_goes_to_a_publishable_key()
    {
        var (tenant, workspace, _) = await AskedAsync(1);
        var person = await tenant.NewMemberAsync();
        var guest = await tenant.NewMemberAsync(Roles.Guest);
        var publishable = await service.CallerAsync(await tenant.ServiceKeyAsync("publishable"));

        (await service.Refused(new ListJoinRequests.Query(await person.CallerAsync(), workspace))).Code
            .Should().Be("forbidden");
        (await service.Refused(new ListJoinRequests.Query(await guest.CallerAsync(), workspace))).Code
            .Should().Be("not_found");
        (await service.Do(new ListJoinRequests.Query(publishable, workspace))).Items
            .Should().ContainSingle().Which.Email.Should().BeNull();
    }

    [Fact]
    public async Task Every_page_costs_the_same()
    {
        var (tenant, workspace, _) = await AskedAsync(12);
        var owner = await tenant.OwnerAsync();

        var (page, few) = await service.Counted(new ListJoinRequests.Query(owner, workspace, Limit: 1));
        var (_, many) = await service.Counted(new ListJoinRequests.Query(owner, workspace, Cursor: null, Limit: 10));

        page.Items.Should().HaveCount(1);
        few.Should().BeLessThanOrEqualTo(2);
        many.Should().BeLessThanOrEqualTo(2);
    }

    private async Task<(Tenant Tenant, string Workspace, List<string> Ids)> AskedAsync(int count)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "closed");
        var ids = new List<string>();
        for (var n = 0; n < count; n++)
        {
            var person = await tenant.NewMemberAsync();
            ids.Add((await service.Do(new RequestToJoin.Command(await person.CallerAsync(), workspace.Id))).Value.Id);
        }

        return (tenant, workspace.Id, ids);
    }
}
