using System.Net;
using AngleSharp.Dom;
using WorkspaceService.Features.ApiKeys;
using WorkspaceService.Features.Integrations;
using WorkspaceService.Features.JoinRequests;
using WorkspaceService.Features.Webhooks;

namespace WorkspaceService.Features.Search;

public sealed class SearchConsoleTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task A_code_leads_to_the_page_of_what_it_is()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var line = await tenant.NewLineAsync(workspace.Id);
        var invitation = await tenant.InviteAsync(workspace.Id, "somebody@example.com");
        var integration = (await service.Do(new ConnectIntegration.Command(
            await tenant.OwnerAsync(), workspace.Id, "github"))).Value;
        var key = (await service.Do(new CreateApiKey.Command(
            await tenant.OwnerAsync(), "Key", "secret", tenant.Id, Permissions: ["read"]))).Value.Id;
        var webhook = (await service.Do(new CreateWebhook.Command(
            await tenant.OwnerAsync(), tenant.Id, "https://example.com", ["*"]))).Value.Id;
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        foreach (var (code, page) in new[]
        {
            (tenant.Id, $"/console/organizations/{tenant.Id}"),
            (workspace.Id, $"/console/workspaces/{workspace.Id}"),
            (workspace.Id.ToLowerInvariant(), $"/console/workspaces/{workspace.Id}"),
            ($" \"{line.Id}\", ", $"/console/service-lines/{line.Id}"),
            (tenant.Owner.Id, $"/console/users/{tenant.Owner.Id}"),
            (invitation.Id, $"/console/workspaces/{workspace.Id}/invitations?id={invitation.Id}"),
            (integration.Id, $"/console/integrations?workspace_id={workspace.Id}&id={integration.Id}"),
            ($"<{tenant.Owner.Email}>", $"/console/users/{tenant.Owner.Id}"),
            ($"mailto:{tenant.Owner.Email}", $"/console/users/{tenant.Owner.Id}"),
            ($"({workspace.Id}):", $"/console/workspaces/{workspace.Id}"),
            (key.ToUpperInvariant(), $"/console/api-keys/{key}"),
            (webhook, $"/console/webhooks/{webhook}"),
        })
        {
            await admin.GoAsync($"/console/search?q={Uri.EscapeDataString(code)}");
            admin.First.StatusCode.Should().Be(HttpStatusCode.SeeOther, code);
            admin.First.Headers.Location!.OriginalString.Should().Be(page);
        }
    }

    [Theory]
    [InlineData("ORG-26-999999")]
    [InlineData("WS-26-999999")]
    [InlineData("USR-26-999999")]
    [InlineData("LIN-26-999999")]
    [InlineData("WHK-26-999999")]
    [InlineData("key_26_99999")]
    [InlineData("INV-26-999999")]
    public async Task A_code_of_nothing_stands_in_the_search_still(string code)
    {
        var tenant = await service.NewTenantAsync();
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await admin.GoAsync($"/console/search?q={code}");

        admin.Status.Should().Be(HttpStatusCode.OK);
        admin.Text.Should().Contain("Nothing was found");
        admin.Page.QuerySelector("form.find input")!.GetAttribute("value").Should().Be(code);
    }

    [Fact]
    public async Task The_one_of_many_that_a_code_names_stands_alone_with_what_can_be_done_with_it()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "closed");
        var asking = await tenant.NewMemberAsync();
        var request = (await service.Do(new RequestToJoin.Command(await asking.CallerAsync(), workspace.Id))).Value;
        for (var number = 0; number < 27; number++)
        {
            await tenant.InviteAsync(workspace.Id, $"invited{number}@example.com");
        }

        var last = await tenant.InviteAsync(workspace.Id, "last@example.com");
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await admin.GoAsync($"/console/search?q={last.Id}");
        admin.Page.QuerySelectorAll("main tbody tr").Should().ContainSingle()
            .Which.Text().Should().Contain("last@example.com").And.Contain("Revoke");
        await admin.ClickAsync("Clear");
        admin.Page.QuerySelectorAll("main tbody tr").Length.Should().Be(25);
        await admin.GoAsync($"/console/search?q={request.Id}");
        admin.Page.QuerySelectorAll("main tbody tr").Should().ContainSingle().Which.Text().Should().Contain("Approve");
    }

    [Fact]
    public async Task What_may_not_be_seen_is_answered_as_what_is_not_there()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync("Hidden place");
        var invitation = await tenant.InviteAsync(workspace.Id, "somebody@example.com");
        var integration = (await service.Do(new ConnectIntegration.Command(
            await tenant.OwnerAsync(), workspace.Id, "github"))).Value;
        await tenant.Client.SendJson(
            HttpMethod.Patch, $"/v1/workspaces/{workspace.Id}", """{"name":"Other"}""", ("X-Request-Id", "trace-42"));
        var happened = (await service.EventsAsync(workspace.Id))[0];
        var member = await tenant.NewMemberOfAsync(workspace.Id);
        using var stranger = await ConsoleVisitor.SignInAsync(service, (await service.NewTenantAsync()).OwnerKey);
        using var insider = await ConsoleVisitor.SignInAsync(service, member.Key);

        foreach (var (visitor, code, absent) in new[]
        {
            (stranger, invitation.Id, "INV-26-999999"),
            (insider, invitation.Id, "INV-26-999999"),
            (stranger, integration.Id, "INT-26-999999"),
            (insider, integration.Id, "INT-26-999999"),
            (stranger, happened.Id, "EVT-26-999999"),
            (insider, happened.Id, "EVT-26-999999"),
            (stranger, "trace-42", "trace-43"),
            (insider, "trace-42", "trace-43"),
            (stranger, tenant.Owner.Email!, "absent@example.com"),
            (stranger, "Hidden place", "Absent place"),
        })
        {
            (await AnswerAsync(visitor, code)).Should().Be(await AnswerAsync(visitor, absent), code);
        }
    }

    [Fact]
    public async Task A_request_id_leads_to_what_the_request_did_and_what_it_was_refused()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        await tenant.Client.SendJson(
            HttpMethod.Patch, $"/v1/workspaces/{workspace.Id}", """{"name":"Other"}""", ("X-Request-Id", "trace-1"));
        await tenant.Client.SendJson(
            HttpMethod.Delete,
            $"/v1/workspaces/{workspace.Id}/members/{tenant.Owner.Id}",
            null,
            ("X-Request-Id", "trace-1"));
        await service.WaitForRefusalsAsync(tenant.Id, 1);

        foreach (var key in new[] { tenant.OwnerKey, ServiceFixture.RootKey })
        {
            using var admin = await ConsoleVisitor.SignInAsync(service, key);
            await admin.SendAsync("form.find", ("q", "trace-1"));

            admin.Page.QuerySelectorAll("main table.log > tbody > tr > th")
                .Select(cell => cell.ChildNodes[0].TextContent.Trim())
                .Should().Equal("RemoveMember", "workspace.updated");
            admin.Text.Should().Contain("50,000");
        }
    }

    [Fact]
    public async Task What_belongs_to_no_organization_is_found_by_root_alone()
    {
        using var client = service.Client(ServiceFixture.RootKey);
        var body = $$"""{"name":"Ina","email":"{{Guid.NewGuid():N}}@example.com"}""";
        await client.SendJson(HttpMethod.Post, "/v1/users", body, ("X-Request-Id", "trace-of-none-1"));
        var happened = (await service.ReadAsync<string>(
            "SELECT code FROM events WHERE request_id = @Id", new { Id = "trace-of-none-1" })).Single();
        using var root = await ConsoleVisitor.SignInAsync(service, ServiceFixture.RootKey);
        using var owner = await ConsoleVisitor.SignInAsync(service, (await service.NewTenantAsync()).OwnerKey);

        foreach (var (id, absent) in new[] { ("trace-of-none-1", "trace-of-none-2"), (happened, "EVT-26-999999") })
        {
            await root.GoAsync($"/console/search?q={id}");
            root.Page.QuerySelectorAll("main table.log > tbody > tr").Select(row => row.Id).Should().Equal(happened);
            (await AnswerAsync(owner, id)).Should().Be(await AnswerAsync(owner, absent));
        }
    }

    [Fact]
    public async Task The_code_of_an_entry_shows_the_entry()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var happened = (await service.EventsAsync(workspace.Id)).Single();
        await tenant.Client.DeleteAsync($"/v1/workspaces/{workspace.Id}/members/{tenant.Owner.Id}");
        await service.WaitForRefusalsAsync(tenant.Id, 1);
        var refusal = (await service.ReadAsync<long>(
            "SELECT id FROM refusals WHERE organization_code = @Id", new { tenant.Id })).Single();
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await admin.GoAsync($"/console/search?q={happened.Id}");
        admin.Page.QuerySelectorAll("main table.log > tbody > tr").Single().Id.Should().Be(happened.Id);
        await admin.GoAsync($"/console/search?q=REF-{service.Clock.Now.Year % 100}-{refusal:000000}");
        admin.Page.QuerySelectorAll("main table.log > tbody > tr").Single().Text().Should().Contain("RemoveMember");
    }

    [Fact]
    public async Task A_name_finds_what_has_it_and_the_only_one_is_gone_to()
    {
        var tenant = await service.NewTenantAsync();
        var one = await tenant.NewWorkspaceAsync("Unmistakable forge");
        var ada = await tenant.NewMemberAsync(name: "Ada Forgewright");
        for (var i = 0; i < 6; i++)
        {
            await tenant.NewWorkspaceAsync($"Anvil {i}");
        }

        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await admin.GoAsync("/console/search?q=unmistakable");
        admin.Address.Should().Be($"/console/workspaces/{one.Id}");
        await admin.GoAsync("/console/search?q=forge");
        admin.Page.QuerySelectorAll("main section h2").Select(heading => heading.Text())
            .Should().Equal("Workspaces", "Users");
        admin.Page.QuerySelector("main section:last-of-type tbody th a")!.GetAttribute("href")
            .Should().Be($"/console/users/{ada.Id}");
        admin.Offers("All results").Should().BeFalse();
        await admin.GoAsync("/console/search?q=anvil");
        admin.Page.QuerySelectorAll("main tbody tr").Should().HaveCount(5);
        await admin.ClickAsync("All results");
        admin.Page.QuerySelectorAll("main tbody tr").Should().HaveCount(6);
        admin.Page.QuerySelector("form.filters input[name=q]")!.GetAttribute("value").Should().Be("anvil");
    }

    // Where it leads, or the page without what was searched for.
    private static async Task<string> AnswerAsync(ConsoleVisitor visitor, string text)
    {
        await visitor.GoAsync($"/console/search?q={Uri.EscapeDataString(text)}");
        return visitor.First.Headers.Location?.OriginalString
            ?? visitor.Text.Replace(text, "…", StringComparison.Ordinal);
    }
}
