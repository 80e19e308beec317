using System.Net;
using System.Text.Json.Nodes;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Integrations;

[Collection("Integrations")]
public sealed class ConnectIntegrationTests(ServiceFixture service)
{
    [Fact]
    public async Task It_answers_with_what_was_connected()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        var response = await tenant.Client.PostJson(
            "/v1/integrations",
            new { workspace_id = workspace.Id, type = "github", config = new { org = "apex-digital" } });

        var made = await response.Data(HttpStatusCode.Created);
        var id = made.GetProperty("id").GetString()!;
        id.Should().MatchRegex(@"^INT-\d\d-\d{6}$");
        response.Headers.Location!.ToString().Should().Be($"/v1/integrations/{id}");
        made.EnumerateObject().Select(m => m.Name)
            .Should().BeEquivalentTo("id", "workspace_id", "organization_id", "type", "config", "created_at");
        made.GetProperty("workspace_id").GetString().Should().Be(workspace.Id);
        made.GetProperty("organization_id").GetString().Should().Be(tenant.Id);
        made.GetProperty("config").GetRawText().Should().Be("""{"org":"apex-digital"}""");
        (await (await tenant.Client.GetAsync($"/v1/integrations/{id}")).Data()).GetRawText()
            .Should().Be(made.GetRawText());
        var recorded = (await service.EventsOfAsync(id)).Should().ContainSingle().Which;
        (recorded.Type, recorded.WorkspaceCode, recorded.SubjectKind)
            .Should().Be(("integration.connected", workspace.Id, "integration"));
    }

    [Fact]
    public async Task Values_of_secret_looking_keys_are_never_shown_or_recorded()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var client = tenant.Client;
        client.DefaultRequestHeaders.Add("Idempotency-Key", "with-secrets");
        var body = new
        {
            workspace_id = workspace.Id,
            type = "jira",
            config = new Dictionary<string, object?>
            {
                ["site"] = "https://example.com",
                ["token"] = "hush-1",
                ["apiKey"] = "hush-2",
                ["nested"] = new object?[] { new { Client_SECRET = "hush-3", name = "shown" }, "plain" },
                ["CREDENTIALS"] = new { user = "hush-4", pass = "hush-5" },
                ["private_stuff"] = new[] { "hush-6" },
                ["password"] = 12345678,
                ["refresh_token"] = null,
            },
        };

        var made = await client.PostJson("/v1/integrations", body);
        var replayed = await client.PostJson("/v1/integrations", body);
        var id = (await made.Data(HttpStatusCode.Created)).GetProperty("id").GetString()!;
        var shown = await (await tenant.Client.GetAsync($"/v1/integrations/{id}")).Data();
        var listed = await tenant.Client.GetStringAsync(new Uri("/v1/integrations", UriKind.Relative));

        shown.GetProperty("config").GetRawText().Should().Be(
            """{"site":"https://example.com","token":"***","apiKey":"***","nested":"""
            + """[{"Client_SECRET":"***","name":"shown"},"plain"]"""
            + ""","CREDENTIALS":"***","private_stuff":"***","password":"***","refresh_token":null}""");
        replayed.Headers.Contains("Idempotency-Replayed").Should().BeTrue();
        foreach (var text in new[]
        {
            await made.Content.ReadAsStringAsync(),
            await replayed.Content.ReadAsStringAsync(),
            listed,
            (await service.EventsOfAsync(id)).Single().Changes,
        })
        {
            text.Should().Contain("https://example.com").And.NotContain("hush").And.NotContain("12345678");
        }
    }

    [Fact]
    public async Task Secrets_are_kept_for_the_integration_to_use()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var owner = await tenant.OwnerAsync();
        var secret = await service.Do(new ConnectIntegration.Command(
            owner, workspace.Id, "slack", new JsonObject { ["channel"] = "ops", ["bot_token"] = "kept" }));
        var plain = await service.Do(new ConnectIntegration.Command(
            owner, workspace.Id, "slack", new JsonObject { ["channel"] = "ops" }));

        await using var session = service.Db.Open();

        (await session.ScalarAsync<string?>(
            "SELECT secrets FROM integrations WHERE code = @Id", new { secret.Value.Id })).Should().Contain("kept");
        (await session.ScalarAsync<string?>(
            "SELECT secrets FROM integrations WHERE code = @Id", new { plain.Value.Id })).Should().BeNull();
    }

    [Theory]
    [InlineData("github")]
    [InlineData("gitlab")]
    [InlineData("bitbucket")]
    [InlineData("azure_devops")]
    [InlineData("jira")]
    [InlineData("clickup")]
    [InlineData("linear")]
    [InlineData("azure_boards")]
    [InlineData("slack")]
    [InlineData("microsoft_teams")]
    [InlineData("datadog")]
    [InlineData("sonarcloud")]
    public async Task Every_documented_type_is_taken_and_config_may_be_left_out(string type)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        var made = await service.Do(new ConnectIntegration.Command(await tenant.OwnerAsync(), workspace.Id, type));

        (made.Value.Type, made.Value.Config.Text).Should().Be((type, "{}"));
    }

    [Fact]
    public async Task What_is_wrong_is_said_with_a_pointer_each()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        var empty = await (await tenant.Client.PostJson("/v1/integrations", new { }))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");
        var wrong = await (await tenant.Client.PostJson(
            "/v1/integrations",
            new { workspace_id = workspace.Id, type = "myspace", config = new { text = new string('x', 16_385) } }))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");
        var list = await (await tenant.Client.PostJson(
            "/v1/integrations", new { workspace_id = workspace.Id, type = "github", config = new[] { 1 } }))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");

        empty.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("pointer").GetString())
            .Should().BeEquivalentTo("/workspace_id", "/type");
        wrong.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("pointer").GetString())
            .Should().BeEquivalentTo("/type", "/config");
        list.GetProperty("errors")[0].GetProperty("pointer").GetString().Should().Be("/config");
    }

    [Fact]
    public async Task It_takes_a_workspace_admin_or_a_key_that_writes()
    {
        var tenant = await service.NewTenantAsync(ceiling: false);
        var workspace = await tenant.NewWorkspaceAsync(type: "open");
        var member = await tenant.NewMemberAsync();
        await tenant.AddToAsync(workspace.Id, member.Id, Roles.Member);
        var admin = await tenant.NewMemberAsync();
        await tenant.AddToAsync(workspace.Id, admin.Id, Roles.Admin);
        var stranger = await service.NewTenantAsync();

        async Task<string?> ConnectWith(string key) => (await service.Send(
            new ConnectIntegration.Command(await service.CallerAsync(key), workspace.Id, "github")))
            .Match(_ => (string?)null, fault => fault.Code);

        (await ConnectWith(admin.Key)).Should().BeNull();
        (await ConnectWith(await tenant.ServiceKeyAsync("secret", workspace.Id, Permissions.Write))).Should().BeNull();
        (await ConnectWith(member.Key)).Should().Be("forbidden");
        (await ConnectWith((await tenant.NewMemberAsync()).Key)).Should().Be("forbidden");
        (await ConnectWith(await tenant.ServiceKeyAsync(
            "secret", null, Permissions.Read, Permissions.ServiceLinesManage))).Should().Be("forbidden");
        (await ConnectWith(await tenant.ServiceKeyAsync("publishable"))).Should().Be("forbidden");
        (await ConnectWith(stranger.OwnerKey)).Should().Be("not_found");
        (await ConnectWith(await tenant.ServiceKeyAsync("secret", (await tenant.NewWorkspaceAsync()).Id)))
            .Should().Be("not_found");
    }
}
