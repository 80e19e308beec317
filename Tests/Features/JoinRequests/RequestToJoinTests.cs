using System.Net;
using WorkspaceService.Features.Members;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.JoinRequests;

[Collection("JoinRequests")]
public sealed class RequestToJoinTests(ServiceFixture service)
{
    [Fact]
    public async Task A_person_who_sees_a_closed_workspace_may_ask_to_join_it()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "closed");
        var person = await tenant.NewMemberAsync();

        var response = await person.Client.PostAsync($"/v1/workspaces/{workspace.Id}/join-requests", null);

        var request = await response.Data(HttpStatusCode.Created);
        request.GetProperty("id").GetString().Should().MatchRegex(@"^JRQ-\d\d-\d{6}$");
        request.GetProperty("workspace_id").GetString().Should().Be(workspace.Id);
        request.GetProperty("user_id").GetString().Should().Be(person.Id);
        request.GetProperty("email").GetString().Should().Be(person.Email);
        request.GetProperty("status").GetString().Should().Be("pending");
        request.GetProperty("decided_by").ValueKind.Should().Be(System.Text.Json.JsonValueKind.Null);
        var read = await (await person.Client.GetAsync(response.Headers.Location)).Data();
        read.GetRawText().Should().Be(request.GetRawText());
        (await service.EventTypesAsync(workspace.Id)).Should().Equal("workspace.created", "join_request.created");
    }

    [Theory]
    [InlineData("private", Roles.Member, "not_found")]
    [InlineData("private", Roles.Admin, "forbidden")]
    [InlineData("closed", Roles.Viewer, "not_found")]
    [InlineData("closed", Roles.Billing, "not_found")]
    [InlineData("closed", Roles.Guest, "not_found")]
    [InlineData("open", Roles.Member, "invalid_transition")]
    [InlineData("open", Roles.Guest, "not_found")]
    [InlineData("default", Roles.Member, "already_member")]
    [InlineData("default", Roles.Viewer, "not_found")]
    public async Task Elsewhere_there_is_nothing_to_ask_for(string type, string role, string code)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: type);
        var person = await tenant.NewMemberAsync(role);

        (await service.Refused(new RequestToJoin.Command(await person.CallerAsync(), workspace.Id))).Code
            .Should().Be(code);
    }

    [Fact]
    public async Task One_request_of_a_person_is_pending_at_a_time()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "closed");
        var person = await (await tenant.NewMemberAsync()).CallerAsync();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(
            _ => Task.Run(() => service.Next.Send(new RequestToJoin.Command(person, workspace.Id)))));

        outcomes.Count(o => o.Succeeded(out _, out _)).Should().Be(1);
        outcomes.Count(o => o.Match(_ => "", fault => fault.Code) == "join_request_pending").Should().Be(15);
        (await service.EventTypesAsync(workspace.Id)).Should().Equal("workspace.created", "join_request.created");
    }

    [Fact]
    public async Task Who_was_denied_may_ask_again()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "closed");
        var person = await (await tenant.NewMemberAsync()).CallerAsync();
        var first = (await service.Do(new RequestToJoin.Command(person, workspace.Id))).Value;
        await service.Do(new DenyJoinRequest.Command(await tenant.OwnerAsync(), workspace.Id, first.Id));

        var second = (await service.Do(new RequestToJoin.Command(person, workspace.Id))).Value;

        second.Id.Should().NotBe(first.Id);
        second.Status.Should().Be("pending");
    }

    [Fact]
    public async Task A_member_has_nothing_to_ask_for()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "closed");
        var person = await tenant.NewMemberAsync();
        await service.Do(new AddMember.Command(await tenant.OwnerAsync(), workspace.Id, person.Id, "viewer"));

        (await service.Refused(new RequestToJoin.Command(await person.CallerAsync(), workspace.Id))).Code
            .Should().Be("already_member");
    }

    [Fact]
    public async Task A_key_without_a_person_asks_for_nothing()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "closed");

        (await service.Refused(new RequestToJoin.Command(ServiceFixture.RootCaller, workspace.Id))).Code
            .Should().Be("forbidden");
        (await service.Refused(new RequestToJoin.Command(
            await service.CallerAsync(await tenant.ServiceKeyAsync()), workspace.Id))).Code
            .Should().Be("forbidden");
    }
}
