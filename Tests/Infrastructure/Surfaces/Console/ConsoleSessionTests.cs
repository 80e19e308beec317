using System.Net;
using System.Net.Http.Headers;
using WorkspaceService.Features.ApiKeys;

namespace WorkspaceService.Infrastructure.Surfaces.Console;

[Collection("Clock")]
public sealed class ConsoleSessionTests(ServiceFixture service)
{
    private const string Cookie = "workspaces_session";

    private readonly Uri _address = service.ClientOptions.BaseAddress;

    [Fact]
    public async Task The_cookie_is_for_the_console_alone_and_out_of_reach_of_scripts_and_other_sites()
    {
        using var visitor = await ConsoleVisitor.SignInAsync(service, ServiceFixture.RootKey);

        var cookie = SessionCookieOf(visitor);
        cookie.Should().ContainAll("path=/console;", "samesite=strict", "httponly")
            .And.NotContain(ServiceFixture.RootKey, "the key is sealed").And.NotContain("secure", "this is plain HTTP");
        visitor.Cookies.GetCookies(new Uri(_address, "/v1/me")).Should().BeEmpty();
    }

    [Fact]
    public async Task Behind_a_proxy_with_https_the_cookie_is_for_https_alone()
    {
        using var visitor = ConsoleVisitor.Anonymous(service);
        await visitor.GoAsync("/console/sign-in");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/console/sign-in")
        {
            Content = new FormUrlEncodedContent(
            [
                KeyValuePair.Create("__RequestVerificationToken", TokenOf(visitor)),
                KeyValuePair.Create("key", ServiceFixture.RootKey),
            ]),
        };
        request.Headers.Add("X-Forwarded-Proto", "https");

        await visitor.FollowAsync(request);

        SessionCookieOf(visitor).Should().Contain("secure");
    }

    [Fact]
    public async Task It_is_no_key_for_the_api_and_a_key_of_the_api_is_no_session()
    {
        using var visitor = await ConsoleVisitor.SignInAsync(service, ServiceFixture.RootKey);
        var cookie = visitor.Cookies.GetCookies(new Uri(_address, "/console"))[Cookie]!.Value;
        using var client = service.Client(null);

        using var withCookie = new HttpRequestMessage(HttpMethod.Get, "/v1/me");
        withCookie.Headers.Add("Cookie", $"{Cookie}={cookie}");
        (await client.SendAsync(withCookie)).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        using var asKey = new HttpRequestMessage(HttpMethod.Get, "/v1/me");
        asKey.Headers.Authorization = new AuthenticationHeaderValue("Bearer", cookie);
        (await client.SendAsync(asKey)).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        using var anonymous = ConsoleVisitor.Anonymous(service);
        using var page = new HttpRequestMessage(HttpMethod.Get, "/console/organizations");
        page.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ServiceFixture.RootKey);
        await anonymous.FollowAsync(page);
        anonymous.First.StatusCode.Should().Be(HttpStatusCode.SeeOther);
        anonymous.Address.Should().StartWith("/console/sign-in");
    }

    [Theory]
    [InlineData("user_key_wrong", "malformed")]
    [InlineData("", "malformed")]
    public async Task A_key_that_does_not_count_is_refused_beside_the_field(string key, string message)
    {
        using var visitor = ConsoleVisitor.Anonymous(service);
        await visitor.GoAsync("/console/sign-in");

        await visitor.SendAsync("main form", ("key", key));

        visitor.Status.Should().Be(HttpStatusCode.Unauthorized);
        visitor.ErrorOf("key").Should().Contain(message);
        visitor.Page.QuerySelector("#f-key")!.HasAttribute("value").Should().BeFalse("no page repeats a key");
        visitor.Cookies.GetCookies(new Uri(_address, "/console"))[Cookie].Should().BeNull();
    }

    [Fact]
    public async Task A_page_that_was_asked_for_without_a_session_is_shown_after_the_sign_in()
    {
        var tenant = await service.NewTenantAsync();
        using var visitor = ConsoleVisitor.Anonymous(service);
        await visitor.GoAsync($"/console/workspaces?organization_id={tenant.Id}&sort=-name");

        await visitor.SendAsync("main form", ("key", tenant.OwnerKey));

        visitor.Address.Should().Be($"/console/workspaces?organization_id={tenant.Id}&sort=-name");
        visitor.Status.Should().Be(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("https://example.com/console/")]
    [InlineData("//example.com/console")]
    [InlineData("/console\\..\\..\\example.com")]
    [InlineData("/consoleexample")]
    [InlineData("/v1/me")]
    public async Task It_never_leads_elsewhere(string next)
    {
        using var visitor = ConsoleVisitor.Anonymous(service);
        await visitor.GoAsync("/console/sign-in?next=" + Uri.EscapeDataString(next));

        await visitor.SendAsync("main form", ("key", ServiceFixture.RootKey));

        visitor.First.Headers.Location!.OriginalString.Should().Be("/console");
    }

    [Fact]
    public async Task It_is_dead_with_the_next_request_when_its_key_is()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var key = (await service.Do(new CreateApiKey.Command(
            owner, "Console", "user", tenant.Id, UserId: tenant.Owner.Id))).Value;
        using var visitor = await ConsoleVisitor.SignInAsync(service, key.Key!);
        await visitor.GoAsync("/console/organizations");
        visitor.Status.Should().Be(HttpStatusCode.OK);

        await service.Do(new RevokeApiKey.Command(owner, key.Id));
        await visitor.GoAsync("/console/organizations");

        visitor.First.StatusCode.Should().Be(HttpStatusCode.SeeOther);
        visitor.Address.Should().Be("/console/sign-in?next=%2Fconsole%2Forganizations");
        visitor.Notice.Should().Contain("session has ended");
        visitor.Cookies.GetCookies(new Uri(_address, "/console"))[Cookie].Should().BeNull();
    }

    [Fact]
    public async Task A_dead_key_at_the_sign_in_is_in_the_audit_log()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var key = (await service.Do(new CreateApiKey.Command(owner, "Console", "secret", tenant.Id))).Value;
        await service.Do(new RevokeApiKey.Command(owner, key.Id));
        using var visitor = ConsoleVisitor.Anonymous(service);
        await visitor.GoAsync("/console/sign-in");

        await visitor.SendAsync("main form", ("key", key.Key));

        visitor.Status.Should().Be(HttpStatusCode.Unauthorized);
        await service.WaitForRefusalsAsync(tenant.Id, 1);
    }

    [Fact]
    public async Task A_deactivated_person_has_no_session()
    {
        var tenant = await service.NewTenantAsync();
        var member = await tenant.NewMemberAsync();
        using var visitor = await ConsoleVisitor.SignInAsync(service, member.Key);

        await service.DeactivateAsync(member.Id);
        await visitor.GoAsync("/console/organizations");

        visitor.Address.Should().StartWith("/console/sign-in");
    }

    [Fact]
    public async Task It_ends_after_a_time_without_a_page_and_not_while_it_is_used()
    {
        using var visitor = await ConsoleVisitor.SignInAsync(service, ServiceFixture.RootKey);
        for (var minutes = 0; minutes < 120; minutes += 40)
        {
            service.Clock.Advance(TimeSpan.FromMinutes(40));
            await visitor.GoAsync("/console/organizations");
            visitor.Address.Should().Be("/console/organizations");
        }

        service.Clock.Advance(TimeSpan.FromMinutes(61));
        await visitor.GoAsync("/console/organizations");

        visitor.Address.Should().StartWith("/console/sign-in");
    }

    [Fact]
    public async Task A_form_that_comes_too_late_leads_back_to_its_page_and_says_that_nothing_was_changed()
    {
        using var visitor = await ConsoleVisitor.SignInAsync(service, ServiceFixture.RootKey);
        var page = new Uri(_address, "/console/users/new?organization_id=ORG-26-000001");
        using var request = new HttpRequestMessage(HttpMethod.Post, page.PathAndQuery)
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("name", "Late Person")]),
            Headers = { Referrer = page },
        };
        service.Clock.Advance(TimeSpan.FromHours(2));

        await visitor.FollowAsync(request);
        visitor.Address.Should().StartWith("/console/sign-in?next=");
        visitor.Page.Body!.TextContent.Should().Contain("nothing was changed");
        await visitor.SendAsync("main form", ("key", ServiceFixture.RootKey));

        visitor.Address.Should().Be(page.PathAndQuery);
    }

    [Fact]
    public async Task It_ends_twelve_hours_after_the_sign_in_however_much_it_is_used()
    {
        using var visitor = await ConsoleVisitor.SignInAsync(service, ServiceFixture.RootKey);
        for (var minutes = 0; minutes < 12 * 60 - 30; minutes += 30)
        {
            service.Clock.Advance(TimeSpan.FromMinutes(30));
            await visitor.GoAsync("/console/organizations");
            visitor.Address.Should().Be("/console/organizations");
        }

        service.Clock.Advance(TimeSpan.FromMinutes(31));
        await visitor.GoAsync("/console/organizations");

        visitor.Address.Should().StartWith("/console/sign-in");
    }

    [Fact]
    public async Task Every_instance_opens_the_cookie_of_every_other()
    {
        var tenant = await service.NewTenantAsync();
        using var visitor = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        using var there = visitor.At(service.Second.ClientOptions.BaseAddress);
        await there.GoAsync($"/console/organizations/{tenant.Id}");
        there.Address.Should().Be($"/console/organizations/{tenant.Id}");
        using var back = there.At(_address);
        await back.GoAsync("/console/organizations");

        back.Address.Should().Be("/console/organizations");
    }

    [Fact]
    public async Task It_outlives_a_restart()
    {
        await using var database = new TestDatabase();
        await database.InitializeAsync();
        ConsoleVisitor visitor;
        await using (var first = await ServiceProcess.ListeningAsync(database))
        {
            visitor = await ConsoleVisitor.SignInAsync(new Uri(first.Address), ServiceProcess.RootKey);
        }

        await using var second = await ServiceProcess.ListeningAsync(database);
        using var there = visitor.At(new Uri(second.Address));
        visitor.Dispose();
        await there.GoAsync("/console/organizations");

        there.Address.Should().Be("/console/organizations");
        (second.Output + second.Errors).Should().NotContain("XML encryptor");
    }

    [Fact]
    public async Task Signing_out_ends_it()
    {
        using var visitor = await ConsoleVisitor.SignInAsync(service, ServiceFixture.RootKey);

        await visitor.SendAsync("form[action='/console/sign-out']");
        visitor.Notice.Should().Be("You are signed out.");
        await visitor.GoAsync("/console/organizations");

        visitor.Address.Should().StartWith("/console/sign-in");
    }

    [Fact]
    public async Task A_changed_cookie_is_none()
    {
        using var visitor = await ConsoleVisitor.SignInAsync(service, ServiceFixture.RootKey);
        var cookie = visitor.Cookies.GetCookies(new Uri(_address, "/console"))[Cookie]!;
        cookie.Value = cookie.Value[..^4] + (cookie.Value.EndsWith("AAAA", StringComparison.Ordinal) ? "BBBB" : "AAAA");

        await visitor.GoAsync("/console/organizations");

        visitor.Address.Should().StartWith("/console/sign-in");
    }

    [Fact]
    public async Task A_link_of_another_site_finds_the_session()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/console/organizations?status=active");
        request.Headers.Add("Sec-Fetch-Site", "cross-site"); // with it a browser sends no cookie of this strictness
        using var visitor = ConsoleVisitor.Anonymous(service);

        await visitor.FollowAsync(request);

        visitor.Status.Should().Be(HttpStatusCode.OK);
        visitor.Page.QuerySelector("meta[http-equiv=refresh]")!.GetAttribute("content")
            .Should().Be("0;url=/console/organizations?status=active");
    }

    [Fact]
    public async Task A_form_without_the_token_of_its_session_changes_nothing()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var member = await tenant.NewMemberOfAsync(workspace.Id);
        var url = $"/console/workspaces/{workspace.Id}/members/{member.Id}/remove";
        using var visitor = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        using var other = await ConsoleVisitor.SignInAsync(service, member.Key);
        await other.GoAsync("/console/organizations");

        foreach (var token in new[] { null, "CfDJ8", TokenOf(other) })
        {
            var fields = token is null ? [] : new[] { KeyValuePair.Create("__RequestVerificationToken", token) };
            await visitor.FollowAsync(
                new HttpRequestMessage(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(fields) });
            visitor.Status.Should().Be(HttpStatusCode.Forbidden);
            visitor.Text.Should().Contain("load it again");
        }

        await visitor.GoAsync($"/console/workspaces/{workspace.Id}/members");
        visitor.Page.QuerySelectorAll($"a[href='/console/users/{member.Id}']").Should().NotBeEmpty();
    }

    [Theory]
    [InlineData("/console/sign-in", "application/x-www-form-urlencoded", "key=a%00b")]
    [InlineData("/console/sign-in", "multipart/form-data; boundary=x", "nonsense")]
    [InlineData("/console/sign-in", "multipart/form-data", "key=a")]
    [InlineData("/console/preferences", "application/x-www-form-urlencoded", "zone=%00")]
    [InlineData("/console/preferences", "application/x-www-form-urlencoded", "many")]
    public async Task A_form_that_cannot_be_read_is_the_senders_mistake(string url, string type, string body)
    {
        var tenant = await service.NewTenantAsync();
        using var visitor = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        var content = new StringContent(body == "many" ? string.Concat(Enumerable.Repeat("a=&", 1025)) : body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);

        await visitor.FollowAsync(new HttpRequestMessage(HttpMethod.Post, url) { Content = content });

        visitor.Status.Should().Be(HttpStatusCode.BadRequest);
        visitor.Text.Should().Contain("The form could not be read.");
    }

    [Fact]
    public async Task A_form_that_is_too_large_is_told_so()
    {
        using var visitor = await ConsoleVisitor.SignInAsync(service, ServiceFixture.RootKey);
        var content = new FormUrlEncodedContent([KeyValuePair.Create("zone", new string('z', 1 << 20))]);

        await visitor.FollowAsync(
            new HttpRequestMessage(HttpMethod.Post, "/console/preferences") { Content = content });

        visitor.Status.Should().Be(HttpStatusCode.RequestEntityTooLarge);
        visitor.Text.Should().Contain("larger than 1 MB");
    }

    [Fact]
    public async Task A_form_that_makes_a_key_makes_one_however_often_it_is_sent()
    {
        var tenant = await service.NewTenantAsync();
        using var visitor = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        await visitor.GoAsync($"/console/api-keys/new?organization_id={tenant.Id}");

        await visitor.SendAsync("main form.form", ("name", "Deployments"));
        var shown = visitor.Page.QuerySelector(".secret code")!.TextContent;
        await visitor.SendAgainAsync();

        visitor.Page.QuerySelector(".secret code")!.TextContent.Should().Be(shown);
        (await CountAsync()).Should().Be(1);
        await visitor.GoAsync($"/console/api-keys/new?organization_id={tenant.Id}");
        await visitor.SendAsync("main form.form", ("name", "Deployments"));
        visitor.Page.QuerySelector(".secret code")!.TextContent.Should().NotBe(shown, "this form is another");
        (await CountAsync()).Should().Be(2);

        async Task<long> CountAsync() => (await service.ReadAsync<long>(
            "SELECT COUNT(*) FROM api_keys WHERE name = 'Deployments' AND organization_id = "
                + "(SELECT id FROM organizations WHERE code = @Id)",
            new { tenant.Id })).Single();
    }

    [Fact]
    public async Task A_form_that_was_refused_is_sent_again_corrected()
    {
        var tenant = await service.NewTenantAsync();
        using var visitor = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        await visitor.GoAsync($"/console/workspaces/new?organization_id={tenant.Id}");
        await visitor.SendAsync("main form.form", ("name", ""));
        visitor.ErrorOf("name").Should().NotBeNull();

        await visitor.SendAsync("main form.form", ("name", "Right"));

        visitor.Address.Should().StartWith("/console/workspaces/WS-");
        var made = visitor.Address;
        await visitor.SendAgainAsync();
        visitor.Address.Should().Be(made);
    }

    [Fact]
    public async Task Who_may_see_no_page_can_sign_out()
    {
        var tenant = await service.NewTenantAsync();
        using var visitor = ConsoleVisitor.Anonymous(service);
        await visitor.GoAsync("/console/sign-in");
        await visitor.SendAsync("main form", ("key", await tenant.ServiceKeyAsync(permissions: "metering:write")));
        visitor.Status.Should().Be(HttpStatusCode.Forbidden);

        await visitor.SendAsync("form[action='/console/sign-out']");

        visitor.Address.Should().Be("/console/sign-in");
    }

    [Fact]
    public async Task A_form_that_was_made_before_another_sign_in_is_not_taken()
    {
        var tenant = await service.NewTenantAsync();
        var member = await tenant.NewMemberAsync();
        using var visitor = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        await visitor.GoAsync("/console/preferences");
        var token = TokenOf(visitor);
        await visitor.SendAsync("form[action='/console/sign-out']");
        await visitor.SendAsync("main form", ("key", member.Key));

        await visitor.FollowAsync(new HttpRequestMessage(HttpMethod.Post, "/console/preferences")
        {
            Content = new FormUrlEncodedContent(
            [
                KeyValuePair.Create("__RequestVerificationToken", token),
                KeyValuePair.Create("zone", "UTC"),
            ]),
        });

        visitor.Status.Should().Be(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("/console/sign-in")]
    [InlineData("/console/organizations")]
    [InlineData("/console/nothing/here")]
    [InlineData("/console/assets/none.css")]
    [InlineData("/console")]
    public async Task Every_answer_has_the_policy_and_is_kept_nowhere(string url)
    {
        using var client = service.Client(null);

        var answer = await client.GetAsync(url);

        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        policy.Should().Contain("default-src 'none'").And.Contain("frame-ancestors 'none'")
            .And.NotContain("unsafe").And.NotContain("http");
        answer.Headers.GetValues("X-Content-Type-Options").Should().Equal("nosniff");
        answer.Headers.CacheControl!.ToString().Should().Be("no-store");
    }

    [Fact]
    public async Task Style_and_script_are_kept_for_good_under_the_hash_of_their_content()
    {
        using var visitor = ConsoleVisitor.Anonymous(service);
        await visitor.GoAsync("/console/sign-in");
        var style = visitor.Page.QuerySelector("link[rel=stylesheet]")!.GetAttribute("href")!;
        using var client = service.Client(null);

        var plain = await client.GetAsync(style);
        using var request = new HttpRequestMessage(HttpMethod.Get, style);
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("br"));
        var small = await client.SendAsync(request);

        plain.Headers.CacheControl!.ToString().Should().Contain("immutable");
        plain.Content.Headers.ContentType!.MediaType.Should().Be("text/css");
        small.Content.Headers.ContentEncoding.Should().Equal("br");
        var bytes = await small.Content.ReadAsByteArrayAsync();
        bytes.Length.Should().BeLessThan((await plain.Content.ReadAsByteArrayAsync()).Length / 2);
        (await client.GetAsync(style.Replace("console.", "console.0", StringComparison.Ordinal))).StatusCode
            .Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Preferences_are_the_readers_zone_and_theme()
    {
        var tenant = await service.NewTenantAsync();
        await tenant.NewWorkspaceAsync();
        using var visitor = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        await visitor.GoAsync("/console/preferences");

        await visitor.SendAsync("main form.form", ("zone", "Asia/Kathmandu"), ("theme", "dark"));
        await visitor.GoAsync($"/console/organizations/{tenant.Id}");

        visitor.Page.DocumentElement.GetAttribute("data-theme").Should().Be("dark");
        var time = visitor.Page.QuerySelector("main time")!;
        var exact = DateTimeOffset.Parse(
            time.GetAttribute("datetime")!, System.Globalization.CultureInfo.InvariantCulture);
        time.TextContent.Should().Be(exact.ToOffset(new TimeSpan(5, 45, 0)).ToString(
            "d MMM yyyy, HH:mm", System.Globalization.CultureInfo.InvariantCulture));
        time.GetAttribute("title").Should().EndWith("Z");
    }

    [Fact]
    public async Task An_unknown_zone_is_refused()
    {
        using var visitor = await ConsoleVisitor.SignInAsync(service, ServiceFixture.RootKey);
        await visitor.GoAsync("/console/preferences");

        await visitor.SendAsync("main form.form", ("zone", "Mars/Olympus"));

        visitor.Status.Should().Be(HttpStatusCode.UnprocessableEntity);
        visitor.ErrorOf("zone").Should().NotBeNull();
    }

    private static string SessionCookieOf(ConsoleVisitor visitor) => visitor.First.Headers.GetValues("Set-Cookie")
        .Single(cookie => cookie.StartsWith(Cookie, StringComparison.Ordinal));

    private static string TokenOf(ConsoleVisitor visitor) =>
        visitor.Page.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
}
