using System.Net;
using System.Text;
using WorkspaceService.Features.Invitations;
using WorkspaceService.Features.Members;
using WorkspaceService.Features.Workspaces;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Infrastructure.Surfaces;

/// <summary>The V4 surface on the wire: the seed's examples, and every kind of failure in its own shape.</summary>
[Collection("Surfaces")]
public sealed class V4SurfaceTests(ServiceFixture service)
{
    [Fact]
    public async Task The_seeds_workspace_is_shown_as_the_seed_shows_it()
    {
        var (tenant, workspace) = await NewAsync(seats: 30);
        var ada = $"ada{Guid.NewGuid():N}@example.com";
        await tenant.Client.PostJson(
            "/api/v4/invites", new { user_emails = new[] { ada }, location = "workspaceSettingsPage" });

        var response = await tenant.Client.GetAsync("/api/V4/workspaces?sort_by=name&sort_to=asc");

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/json");
        var shown = await response.Json();
        shown.EnumerateObject().Select(m => m.Name).Should().Equal(
            "id", "name", "available_users_count", "can_add_new_users", "can_invite_users_count", "workspace_users",
            "workspace_roles");
        shown.GetProperty("id").GetInt64().Should().Be(Codes.NumberOf(workspace));
        shown.GetProperty("available_users_count").GetInt64().Should().Be(30);
        shown.GetProperty("can_invite_users_count").GetInt64().Should().Be(28, "a pending invitation holds its seat");
        var people = shown.GetProperty("workspace_users").EnumerateArray().ToList();
        people.Should().OnlyContain(p => string.Join(' ', p.EnumerateObject().Select(m => m.Name))
            == "id email user_full_name invited invite_id workspace_role_name avatar_image touch_admin");
        var invited = people.Single(p => p.GetProperty("invited").GetBoolean());
        invited.GetProperty("email").GetString().Should().Be(ada);
        invited.GetProperty("invite_id").GetInt64().Should().BePositive();
        invited.GetProperty("id").GetInt64().Should().Be(-invited.GetProperty("invite_id").GetInt64());
        invited.GetProperty("workspace_role_name").GetString().Should().Be("member");
        var owner = people.Single(p => !p.GetProperty("invited").GetBoolean());
        owner.GetProperty("id").GetInt64().Should().Be(Codes.NumberOf(tenant.Owner.Id));
        owner.GetProperty("workspace_role_name").GetString().Should().Be("owner");
        owner.GetProperty("touch_admin").GetBoolean().Should().BeTrue();
    }

    [Fact]
    public async Task Every_address_lands_in_one_of_four_buckets()
    {
        var (tenant, workspace) = await NewAsync(seats: 4);
        var mark = Guid.NewGuid().ToString("N");
        var member = await tenant.NewMemberAsync();
        await service.Do(new AddMember.Command(await tenant.OwnerAsync(), workspace, member.Id, Roles.Member));
        await service.Do(new InviteMembers.Command(
            await tenant.OwnerAsync(), workspace, $"old{mark}@example.com", Roles.Member));

        var response = await tenant.Client.PostJson("/api/v4/invites", new
        {
            user_emails = new[]
            {
                $"new{mark}@example.com",
                $"OLD{mark}@example.com",
                member.Email.ToUpperInvariant(),
                "nonsense",
                $"late{mark}@example.com",
            },
        });

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        var buckets = await response.Json();
        List("successfully_invited_users").Should().Equal($"new{mark}@example.com");
        List("already_invited_users").Should().Equal($"OLD{mark}@example.com");
        List("already_on_workspace").Should().Equal(member.Email.ToUpperInvariant());
        List("invalid_emails").Should().Equal("nonsense", $"late{mark}@example.com");

        string[] List(string bucket) => [.. buckets.GetProperty(bucket).EnumerateArray().Select(e => e.GetString()!)];
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"user_emails": []}""")]
    [InlineData("""{"user_emails": "ada@example.com"}""")]
    [InlineData("""{"user_emails": [5]}""")]
    public async Task Addresses_that_are_no_list_of_texts_are_named(string body)
    {
        var (tenant, _) = await NewAsync();

        var response = await tenant.Client.SendJson(HttpMethod.Post, "/api/v4/invites", body);

        response.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        (await response.Json()).GetProperty("user_emails").EnumerateArray().Should().NotBeEmpty();
    }

    [Fact]
    public async Task Invitations_are_listed_on_both_sides_and_taken_back()
    {
        var (tenant, workspace) = await NewAsync();
        var invitee = await service.NewUserAsync();
        var inviteeClient = service.Client(await service.UserKeyAsync(invitee.Id));
        await tenant.Client.PostJson("/api/v4/invites", new { user_emails = new[] { invitee.Email } });

        var sent = (await (await tenant.Client.GetAsync("/api/v4/invites")).Json()).GetProperty("invites")[0];
        var received = (await (await inviteeClient.GetAsync("/api/v4/invites")).Json()).GetProperty("my_invites")[0];

        sent.GetProperty("email").GetString().Should().Be(invitee.Email);
        sent.GetProperty("state").GetString().Should().Be("pending");
        received.GetProperty("id").GetInt64().Should().Be(sent.GetProperty("id").GetInt64());
        received.GetProperty("sender_email").GetString().Should().Be(tenant.Owner.Email);
        var url = $"/api/v4/invites/{sent.GetProperty("id").GetInt64()}";
        (await inviteeClient.DeleteAsync(url)).StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await (await tenant.Client.DeleteAsync(url)).Content.ReadAsStringAsync()).Should().Be("""{"success":true}""");
        (await (await tenant.Client.GetAsync("/api/v4/invites")).Json()).GetProperty("invites").GetArrayLength()
            .Should().Be(0);
        (await (await tenant.Client.DeleteAsync("/api/v4/invites/987654")).Content.ReadAsStringAsync())
            .Should().Be("""{"invite":["not found"],"message":"invite not found"}""");
        _ = workspace;
    }

    [Fact]
    public async Task Whether_the_site_may_be_used_is_200_true_or_403_false()
    {
        var (tenant, workspace) = await NewAsync();
        var nobody = await tenant.NewMemberAsync();

        (await SiteAsync(tenant.Client)).Should().Be("""200 {"can_use_site":true}""");
        (await SiteAsync(nobody.Client)).Should().Be("""403 {"error":"forbidden","can_use_site":false}""");
        await service.Do(new ArchiveWorkspace.Command(await tenant.OwnerAsync(), workspace, Force: false));
        (await SiteAsync(tenant.Client)).Should().Be("""403 {"error":"forbidden","can_use_site":false}""");
        (await SiteAsync(service.Root)).Should().StartWith("404 ");
    }

    [Fact]
    public async Task A_removed_user_is_gone_and_the_last_admin_is_not()
    {
        var (tenant, workspace) = await NewAsync();
        var member = await tenant.NewMemberAsync();
        await service.Do(new AddMember.Command(await tenant.OwnerAsync(), workspace, member.Id, Roles.Member));
        var url = $"/api/v4/workspace_users/{Codes.NumberOf(member.Id)}";

        (await (await tenant.Client.DeleteAsync(url)).Content.ReadAsStringAsync()).Should().Be("""{"success":true}""");
        (await (await tenant.Client.DeleteAsync(url)).Content.ReadAsStringAsync())
            .Should().Be("""{"user":["not found"],"message":"user not found"}""");
        (await tenant.Client.DeleteAsync($"/api/v4/workspace_users/{Codes.NumberOf(tenant.Owner.Id)}")).StatusCode
            .Should().Be(HttpStatusCode.Conflict);
    }

    [Theory]
    [InlineData("GET", "/api/v4/nothing", null, 404)]
    [InlineData("DELETE", "/api/v4/workspaces", null, 405)]
    [InlineData("PUT", "/api/v4/workspaces", "{", 400)]
    [InlineData("PUT", "/api/v4/workspaces", "", 400)]
    public async Task Failures_of_the_framework_have_the_same_shape(string method, string url, string? body, int status)
    {
        var (tenant, _) = await NewAsync();

        var response = await tenant.Client.SendJson(new HttpMethod(method), url, body);

        await ShouldBeRefusalAsync(response, status);
    }

    [Fact]
    public async Task Other_media_types_and_large_bodies_are_refused_in_the_same_shape()
    {
        var (tenant, _) = await NewAsync();

        await ShouldBeRefusalAsync(
            await tenant.Client.PutAsync("/api/v4/workspaces", new StringContent("x", Encoding.UTF8, "text/plain")),
            415);
        await ShouldBeRefusalAsync(
            await tenant.Client.PutJson(
                "/api/v4/workspaces",
                new { workspace = new { name = new string('x', 2_000_000) } },
                ("Expect", "100-continue")),
            413);
    }

    [Fact]
    public async Task Without_a_key_it_is_401_with_a_challenge()
    {
        foreach (var (method, url) in new[]
        {
            ("GET", "/api/v4/workspaces"),
            ("GET", "/api/V4/workspaces/can_use_site"),
            ("POST", "/api/v4/invites"),
        })
        {
            var response = await service.Client(null)
                .SendJson(new HttpMethod(method), url, method == "POST" ? "{}" : null);

            await ShouldBeRefusalAsync(response, 401);
            response.Headers.WwwAuthenticate.ToString().Should().Be("Bearer");
        }
    }

    [Fact]
    public async Task A_suspended_organization_is_read_and_not_written()
    {
        var (tenant, _) = await NewAsync();
        await service.Root.PatchJson($"/v1/orgs/{tenant.Id}", new { status = "suspended" });

        (await tenant.Client.GetAsync("/api/v4/workspaces")).StatusCode.Should().Be(HttpStatusCode.OK);
        await ShouldBeRefusalAsync(
            await tenant.Client.PutJson("/api/v4/workspaces", new { workspace = new { name = "x" } }), 403);
        (await SiteAsync(tenant.Client)).Should().StartWith("403 ");
    }

    private async Task<(Tenant Tenant, string Workspace)> NewAsync(long? seats = null)
    {
        var tenant = await service.NewTenantAsync();
        return (tenant, (await tenant.NewWorkspaceAsync("Scrum Launch", seatLimit: seats)).Id);
    }

    private static async Task<string> SiteAsync(HttpClient client)
    {
        var response = await client.GetAsync("/api/v4/workspaces/can_use_site");
        return $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}";
    }

    // {"FIELD": ["…"], "message": "…"} and nothing of another surface.
    private static async Task ShouldBeRefusalAsync(HttpResponseMessage response, int status)
    {
        ((int)response.StatusCode).Should().Be(status, await response.Content.ReadAsStringAsync());
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/json");
        var said = await response.Json();
        said.GetProperty("message").GetString().Should().NotBeNullOrEmpty();
        var fields = said.EnumerateObject().Where(m => m.Name != "message").ToList();
        fields.Should().NotBeEmpty();
        fields.Should().OnlyContain(f => f.Value.ValueKind == System.Text.Json.JsonValueKind.Array);
    }
}
