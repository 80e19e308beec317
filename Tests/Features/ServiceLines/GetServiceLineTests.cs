using System.Net;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.ServiceLines;

[Collection("ServiceLines")]
public sealed class GetServiceLineTests(ServiceFixture service)
{
    [Theory]
    [InlineData(Roles.Member)]
    [InlineData(Roles.Viewer)]
    [InlineData(Roles.Guest)]
    public async Task Everyone_with_a_role_in_the_workspace_sees_its_lines(string role)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var line = await tenant.NewLineAsync(workspace.Id);
        var person = await tenant.NewMemberAsync();
        await tenant.AddToAsync(workspace.Id, person.Id, role);

        var shown = await (await person.Client.GetAsync($"/v1/service-lines/{line.Id}")).Data();

        shown.GetProperty("id").GetString().Should().Be(line.Id);
    }

    [Theory]
    [InlineData("private")]
    [InlineData("closed")]
    [InlineData("open")]
    public async Task To_others_it_does_not_exist_also_where_they_see_the_workspace(string type)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: type);
        var line = await tenant.NewLineAsync(workspace.Id);
        var colleague = await tenant.NewMemberAsync();
        var stranger = await service.NewTenantAsync();
        var narrowed = await tenant.ServiceKeyAsync("secret", (await tenant.NewWorkspaceAsync()).Id);

        foreach (var client in new[] { colleague.Client, stranger.Client, service.Client(narrowed) })
        {
            await (await client.GetAsync($"/v1/service-lines/{line.Id}"))
                .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        }
    }

    [Fact]
    public async Task A_service_key_needs_read()
    {
        var tenant = await service.NewTenantAsync();
        var line = await tenant.NewLineAsync((await tenant.NewWorkspaceAsync()).Id);

        var blind = service.Client(await tenant.ServiceKeyAsync("secret", null, Permissions.ServiceLinesManage));
        var publishable = service.Client(await tenant.ServiceKeyAsync("publishable"));

        await (await blind.GetAsync($"/v1/service-lines/{line.Id}"))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await publishable.GetAsync($"/v1/service-lines/{line.Id}")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("LIN-26-999999")]
    [InlineData("WS-26-000001")]
    [InlineData("LIN-26-0")]
    [InlineData("1")]
    [InlineData("LIN-26-9999999999999999999")]
    public async Task What_is_no_code_of_a_line_is_not_found(string code)
    {
        await (await service.Root.GetAsync($"/v1/service-lines/{code}"))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task A_copy_that_is_current_is_not_sent_again()
    {
        var tenant = await service.NewTenantAsync();
        var line = await tenant.NewLineAsync((await tenant.NewWorkspaceAsync()).Id);
        var tag = (await tenant.Client.GetAsync($"/v1/service-lines/{line.Id}")).Headers.ETag!;
        var client = tenant.Client;
        client.DefaultRequestHeaders.IfNoneMatch.Add(tag);

        (await client.GetAsync($"/v1/service-lines/{line.Id}")).StatusCode.Should().Be(HttpStatusCode.NotModified);
        await tenant.MoveAsync(line.Id, "active");
        (await client.GetAsync($"/v1/service-lines/{line.Id}")).StatusCode.Should().Be(HttpStatusCode.OK);
    }
}
