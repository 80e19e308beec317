using System.Net;
using System.Text.Json;
using WorkspaceService.Features.ApiKeys;
using WorkspaceService.Features.Invitations;
using WorkspaceService.Features.Organizations;
using WorkspaceService.Features.ServiceLines;
using WorkspaceService.Features.Users;
using WorkspaceService.Features.Workspaces;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Surfaces;

/// <summary>
/// Names, addresses and other texts, on every surface: their length, what they may hold, how they are found.
/// </summary>
public sealed class TextTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private const string Emoji = "\U0001F600";

    public static readonly TheoryData<string> WrongLines =
    [
        "two\nlines", "ends\n", "\tindented", "bell\u0007", "nel\u0085", "delete\u007f",
        "nul\0", "half<high>", "<low>half",
    ];

    public static readonly TheoryData<string> Invisible =
    [
        "", " ", "\u200B", "\u2060\u200D", "\u00AD", "\u3164", "\u2800", "\uFE0F", "\u0301", "\u3000\u00A0",
    ];

    [Theory]
    [MemberData(nameof(WrongLines))]
    [MemberData(nameof(Invisible))]
    public async Task A_name_is_one_line_in_which_something_is_visible(string given)
    {
        var name = WithHalves(given);
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var root = ServiceFixture.RootCaller;

        List<string> codes =
        [
            await CodeOf(new CreateWorkspace.Command(owner, tenant.Id, name)),
            await CodeOf(new UpdateWorkspace.Command(owner, workspace.Id, new() { Name = new(name) })),
            await CodeOf(new UpdateOwnWorkspace.Command(owner, workspace.Id, new(name))),
            await CodeOf(new CreateOrganization.Command(root, name, OwnerId: tenant.Owner.Id)),
            await CodeOf(new UpdateOrganization.Command(owner, tenant.Id, new() { Name = new(name) })),
            await CodeOf(new AddOrganizationMember.Command(
                owner, tenant.Id, Email: $"{Guid.NewGuid():N}@example.com", Name: name)),
            await CodeOf(new CreateUser.Command(root, name, $"{Guid.NewGuid():N}@example.com")),
            await CodeOf(new UpdateUser.Command(root, tenant.Owner.Id, new() { Name = new(name) })),
            await CodeOf(new AcceptInvitation.Command(owner, "inv_any", name)),
            await CodeOf(new CreateApiKey.Command(owner, name, "user")),
            await CodeOf(new CreateServiceLine.Command(
                owner, workspace.Id, name, "talent", "capacity", "milestone")),
        ];

        codes.Should().OnlyContain(code => code == "validation_failed");
    }

    [Theory]
    [MemberData(nameof(WrongLines))]
    public async Task Other_single_line_fields_hold_one_line(string given)
    {
        var text = WithHalves(given);
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var root = ServiceFixture.RootCaller;
        CreateServiceLine.Command Line(string? subscription, params string[] tags) => new(
            owner, workspace.Id, "Line", "talent", "capacity", "milestone", subscription, tags);

        List<string> codes =
        [
            await CodeOf(new UpdateOrganization.Command(root, tenant.Id, new() { PlanId = new(text) })),
            await CodeOf(new CreateOrganization.Command(root, "Planned", OwnerId: tenant.Owner.Id, PlanId: text)),
            await CodeOf(new UpdateOwnWorkspace.Command(
                owner, workspace.Id, new(CustomOrganizationType: text))),
            await CodeOf(new CreateWorkspace.Command(owner, tenant.Id, "Slugged", Slug: text)),
            await CodeOf(new UpdateUser.Command(
                root, tenant.Owner.Id, new() { AvatarUrl = new($"https://example.com/{text}") })),
            await CodeOf(new InviteMembers.Command(owner, workspace.Id, $"{text}@example.com", Roles.Member)),
            await CodeOf(Line(text)),
            await CodeOf(Line(null, "fine", text)),
        ];

        codes.Should().OnlyContain(code => code == "validation_failed");
    }

    [Fact]
    public async Task Descriptions_may_have_line_feeds_and_tabs_and_nothing_else()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();

        var made = await service.Do(new CreateWorkspace.Command(
            owner, tenant.Id, "Described", Description: "one\n\ttwo"));
        var refused = new[] { "bell\u0007", "nul\0", "half\uD83D", "nel\u0085" };

        made.Value.Description.Should().Be("one\n\ttwo");
        foreach (var text in refused)
        {
            (await CodeOf(new CreateWorkspace.Command(owner, tenant.Id, "Described", Description: text)))
                .Should().Be("validation_failed");
            (await CodeOf(new UpdateWorkspace.Command(
                owner, made.Value.Id, new() { Description = new(text) }))).Should().Be("validation_failed");
        }
    }

    [Fact]
    public async Task Lengths_are_in_unicode_scalar_values()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        string Long(int length) => string.Concat(Enumerable.Repeat(Emoji, length));

        (await service.Do(new CreateWorkspace.Command(owner, tenant.Id, Long(120), Description: Long(2000))))
            .Value.Name.Should().Be(Long(120));
        await service.Do(new UpdateOwnWorkspace.Command(owner, workspace.Id, new(CustomOrganizationType: Long(120))));
        await service.Do(new UpdateOrganization.Command(
            ServiceFixture.RootCaller, tenant.Id, new() { PlanId = new(Long(100)) }));
        await service.Do(new CreateServiceLine.Command(
            owner, workspace.Id, Long(120), "talent", "capacity", "milestone", Long(100), [Long(100)]));
        (await service.Do(new ListWorkspaces.Query(owner, tenant.Id, Q: Long(120)))).Items.Should().ContainSingle();

        (await CodeOf(new CreateWorkspace.Command(owner, tenant.Id, Long(121)))).Should().Be("validation_failed");
        (await CodeOf(new CreateWorkspace.Command(owner, tenant.Id, "Long", Description: Long(2001))))
            .Should().Be("validation_failed");
        (await CodeOf(new ListWorkspaces.Query(owner, tenant.Id, Q: Long(201)))).Should().NotBe("");
    }

    [Fact]
    public async Task The_other_surfaces_say_so_in_their_own_shape()
    {
        var tenant = await service.NewTenantAsync();
        await tenant.NewWorkspaceAsync();
        var client = tenant.Client;

        foreach (var name in new[] { "two\nlines", "\u200B", "bell\u0007" })
        {
            var tape = await client.PostJson("/v1/workspace", new { name });
            var user = await client.PostJson("/v1/org/user", new { name, email = $"{Guid.NewGuid():N}@example.com" });
            var v4 = await client.PutJson("/api/v4/workspaces", new { workspace = new { name } });

            tape.StatusCode.Should().Be(HttpStatusCode.BadRequest);
            (await tape.Json()).GetProperty("error_code").GetString().Should().Be("validation");
            user.StatusCode.Should().Be(HttpStatusCode.BadRequest);
            v4.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
            (await v4.Json()).TryGetProperty("name", out _).Should().BeTrue();
        }

        var invited = await (await client.PostJson(
            "/api/v4/invites", new { user_emails = new[] { "\u212Aim@example.com", "tab\t@example.com" } })).Json();
        invited.GetProperty("invalid_emails").GetArrayLength().Should().Be(2);
        (await client.PostJson("/v1/workspace", new { name = string.Concat(Enumerable.Repeat(Emoji, 61)) }))
            .StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_address_is_one_person_however_it_is_spelt()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var client = tenant.Client;
        var tag = Guid.NewGuid().ToString("N");
        var made = await service.Do(new CreateUser.Command(
            ServiceFixture.RootCaller, "José", $"jos\u00e9.{tag}@bücher.example.com"));
        made.Value.Email.Should().Be($"jos\u00e9.{tag}@xn--bcher-kva.example.com");

        foreach (var spelling in new[]
        {
            $"jose\u0301.{tag}@bücher.example.com", $"JOSÉ.{tag}@BU\u0308CHER.EXAMPLE.COM",
            $"jos\u00e9.{tag}@XN--bcher-KVA.example.com",
        })
        {
            (await CodeOf(new CreateUser.Command(ServiceFixture.RootCaller, "Other", spelling)))
                .Should().Be("email_taken");
            (await CodeOf(new UpdateUser.Command(
                ServiceFixture.RootCaller, tenant.Owner.Id, new() { Email = new(spelling) })))
                .Should().Be("email_taken");
            (await client.PostJson("/v1/org/user", new { name = "Other", email = spelling })).StatusCode
                .Should().Be(HttpStatusCode.Conflict);
        }

        var results = await service.Do(new InviteMembers.BatchCommand(
            owner,
            workspace.Id,
            [
                new($"ann\u00e9.{tag}@example.com", Roles.Member), new($"anne\u0301.{tag}@EXAMPLE.com", Roles.Member),
                new($"\u212Aim.{tag}@example.com", Roles.Member),
            ]));
        results.Select(result => result.Outcome).Should().Equal("invited", "already_pending", "refused");
        results[0].Invitation!.Email.Should().Be($"ann\u00e9.{tag}@example.com");
    }

    [Fact]
    public async Task An_invitation_is_accepted_by_who_has_the_address_in_another_spelling()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var tag = Guid.NewGuid().ToString("N");
        var user = await service.NewUserAsync("José", $"jos\u00e9.{tag}@bücher.example.com");
        var invitation = await service.Do(new InviteMembers.Command(
            await tenant.OwnerAsync(), workspace.Id, $"JOSE\u0301.{tag}@xn--bcher-kva.example.com", Roles.Member));

        var accepted = await service.Do(new AcceptInvitation.Command(
            await service.CallerAsync(await service.UserKeyAsync(user.Id)), invitation.Value.Token!));

        accepted.Value.UserId.Should().Be(user.Id);
    }

    [Fact]
    public async Task A_billing_address_has_the_same_form()
    {
        var tenant = await service.NewTenantAsync();
        var root = ServiceFixture.RootCaller;

        var made = await service.Do(new CreateOrganization.Command(
            root, "Billed", OwnerId: tenant.Owner.Id, BillingEmail: "jose\u0301@bücher.example.com"));
        var changed = await service.Do(new UpdateOrganization.Command(
            root, tenant.Id, new() { BillingEmail = new("jose\u0301@bücher.example.com") }));

        made.Value.BillingEmail.Should().Be("jos\u00e9@xn--bcher-kva.example.com");
        changed.Value.BillingEmail.Should().Be("jos\u00e9@xn--bcher-kva.example.com");
        (await CodeOf(new UpdateOrganization.Command(
            root, tenant.Id, new() { BillingEmail = new("\u212Aim@example.com") }))).Should().Be("validation_failed");
    }

    [Fact]
    public async Task A_user_whose_stored_address_is_of_an_earlier_form_can_be_renamed()
    {
        var tag = Guid.NewGuid().ToString("N");
        var user = await service.NewUserAsync("Old", $"jos\u00e9.{tag}@example.com");
        var twin = await service.NewUserAsync();
        await service.ArrangeAsync(
            "UPDATE users SET email = @Email, email_key = @Email WHERE code = @Id",
            new { Email = $"jose\u0301.{tag}@example.com", twin.Id });

        var renamed = await service.Do(new UpdateUser.Command(
            ServiceFixture.RootCaller, twin.Id, new() { Name = new("New") }));

        renamed.Value.Name.Should().Be("New");
        (await service.ReadAsync<string>("SELECT email_key FROM users WHERE code = @Id", new { twin.Id }))
            .Should().Equal($"jose\u0301.{tag}@example.com");
    }

    [Theory]
    [InlineData("cafe ångström")]
    [InlineData("CAFÉ A\u030ANGSTRO\u0308M")]
    [InlineData("fe\u0301 angs")]
    [InlineData("ＣＡＦＥ")]
    public async Task Q_finds_a_text_whatever_its_normal_form_case_and_accents(string q)
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var tag = Guid.NewGuid().ToString("N");
        const string Name = "Cafe\u0301 Ångström";
        var workspace = await service.Do(new CreateWorkspace.Command(owner, tenant.Id, Name, Slug: "plain"));
        await service.Do(new UpdateOrganization.Command(owner, tenant.Id, new() { Name = new(Name) }));
        var user = await service.Do(new CreateUser.Command(owner, Name, $"{tag}@example.com", null, tenant.Id));
        await tenant.AddToAsync(workspace.Value.Id, user.Value.Id, Roles.Member);
        var publishable = service.Client(await tenant.ServiceKeyAsync("publishable"));
        var query = Uri.EscapeDataString(q);

        foreach (var url in new[]
        {
            $"/v1/workspaces?organization_id={tenant.Id}&q={query}",
            $"/v1/orgs?q={query}",
            $"/v1/users?organization_id={tenant.Id}&q={query}",
            $"/v1/orgs/{tenant.Id}/members?q={query}",
            $"/v1/workspaces/{workspace.Value.Id}/members?q={query}",
        })
        {
            (await Data(tenant.Client, url)).GetArrayLength().Should().Be(1, url);
        }

        var members = $"/v1/orgs/{tenant.Id}/members?q=";
        (await Data(publishable, members + query)).GetArrayLength().Should().Be(1);
        (await Data(publishable, members + tag)).GetArrayLength().Should().Be(0);
        (await Data(tenant.Client, members + tag)).GetArrayLength().Should().Be(1);
    }

    [Theory]
    [InlineData("jose.")]
    [InlineData("JOSÉ.")]
    [InlineData("jose\u0301.")]
    [InlineData("bücher")]
    [InlineData("xn--bcher")]
    public async Task Q_finds_addresses_too(string q)
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var address = $"jos\u00e9.{Guid.NewGuid():N}@bücher.example.com";
        await service.Do(new InviteMembers.Command(owner, workspace.Id, address, Roles.Member));
        await service.Do(new CreateUser.Command(owner, "Someone", address, null, tenant.Id));
        var query = Uri.EscapeDataString(q);

        (await Data(tenant.Client, $"/v1/workspaces/{workspace.Id}/invitations?q={query}"))
            .GetArrayLength().Should().Be(1);
        (await Data(tenant.Client, $"/v1/users?organization_id={tenant.Id}&q={query}")).GetArrayLength().Should().Be(1);
    }

    [Fact]
    public async Task Names_are_sorted_without_regard_to_case_and_normal_form()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        foreach (var name in new[] { "zeta", "E\u0301ta 2", "Alpha", "éta 3", "\u00c9ta 1" })
        {
            await service.Do(new CreateWorkspace.Command(owner, tenant.Id, name));
        }

        (await service.Do(new ListWorkspaces.Query(owner, tenant.Id, Sort: "name"))).Items.Select(row => row.Name)
            .Should().Equal("Alpha", "zeta", "\u00c9ta 1", "E\u0301ta 2", "éta 3");
    }

    [Theory]
    [InlineData("50.0")]
    [InlineData("5e1")]
    [InlineData("50.000")]
    public async Task A_number_without_a_fraction_is_an_integer_however_it_is_written(string number)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var url = $"/v1/workspaces/{workspace.Id}";

        (await (await tenant.Client.PatchJson(url, $$"""{"seat_limit":{{number}}}""")).Data())
            .GetProperty("seat_limit").GetRawText().Should().Be("50");
        await (await tenant.Client.PatchJson(url, """{"seat_limit":50.5}"""))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");
    }

    // Test data cannot hold halves of surrogate pairs.
    private static string WithHalves(string text) => text
        .Replace("<high>", "\uD83D", StringComparison.Ordinal).Replace("<low>", "\uDE00", StringComparison.Ordinal);

    private static async Task<JsonElement> Data(HttpClient client, string url) =>
        await (await client.GetAsync(new Uri(url, UriKind.Relative))).Data();

    private async Task<string> CodeOf<T>(MediatR.IRequest<Outcome<T>> message) =>
        (await service.Send(message)).Match(_ => "", fault => fault.Code);
}
