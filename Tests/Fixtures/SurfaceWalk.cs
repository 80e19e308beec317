using System.Net;
using System.Text.Json;

namespace WorkspaceService;

/// <summary>Writes and reads on the three surfaces, by which one sees that a service works.</summary>
internal static class SurfaceWalk
{
    /// <summary>Hands back the organization that the walk has made.</summary>
    public static async Task<string> WalkAsync(ServiceProcess service, string slug)
    {
        using var root = service.Client();
        var (owner, member) = (await NewUserAsync("owner"), await NewUserAsync("member"));
        var organization = await IdAsync(root.PostJson("/v1/orgs", new { name = slug, slug, owner_id = owner }));
        var key = (await (await root.PostJson("/v1/api-keys", new { name = "Walk", type = "user", user_id = owner }))
            .Data(HttpStatusCode.Created)).GetProperty("key").GetString();
        using var client = service.Client(key);

        await IdAsync(
            root.PostJson($"/v1/orgs/{organization}/members", new { user_id = member, role = "member" }), "user_id");
        var workspace = await IdAsync(
            client.PostJson("/v1/workspaces", new { organization_id = organization, name = "Native" }));
        await IdAsync(
            client.PostJson($"/v1/workspaces/{workspace}/members", new { user_id = member, role = "member" }),
            "user_id");
        (await (await client.GetAsync($"/v1/workspaces/{workspace}/members")).Data()).GetArrayLength().Should().Be(2);
        (await (await client.GetAsync($"/v1/can-use-site?user_id={member}&workspace_id={workspace}")).Json())
            .ToString().Should().Contain("can_use_site");

        var tape = await (await client.PostJson("/v1/workspace", new { name = "Tape" })).Bare();
        (await (await client.GetAsync($"/v1/workspace/{tape.GetProperty("workspace_id")}/member")).Bare())
            .GetProperty("workspace_members").GetArrayLength().Should().Be(1);
        (await (await client.GetAsync("/v1/workspace/org")).Bare()).GetProperty("total").GetInt32().Should().Be(2);

        (await (await client.GetAsync("/api/v4/workspaces")).Json()).ValueKind.Should().Be(JsonValueKind.Object);
        var v4 = await client.PutJson("/api/v4/workspaces", new { workspace = new { name = "V4" } });
        v4.StatusCode.Should().Be(HttpStatusCode.OK, await v4.Content.ReadAsStringAsync());
        return organization;

        Task<string> NewUserAsync(string name) =>
            IdAsync(root.PostJson("/v1/users", new { name, email = $"{name}.{slug}@example.com" }));
    }

    private static async Task<string> IdAsync(Task<HttpResponseMessage> response, string member = "id") =>
        (await (await response).Data(HttpStatusCode.Created)).GetProperty(member).GetString()!;
}
