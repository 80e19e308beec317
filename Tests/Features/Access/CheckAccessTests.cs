using System.Globalization;
using System.Net;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Access;

[Collection("Access")]
public sealed class CheckAccessTests(ServiceFixture service)
{
    [Fact]
    public async Task It_answers_each_check_in_order()
    {
        var tenant = await service.NewTenantAsync();
        var (one, two) = (await tenant.NewWorkspaceAsync(), await tenant.NewWorkspaceAsync());
        var member = await tenant.NewMemberOfAsync(one.Id, Roles.Member);

        var response = await tenant.Client.PostJson("/v1/access/check", new
        {
            checks = new[]
            {
                new { workspace_id = one.Id, user_id = member.Id, role = "member" },
                new { workspace_id = two.Id, user_id = member.Id, role = "guest" },
                new { workspace_id = one.Id, user_id = member.Id, role = "admin" },
                new { workspace_id = two.Id, user_id = tenant.Owner.Id, role = "admin" },
                new { workspace_id = one.Id, user_id = "USR-26-999999", role = "guest" },
                new { workspace_id = one.Id, user_id = member.Id, role = "member" },
            },
        });

        (await response.Data()).EnumerateArray().Select(answer => answer.GetRawText()).Should().Equal(
            """{"allowed":true,"role":"member","source":"workspace","reason":null}""",
            """{"allowed":false,"role":null,"source":null,"reason":"not_a_member"}""",
            """{"allowed":false,"role":"member","source":"workspace","reason":"role_too_low"}""",
            """{"allowed":true,"role":"admin","source":"workspace","reason":null}""",
            """{"allowed":false,"role":null,"source":null,"reason":"not_a_member"}""",
            """{"allowed":true,"role":"member","source":"workspace","reason":null}""");
    }

    [Fact]
    public async Task Who_was_asked_about_before_being_known_is_found_afterwards()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var last = (await service.NewUserAsync()).Id;
        var number = int.Parse(last[^6..], CultureInfo.InvariantCulture) + 1;
        var next = string.Create(CultureInfo.InvariantCulture, $"{last[..^6]}{number:000000}");
        (await IsAllowedAsync()).Should().BeFalse();

        (await tenant.NewMemberOfAsync(workspace.Id)).Id.Should().Be(next);

        (await IsAllowedAsync()).Should().BeTrue();

        async Task<bool> IsAllowedAsync() => (await (await tenant.Client.PostJson("/v1/access/check", new
        {
            checks = new[] { new { workspace_id = workspace.Id, user_id = next, role = "member" } },
        })).Data())[0].GetProperty("allowed").GetBoolean();
    }

    [Fact]
    public async Task A_hundred_checks_are_one_statement_at_most()
    {
        var tenant = await service.NewTenantAsync();
        var workspaces = new List<WorkspaceObject>();
        for (var i = 0; i < 4; i++)
        {
            workspaces.Add(await tenant.NewWorkspaceAsync());
        }

        var checks = Enumerable.Range(0, 100)
            .Select(n => new CheckAccess.Check(workspaces[n % 4].Id, $"USR-26-{900000 + n:000000}", "guest")).ToList();
        var (answers, statements) = await service.Counted(new CheckAccess.Query(await tenant.OwnerAsync(), checks));

        answers.Should().HaveCount(100).And.OnlyContain(a => a.Reason == "not_a_member");
        statements.Should().Be(1);
    }

    [Theory]
    [InlineData("""{}""", "/checks")]
    [InlineData("""{"checks": []}""", "/checks")]
    [InlineData("""{"checks": [null]}""", "/checks/0")]
    [InlineData(
        """{"checks": [{"workspace_id": "WS-26-000001", "user_id": "USR-26-000001", "role": "owner"}]}""",
        "/checks/0/role")]
    [InlineData("""{"checks": [{"workspace_id": "WS-26-000001", "user_id": "USR-26-000001"}]}""", "/checks/0/role")]
    [InlineData("""{"checks": [{"workspace_id": "WS-26-000001", "role": "member"}]}""", "/checks/0/user_id")]
    [InlineData("""{"checks": [{"user_id": "USR-26-000001", "role": "member"}]}""", "/checks/0/workspace_id")]
    [InlineData(
        """{"checks": [{"workspace_id": "WS-26-000001", "user_id": "x", "role": "member"}]}""", "/checks/0/user_id")]
    [InlineData(
        """{"checks": [{"workspace_id": 1, "user_id": "USR-26-000001", "role": "member"}]}""",
        "/checks/0/workspace_id")]
    public async Task What_is_wrong_is_pointed_at(string body, string pointer)
    {
        var response = await service.Root.SendJson(HttpMethod.Post, "/v1/access/check", body);

        var problem = await response.ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");
        problem.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("pointer").GetString())
            .Should().Equal(pointer);
    }

    [Fact]
    public async Task A_hundred_and_one_are_too_many()
    {
        var checks = Enumerable.Repeat(new CheckAccess.Check("WS-26-000001", "USR-26-000001", "member"), 101).ToList();

        (await service.Refused(new CheckAccess.Query(ServiceFixture.RootCaller, checks))).Errors
            .Should().ContainSingle().Which.Pointer.Should().Be("/checks");
    }

    [Fact]
    public async Task One_check_that_the_caller_may_not_make_refuses_all()
    {
        var (tenant, stranger) = (await service.NewTenantAsync(), await service.NewTenantAsync());
        var (workspace, foreign) = (await tenant.NewWorkspaceAsync(), await stranger.NewWorkspaceAsync());
        var member = await tenant.NewMemberOfAsync(workspace.Id);
        CheckAccess.Check own = new(workspace.Id, member.Id, "member"),
        about = new(workspace.Id, tenant.Owner.Id, "member"), unseen = new(foreign.Id, member.Id, "member");

        (await service.Do(new CheckAccess.Query(await member.CallerAsync(), [own, own])))
            .Should().OnlyContain(a => a.Allowed);
        (await service.Refused(new CheckAccess.Query(await member.CallerAsync(), [own, about]))).Code
            .Should().Be("forbidden");
        (await service.Refused(new CheckAccess.Query(await tenant.OwnerAsync(), [about, unseen]))).Code
            .Should().Be("not_found");
        (await service.Refused(new CheckAccess.Query(
            await tenant.OwnerAsync(), [about, new("no code", member.Id, "member")]))).Code.Should().Be("not_found");
    }
}
