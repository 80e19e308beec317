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
    public async Task Only_values_under_harmless_names_are_shown_recorded_and_stored()
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
                ["baseUrl"] = "https://example.com:8443/jira",
                ["Project"] = new object[] { "SHOP", 12345, new { key = "hush-1", team = "payments" } },
                ["repo"] = "https://sam:hush-2@example.com/shop.git",
                ["team"] = new { pat = "hush-3", region = "eu", owner = new[] { "ssh://hush-4@example.com" } },
                ["pat"] = "hush-5",
                ["dsn"] = "hush-6",
                ["connection_string"] = "hush-7",
                ["bearer"] = "hush-8",
                ["pass"] = 99887766,
                ["CREDENTIALS"] = new { org = "hush-9" },
                ["anything"] = new[] { "hush-10" },
                ["enabled"] = true,
                ["refresh_token"] = null,
            },
        };

        var made = await client.PostJson("/v1/integrations", body);
        var replayed = await client.PostJson("/v1/integrations", body);
        var id = (await made.Data(HttpStatusCode.Created)).GetProperty("id").GetString()!;
        var reader = service.Client(await tenant.ServiceKeyAsync("publishable"));
        var shown = await (await tenant.Client.GetAsync($"/v1/integrations/{id}")).Data();

        shown.GetProperty("config").GetRawText().Should().Be(
            "{\"site\":\"https://example.com\",\"baseUrl\":\"https://example.com:8443/jira\","
            + "\"Project\":[\"SHOP\",12345,{\"key\":\"***\",\"team\":\"payments\"}],\"repo\":\"***\","
            + "\"team\":{\"pat\":\"***\",\"region\":\"eu\",\"owner\":[\"***\"]},"
            + "\"pat\":\"***\",\"dsn\":\"***\",\"connection_string\":\"***\",\"bearer\":\"***\",\"pass\":\"***\","
            + "\"CREDENTIALS\":\"***\",\"anything\":\"***\",\"enabled\":\"***\",\"refresh_token\":null}");
        replayed.Headers.Contains("Idempotency-Replayed").Should().BeTrue();
        foreach (var text in new[]
        {
            await made.Content.ReadAsStringAsync(),
            await replayed.Content.ReadAsStringAsync(),
            await tenant.Client.GetStringAsync(new Uri("/v1/integrations", UriKind.Relative)),
            await reader.GetStringAsync(new Uri($"/v1/integrations/{id}", UriKind.Relative)),
            (await service.EventsOfAsync(id)).Single().Changes,
            (await service.ReadAsync<string>("SELECT config FROM integrations WHERE code = @id", new { id })).Single(),
        })
        {
            text.Should().Contain("https://example.com").And.NotContain("hush").And.NotContain("99887766");
        }
    }

    [Theory]
    [InlineData("github", "url", "https://example.com/a/b", true)]
    [InlineData("github", "url", "https://example.com:8443", true)]
    [InlineData("github", "repo", "git@example.com:shop/web.git", true)]
    [InlineData("github", "url", "https://sam@example.com", false)]
    [InlineData("github", "url", "https://sam:pass@example.com/a", false)]
    [InlineData("github", "url", "https:\\\\sam:pass@example.com", false)]
    [InlineData("github", "url", "https:sam:pass@example.com", false)]
    [InlineData("github", "url", "//sam:pass@example.com", false)]
    [InlineData("github", "site", "sam:pass@example.com", false)]
    [InlineData("github", "environment", "postgres://sam:pa/ss@example.com/db", false)]
    [InlineData("github", "site", "read https://sam:pass@example.com first", false)]
    [InlineData("github", "url", "https://example.com/a?token=abc", false)]
    [InlineData("github", "url", "https://example.com/a#abc", false)]
    [InlineData("github", "org", "two\nlines", false)]
    [InlineData("slack", "url", "https://hooks.example.com/T0/B0/abc", false)]
    [InlineData("slack", "channel", "https://hooks.example.com/T0/B0/abc", false)]
    [InlineData("slack", "channel", "#ops", true)]
    [InlineData("microsoft_teams", "url", "https://hooks.example.com/abc", false)]
    [InlineData("datadog", "Site", "datadoghq.eu", true)]
    [InlineData("sonarcloud", "organization", "apex-digital", true)]
    [InlineData("gitlab", "project_token", "abc", false)]
    [InlineData("gitlab", "", "abc", false)]
    public void A_value_is_shown_where_its_name_is_harmless_for_the_type(
        string type, string name, string value, bool shown) =>
        SecretRedaction.Hide(new JsonObject { [name] = value }, type)[name]!.GetValue<string>()
            .Should().Be(shown ? value : "***");

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
