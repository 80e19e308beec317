using System.Net;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Members;

[Collection("Members")]
public sealed class GetMemberTests(ServiceFixture service)
{
    [Fact]
    public async Task A_member_is_shown_with_its_workspace_role()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberOfAsync(workspace.Id, Roles.Viewer, organizationRole: Roles.Member);

        var member = (await service.Do(new GetMember.Query(await person.CallerAsync(), workspace.Id, person.Id))).Value;

        member.Role.Should().Be(Roles.Viewer);
        member.Source.Should().Be("workspace");
        member.Email.Should().Be(person.Email);
    }

    [Fact]
    public async Task Owner_and_admins_of_the_organization_belong_without_having_been_added()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var admin = await tenant.NewMemberAsync(Roles.Admin);

        var member = (await service.Do(new GetMember.Query(await tenant.OwnerAsync(), workspace.Id, admin.Id))).Value;

        member.Role.Should().Be(Roles.Admin);
        member.Source.Should().Be("organization");
    }

    [Fact]
    public async Task An_admin_who_was_added_is_shown_as_added()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var admin = await tenant.NewMemberOfAsync(workspace.Id, Roles.Viewer, organizationRole: Roles.Admin);

        var member = (await service.Do(new GetMember.Query(await tenant.OwnerAsync(), workspace.Id, admin.Id))).Value;

        member.Role.Should().Be(Roles.Viewer);
        member.Source.Should().Be("workspace");
    }

    [Fact]
    public async Task Others_are_not_found()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var outside = await tenant.NewMemberAsync();
        var foreigner = (await service.NewTenantAsync()).Owner;

        foreach (var user in (string[])[outside.Id, foreigner.Id, "USR-26-999999", "nobody", workspace.Id])
        {
            (await service.Refused(new GetMember.Query(await tenant.OwnerAsync(), workspace.Id, user))).Code
                .Should().Be("not_found", user);
        }
    }

    [Fact]
    public async Task Who_sees_the_workspace_and_does_not_belong_is_refused()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "closed");
        var onlooker = await tenant.NewMemberAsync();

        (await service.Refused(new GetMember.Query(await onlooker.CallerAsync(), workspace.Id, tenant.Owner.Id))).Code
            .Should().Be("forbidden");
        (await service.Refused(new GetMember.Query(await onlooker.CallerAsync(), workspace.Id, onlooker.Id))).Code
            .Should().Be("forbidden");
    }

    [Fact]
    public async Task A_publishable_key_sees_no_address()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        using var client = service.Client(await tenant.ServiceKeyAsync("publishable"));

        var member = await (await client.GetAsync($"/v1/workspaces/{workspace.Id}/members/{tenant.Owner.Id}")).Data();

        member.GetProperty("email").ValueKind.Should().Be(System.Text.Json.JsonValueKind.Null);
        member.GetProperty("name").GetString().Should().Be(tenant.Owner.Name);
    }

    [Fact]
    public async Task A_copy_that_is_still_good_is_not_sent_again()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var url = $"/v1/workspaces/{workspace.Id}/members/{tenant.Owner.Id}";
        var tag = (await tenant.Client.GetAsync(url)).Headers.ETag!;

        var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.IfNoneMatch.Add(tag);

        (await tenant.Client.SendAsync(request)).StatusCode.Should().Be(HttpStatusCode.NotModified);
    }
}
