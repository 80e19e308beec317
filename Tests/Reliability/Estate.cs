using System.Net;

namespace WorkspaceService.Reliability;

/// <summary>An organization with something of every kind in it, made over HTTP with the root key.</summary>
/// <param name="Workspace">Has two members beside its owner, an active and a draft line and an invitation.</param>
/// <param name="Members">Of the organization, beside its owner: the first two are members of the workspace.</param>
/// <param name="Token">That of the invitation.</param>
/// <param name="Key">The id of a secret key.</param>
internal sealed record Estate(
    string Owner, string Organization, string Workspace, string[] Members, string Line, string Token, string Key)
{
    public static async Task<Estate> MakeAsync(HttpClient root)
    {
        var owner = await root.MakeAsync("/v1/users", new { name = "Owner", email = "owner@example.com" });
        var organization = await root.MakeAsync("/v1/orgs", new { name = "Estate", owner_id = owner });
        foreach (var name in new[] { "Everyone", "Lobby" })
        {
            await root.MakeAsync("/v1/workspaces", new { organization_id = organization, name, type = "default" });
        }

        var members = new List<string>();
        for (var n = 0; n < 12; n++)
        {
            members.Add(await root.MakeAsync(
                $"/v1/orgs/{organization}/members",
                new { name = $"Member {n}", email = $"member{n}@example.com", role = "member" },
                "user_id"));
        }

        var workspace = await root.MakeAsync("/v1/workspaces", new { organization_id = organization, name = "Main" });
        foreach (var member in members.Take(2))
        {
            await root.MakeAsync(
                $"/v1/workspaces/{workspace}/members", new { user_id = member, role = "member" }, "user_id");
        }

        var line = await NewLineAsync();
        await NewLineAsync();
        (await root.PostJson($"/v1/service-lines/{line}/activate", new { })).EnsureSuccessStatusCode();
        await root.MakeAsync(
            "/v1/integrations", new { workspace_id = workspace, type = "github", config = new { org = "example" } });
        var invitation = await (await root.PostJson(
            $"/v1/workspaces/{workspace}/invitations", new { email = "guest@example.com", role = "member" }))
            .Data(HttpStatusCode.Created);
        var key = await root.MakeAsync(
            "/v1/api-keys", new { name = "Key", type = "secret", organization_id = organization });
        return new(
            owner, organization, workspace, [.. members], line, invitation.GetProperty("token").GetString()!, key);

        Task<string> NewLineAsync() => root.MakeAsync("/v1/service-lines", new
        {
            workspace_id = workspace,
            name = "Line",
            product_line = "talent",
            execution_model = "capacity",
            billing_model = "monthly_retainer",
        });
    }
}
