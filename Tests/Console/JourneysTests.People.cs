namespace WorkspaceService.Browser;

/// <summary>Of the operator, of organizations and of people.</summary>
public sealed partial class JourneysTests
{
    [BrowserTheory]
    [MemberData(nameof(WaysAndPhone))]
    public async Task The_operator_of_an_empty_service_signs_in_and_is_led_to_the_first_workspace(Way way)
    {
        var empty = new ServiceFixture();
        await empty.InitializeAsync();
        var root = await OpenAsync(way, null, empty);

        await root.GoAsync("/console/workspaces");
        await root.FillAsync("API key", "root_key_mistyped");
        await root.PressAsync("Sign in");
        await root.IsRefusedAsync("key");
        (await root.ReadAsync("API key")).Should().BeEmpty();
        await root.FillAsync("API key", ServiceFixture.RootKey);
        await root.PressAsync("Sign in");
        await root.SeesAsync("No workspace yet"); // where it was going
        await root.GoToAsync("Organizations");
        await root.SeesAsync("Nothing is here yet");
        await root.ClickAsync("Get started");
        await root.SeesAsync("Step 1 of 3");
        await root.FillAsync("Name", "Sam Rivera");
        await root.FillAsync("E-mail address", "sam@example.com");
        await root.PressAsync("Go on");
        await root.SeesAsync("Step 2 of 3");
        await root.FillAsync("Name", "Apex Digital");
        await root.PressAsync("Create organization");
        await root.SeesAsync("Step 3 of 3");
        await root.FillAsync("Name", "Platform");
        await root.PressAsync("Create workspace");
        await root.SeesAsync("The workspace Platform is ready.");

        await root.ChooseInMenuAsync("Sign out");
        await root.SeesAsync("You are signed out.");
        await root.GoAsync("/console/organizations");
        await root.SeesAsync("With an API key of this service.");
        await ((IAsyncLifetime)empty).DisposeAsync();
    }

    [BrowserTheory]
    [MemberData(nameof(Ways))]
    public async Task The_operator_makes_an_organization_suspends_it_and_takes_that_back(Way way)
    {
        var (owner, name) = (await browser.Service.NewUserAsync(Unique("Ada Lovelace")), Unique("Engines"));
        var root = await OpenAsync(way, null);

        await root.GoAsync("/console");
        await root.FillAsync("API key", ServiceFixture.RootKey);
        await root.PressAsync("Sign in");
        await root.SeesAsync("Apex Digital");
        await root.ClickAsync("New organization");
        await root.FillAsync("Search people by name or address", owner.Name);
        await root.PressAsync("Apply");
        await root.ClickAsync(owner.Name);
        await root.PressAsync("Create organization");
        await root.IsRefusedAsync("Give a name.");
        await root.FillAsync("Name", name);
        await root.UnfoldAsync("Plan and limits");
        await root.FillAsync("Plan", "scale");
        await root.FillAsync("Workspaces", "3");
        await root.PressAsync("Create organization");
        await root.SeesAsync($"{name} is created.");

        await root.GoToAsync("Settings");
        await root.SelectAsync("Status", "Suspended");
        await root.PressAsync("Save settings");
        await root.SeesAsync($"The settings of {name} are saved.");
        var person = await OpenAsync(way, await browser.Service.UserKeyAsync(owner.Id));
        await person.GoAsync("/console/organizations");
        await person.ClickAsync(name);
        await person.SeesAsync("This organization is suspended");
        await root.SelectAsync("Status", "Active");
        await root.PressAsync("Save settings");
        await root.SeesAsync($"The settings of {name} are saved.");
        (await root.Page.GetByText("This organization is suspended").CountAsync()).Should().Be(0);

        await root.ChooseInMenuAsync("Sign out");
        await root.SeesAsync("You are signed out.");
    }

    [BrowserTheory]
    [MemberData(nameof(Ways))]
    public async Task The_operator_makes_a_user_known_changes_locks_out_and_lets_back_in(Way way)
    {
        var (name, other) = (Unique("Mary Somerville"), Unique("Mary Greig"));
        var root = await OpenAsync(way, ServiceFixture.RootKey);

        await root.GoAsync("/console");
        await root.GoToAsync("Users");
        await root.ClickAsync("New user");
        await root.FillAsync("Name", name);
        await root.FillAsync("E-mail address", "no address");
        await root.PressAsync("Create user");
        await root.IsRefusedAsync("address");
        await root.FillAsync("E-mail address", AddressOf(name));
        await root.PressAsync("Create user");
        await root.SeesAsync($"{name} is known to the service now");
        await root.ClickAsync("Edit");
        await root.FillAsync("Name", other);
        await root.PressAsync("Save");
        await root.SeesAsync($"What is known of {other} is saved.");

        await root.ClickAsync("New API key");
        await root.FillAsync("Name", "The first one");
        await root.PressAsync("Create user key");
        await root.SeesAsync("Copy it now");
        var key = (await root.SecretsAsync()).Should().ContainSingle().Which;
        var person = await OpenAsync(way, key);
        await person.GoAsync("/console");
        await person.SeesAsync("You belong to no organization");

        await root.SearchAsync(AddressOf(name)); // the one hit is shown at once
        await root.ClickAsync("Deactivate");
        await root.PressAsync("Deactivate");
        await root.SeesAsync($"{other} is deactivated.");
        await person.GoAsync("/console");
        await person.SeesAsync("With an API key of this service.");
        await root.ClickAsync("Reactivate");
        await root.PressAsync("Reactivate");
        await root.SeesAsync($"{other} is active again.");
    }

    [BrowserTheory]
    [MemberData(nameof(WaysAndPhone))]
    public async Task An_owner_adds_people_to_the_organization_changes_their_roles_and_passes_it_on(Way way)
    {
        var tenant = await browser.Service.NewTenantAsync();
        var (first, second) = (Unique("Emmy Noether"), Unique("Sofia Kovalevskaya"));
        var known = await tenant.NewUserAsync(second);
        var owner = await OpenAsync(way, tenant.OwnerKey);

        await owner.GoAsync($"/console/organizations/{tenant.Id}");
        await owner.GoToAsync("Members");
        await owner.ClickAsync("Add member");
        await owner.PressAsync("Add member");
        await owner.IsRefusedAsync();
        await owner.FillAsync("E-mail address", AddressOf(first));
        await owner.FillAsync("Name", first);
        await owner.SelectAsync("Role", "Viewer");
        await owner.PressAsync("Add member");
        await owner.SeesAsync($"{first} belongs to the organization now.");
        await owner.ClickAsync("Add member");
        await owner.UnfoldAsync("By the id of somebody you know already");
        await owner.FillAsync("User id", known.Id);
        await owner.SelectAsync("Role", "Admin");
        await owner.PressAsync("Add member");
        await owner.SeesAsync($"{second} belongs to the organization now.");

        await owner.SelectAsync($"Role of {first}", "Billing");
        await owner.PressAsync($"Save the role of {first}");
        await owner.SeesAsync($"{first} has the role billing now.");
        await owner.ClickAsync($"Remove {first}");
        await owner.PressAsync("Remove member");
        await owner.SeesAsync($"{first} does not belong to the organization any more.");

        await owner.ClickAsync("Transfer ownership");
        await owner.PressAsync("Transfer ownership");
        await owner.IsRefusedAsync();
        await owner.CheckAsync(second);
        await owner.PressAsync("Transfer ownership");
        await owner.SeesAsync($"{second} owns ");
        await owner.ClickAsync("Leave");
        await owner.PressAsync("Leave the organization");
        await owner.SeesAsync("You have left the organization.");
    }

    [BrowserTheory]
    [MemberData(nameof(Ways))]
    public async Task Somebody_finds_things_chooses_a_theme_and_reads_and_exports_the_audit_log(Way way)
    {
        var tenant = await browser.Service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(Unique("Analytics"));
        var member = await tenant.NewMemberOfAsync(workspace.Id);
        var owner = await OpenAsync(way, tenant.OwnerKey);

        await owner.GoAsync("/console/search");
        await owner.SeesAsync("Type or paste what you have");
        await owner.SearchAsync("nothing of this kind");
        await owner.SeesAsync("Nothing was found");
        foreach (var (text, found) in new[]
        {
            (workspace.Name, workspace.Id), (workspace.Id, workspace.Name), (member.Email, member.Id),
            (member.Id, member.Email), (tenant.Id, workspace.Name),
        })
        {
            await owner.SearchAsync(text);
            await owner.SeesAsync(found);
        }

        await owner.ChooseInMenuAsync("Appearance and time zone");
        await owner.SelectAsync("Theme", "Dark");
        await owner.SelectAsync("Time zone", "Asia/Tokyo");
        await owner.PressAsync("Save");
        await owner.SeesAsync("Your preferences are saved in this browser.");
        (await owner.Page.Locator("html").GetAttributeAsync("data-theme")).Should().Be("dark");
        (await owner.Page.Locator("footer").InnerTextAsync()).Should().Contain("Asia/Tokyo");

        await owner.GoAsync($"/console/organizations/{tenant.Id}");
        await owner.GoToAsync("Settings");
        await owner.FillAsync("Billing address", "billing@example.com");
        await owner.PressAsync("Save settings");
        await owner.SeesAsync("are saved.");
        await owner.GoToAsync("Audit log");
        await owner.SeesAsync("workspace.created");
        await owner.FillAsync("Action, such as member.added", "organization.updated");
        await owner.PressAsync("Apply");
        await owner.SeesAsync("organization.updated");
        (await owner.Page.Locator("table.log > tbody > tr").CountAsync()).Should().Be(1);
        var request = await owner.Page.Locator("td[data-label=Request] code").First.InnerTextAsync();
        var download = await owner.Page.RunAndWaitForDownloadAsync(() => owner.ClickAsync("Export CSV"));
        (await File.ReadAllLinesAsync((await download.PathAsync())!)).Should().HaveCount(2)
            .And.Contain(line => line.Contains("organization.updated", StringComparison.Ordinal));
        await owner.ClickAsync("Clear");
        await owner.SeesAsync("workspace.created");
        await owner.SelectAsync("Outcome", "Denied");
        await owner.PressAsync("Apply");
        await owner.SeesAsync("No entry matches");

        await owner.SearchAsync(request);
        await owner.SeesAsync("organization.updated");
    }
}
