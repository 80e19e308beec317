using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.JoinRequests;

[Collection("JoinRequests")]
public sealed class GetJoinRequestTests(ServiceFixture service)
{
    [Fact]
    public async Task It_is_there_for_who_asked_and_for_admins_and_for_nobody_else()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "closed");
        var another = await tenant.NewWorkspaceAsync(type: "closed");
        var person = await tenant.NewMemberAsync();
        var other = await tenant.NewMemberAsync();
        var guest = await tenant.NewMemberAsync(Roles.Guest);
        var id = (await service.Do(new RequestToJoin.Command(await person.CallerAsync(), workspace.Id))).Value.Id;

        (await service.Do(new GetJoinRequest.Query(await person.CallerAsync(), workspace.Id, id))).Value.Id
            .Should().Be(id);
        (await service.Do(new GetJoinRequest.Query(await tenant.OwnerAsync(), workspace.Id, id))).Value.Email
            .Should().Be(person.Email);
        (await service.Do(new GetJoinRequest.Query(
            await service.CallerAsync(await tenant.ServiceKeyAsync("publishable")), workspace.Id, id)))
            .Value.Email.Should().BeNull();
        (await service.Refused(new GetJoinRequest.Query(await other.CallerAsync(), workspace.Id, id))).Code
            .Should().Be("not_found");
        (await service.Refused(new GetJoinRequest.Query(await guest.CallerAsync(), workspace.Id, id))).Code
            .Should().Be("not_found");
        (await service.Refused(new GetJoinRequest.Query(await tenant.OwnerAsync(), another.Id, id))).Code
            .Should().Be("not_found");
        (await service.Refused(new GetJoinRequest.Query(await tenant.OwnerAsync(), workspace.Id, "JRQ-26-999999"))).Code
            .Should().Be("not_found");
    }
}
