using System.Net;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Webhooks;

[Collection("Webhooks")]
public sealed class CreateWebhookTests(WebhookFixture service)
{
    [Fact]
    public async Task It_answers_with_what_was_made_and_its_secret_this_once()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        var response = await tenant.Client.PostJson("/v1/webhooks", new
        {
            organization_id = tenant.Id,
            workspace_id = workspace.Id,
            url = WebhookTesting.Nowhere,
            description = " The directory ",
            events = new[] { "member.*", "workspace.archived", "member.*" },
            status = "disabled",
        });

        var made = await response.Data(HttpStatusCode.Created);
        var id = made.GetProperty("id").GetString()!;
        var secret = made.GetProperty("secret").GetString()!;
        id.Should().MatchRegex(@"^WHK-\d\d-\d{6}$");
        secret.Should().StartWith("whsec_");
        Convert.FromBase64String(secret["whsec_".Length..]).Should().HaveCount(32);
        response.Headers.Location!.ToString().Should().Be($"/v1/webhooks/{id}");
        response.Headers.CacheControl!.NoStore.Should().BeTrue();
        made.EnumerateObject().Select(m => m.Name).Should().Equal(
            "id", "organization_id", "workspace_id", "url", "description", "events", "status", "created_at", "secret");
        made.GetProperty("organization_id").GetString().Should().Be(tenant.Id);
        made.GetProperty("workspace_id").GetString().Should().Be(workspace.Id);
        made.GetProperty("url").GetString().Should().Be(WebhookTesting.Nowhere);
        made.GetProperty("description").GetString().Should().Be("The directory");
        made.GetProperty("events").GetRawText().Should().Be("""["member.*","workspace.archived"]""");
        made.GetProperty("status").GetString().Should().Be("disabled");
        var shown = await (await tenant.Client.GetAsync($"/v1/webhooks/{id}")).Data();
        shown.GetRawText().Should().Be(
            made.GetRawText().Replace($",\"secret\":\"{secret}\"", "", StringComparison.Ordinal));
        var recorded = (await service.EventsOfAsync(id)).Should().ContainSingle().Which;
        (recorded.Type, recorded.OrganizationCode, recorded.WorkspaceCode, recorded.SubjectKind)
            .Should().Be(("webhook.created", tenant.Id, workspace.Id, "webhook"));
        recorded.Changes.Should().Contain("member.*").And.NotContain("whsec_");
    }

    [Fact]
    public async Task It_is_of_the_whole_organization_and_enabled_unless_said_otherwise()
    {
        var tenant = await service.NewTenantAsync();
        await using var receiver = await WebhookReceiver.StartAsync();

        var made = await (await tenant.Client.PostJson(
            "/v1/webhooks", new { organization_id = tenant.Id, url = receiver.Address, events = new[] { "*" } }))
            .Data(HttpStatusCode.Created);

        made.GetProperty("workspace_id").GetRawText().Should().Be("null");
        made.GetProperty("description").GetRawText().Should().Be("null");
        made.GetProperty("status").GetString().Should().Be("enabled");
    }

    [Fact]
    public async Task Only_administrators_and_keys_that_manage_webhooks_make_one()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        await tenant.AssertOnlyAdministratorsAsync(
            workspace.Id, client => client.PostJson("/v1/webhooks", Body(tenant)));
    }

    [Fact]
    public async Task A_key_of_a_workspace_makes_those_of_its_workspace_only()
    {
        var tenant = await service.NewTenantAsync();
        var (mine, other) = (await tenant.NewWorkspaceAsync(), await tenant.NewWorkspaceAsync());
        var key = service.Client(await tenant.ServiceKeyAsync(
            workspace: mine.Id, permissions: Permissions.WebhooksManage));
        var weak = service.Client(await tenant.ServiceKeyAsync(workspace: mine.Id, permissions: Permissions.Write));

        (await key.PostJson("/v1/webhooks", Body(tenant, mine.Id))).StatusCode.Should().Be(HttpStatusCode.Created);
        await (await key.PostJson("/v1/webhooks", Body(tenant, other.Id)))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        await (await key.PostJson("/v1/webhooks", Body(tenant))).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        await (await key.PostJson("/v1/webhooks", Body(await service.NewTenantAsync(), mine.Id)))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        await (await weak.PostJson("/v1/webhooks", Body(tenant, mine.Id)))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task In_an_organization_that_is_not_active_only_root_makes_one()
    {
        var tenant = await service.NewTenantAsync();
        await service.ArrangeAsync("UPDATE organizations SET status = 'suspended' WHERE code = @Id", new { tenant.Id });

        await (await tenant.Client.PostJson("/v1/webhooks", Body(tenant)))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "organization_suspended");
        (await service.Root.PostJson("/v1/webhooks", Body(tenant))).StatusCode.Should().Be(HttpStatusCode.Created);
    }

    [Fact]
    public async Task The_workspace_must_be_of_the_organization_and_seen()
    {
        var tenant = await service.NewTenantAsync();
        var other = await service.NewTenantAsync();
        var theirs = await other.NewWorkspaceAsync();

        await (await tenant.Client.PostJson("/v1/webhooks", Body(tenant, theirs.Id)))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        await (await tenant.Client.PostJson("/v1/webhooks", Body(tenant, "WS-26-999999")))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        var problem = await (await service.Root.PostJson("/v1/webhooks", Body(tenant, theirs.Id)))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");
        problem.GetProperty("errors")[0].GetProperty("pointer").GetString().Should().Be("/workspace_id");
    }

    [Fact]
    public async Task What_is_wrong_is_said_with_a_pointer_each()
    {
        var tenant = await service.NewTenantAsync();

        var problem = await (await tenant.Client.PostJson("/v1/webhooks", new
        {
            url = "ftp://hooks.example.com",
            description = new string('x', 501),
            events = new[] { "member.added", "nothing.*", "" },
            status = "paused",
            secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        })).ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");

        problem.GetProperty("errors").EnumerateArray()
            .Select(error => $"{error.GetProperty("pointer")} {error.GetProperty("code")}").Should().BeEquivalentTo(
                "/organization_id required", "/url wrong_form", "/description too_long", "/events/1 not_allowed",
                "/events/2 not_allowed", "/status not_allowed", "/secret not_allowed");
    }

    [Theory]
    [InlineData("""{"url":null}""", "/url")]
    [InlineData("""{"url":""}""", "/url")]
    [InlineData("""{"events":null}""", "/events")]
    [InlineData("""{"events":[]}""", "/events")]
    [InlineData("""{"events":[null]}""", "/events/0")]
    [InlineData("""{"events":"*"}""", "/events")]
    [InlineData("""{"events":[7]}""", "/events/0")]
    [InlineData("""{"status":7}""", "/status")]
    [InlineData("""{"secret":"whsec_x"}""", "/secret")]
    [InlineData("""{"colour":"red"}""", "/colour")]
    public async Task One_wrong_member_is_said_with_its_pointer(string member, string pointer)
    {
        var tenant = await service.NewTenantAsync();
        var body = System.Text.Json.Nodes.JsonNode.Parse(
            System.Text.Json.JsonSerializer.Serialize(Body(tenant)))!.AsObject();
        foreach (var (name, value) in System.Text.Json.Nodes.JsonNode.Parse(member)!.AsObject())
        {
            body[name] = value?.DeepClone();
        }

        var problem = await (await tenant.Client.PostJson("/v1/webhooks", body.ToJsonString()))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");

        problem.GetProperty("errors")[0].GetProperty("pointer").GetString().Should().Be(pointer);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("member.*")]
    [InlineData("webhook.test")]
    [InlineData("workspace.archived")]
    public async Task A_pattern_is_all_a_domain_or_a_type(string pattern)
    {
        var tenant = await service.NewTenantAsync();

        (await service.Do(new CreateWebhook.Command(
            await tenant.OwnerAsync(), tenant.Id, WebhookTesting.Nowhere, [pattern], Status: "disabled")))
            .Value.Events.Should().Equal(pattern);
    }

    [Theory]
    [InlineData("member")]
    [InlineData("member.")]
    [InlineData(".*")]
    [InlineData("*.added")]
    [InlineData("**")]
    [InlineData("mem*")]
    [InlineData("member.add*")]
    [InlineData("Member.*")]
    [InlineData("member.* ")]
    [InlineData("member.added workspace.created")]
    [InlineData("nothing.happened")]
    public async Task Any_other_pattern_is_refused(string pattern)
    {
        var tenant = await service.NewTenantAsync();

        (await service.Refused(new CreateWebhook.Command(
            await tenant.OwnerAsync(), tenant.Id, WebhookTesting.Nowhere, [pattern], Status: "disabled")))
            .Errors.Single().Pointer.Should().Be("/events/0");
    }

    [Fact]
    public async Task At_most_a_hundred_patterns_are_named()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();

        await service.Do(new CreateWebhook.Command(
            owner, tenant.Id, WebhookTesting.Nowhere, [.. Enumerable.Repeat("*", 100)], Status: "disabled"));
        (await service.Refused(new CreateWebhook.Command(
            owner, tenant.Id, WebhookTesting.Nowhere, [.. Enumerable.Repeat("*", 101)], Status: "disabled")))
            .Errors.Single().Pointer.Should().Be("/events");
    }

    [Fact]
    public async Task A_retry_shows_the_same_secret_to_the_same_key_and_to_no_other()
    {
        var tenant = await service.NewTenantAsync();
        var sent = ("Idempotency-Key", "make it once");
        var first = await tenant.Client.PostJson("/v1/webhooks", Body(tenant), sent);

        var replayed = await tenant.Client.PostJson("/v1/webhooks", Body(tenant), sent);

        replayed.Headers.GetValues("Idempotency-Replayed").Should().Equal("true");
        (await replayed.Content.ReadAsStringAsync()).Should().Be(await first.Content.ReadAsStringAsync());
        await (await service.Client(await service.UserKeyAsync(tenant.Owner.Id))
            .PostJson("/v1/webhooks", Body(tenant), sent))
            .ShouldBeProblem(HttpStatusCode.Conflict, "idempotency_secret_withheld");
        var secret = (await first.Json()).GetProperty("data").GetProperty("secret").GetString()!;
        (await service.ReadAsync<string>("SELECT answer FROM idempotency_keys WHERE answer IS NOT NULL"))
            .Should().NotBeEmpty().And.NotContain(answer => answer.Contains(secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_secret_is_in_no_event_and_no_later_answer()
    {
        var tenant = await service.NewTenantAsync();
        var made = await tenant.NewIdleWebhookAsync();
        var rotated = (await service.Do(new RotateWebhookSecret.Command(await tenant.OwnerAsync(), made.Id, 60))).Value;
        var delivery = await tenant.NewDeliveryAsync(made.Id);

        foreach (var url in new[]
        {
            "/v1/webhooks", $"/v1/webhooks/{made.Id}", $"/v1/webhooks/{made.Id}/deliveries",
            $"/v1/webhooks/{made.Id}/deliveries/{delivery}", $"/v1/events?organization_id={tenant.Id}&limit=100",
        })
        {
            var text = await tenant.Client.GetStringAsync(new Uri(url, UriKind.Relative));
            text.Should().Contain(url.EndsWith("deliveries", StringComparison.Ordinal) ? "DLV-" : "\"id\"")
                .And.NotContain(made.Secret!["whsec_".Length..]).And.NotContain(rotated.Secret!["whsec_".Length..])
                .And.NotContain("whsec_");
        }
    }

    private static object Body(Tenant tenant, string? workspace = null) => new
    {
        organization_id = tenant.Id,
        workspace_id = workspace,
        url = WebhookTesting.Nowhere,
        events = new[] { "*" },
        status = "disabled",
    };
}
