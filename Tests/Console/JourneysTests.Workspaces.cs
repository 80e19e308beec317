namespace WorkspaceService.Browser;

/// <summary>Of workspaces and of who belongs to them.</summary>
public sealed partial class JourneysTests
{
    [BrowserTheory]
    [MemberData(nameof(WaysAndPhone))]
    public async Task A_workspace_from_its_creation_to_its_end(Way way)
    {
        var tenant = await browser.Service.NewTenantAsync();
        var name = Unique("Mobile Apps");
        var owner = await OpenAsync(way, tenant.OwnerKey);

        await owner.GoAsync($"/console/organizations/{tenant.Id}");
        await owner.ClickAsync("Create the first workspace");
        await owner.FillAsync("Seat limit", "3");
        await owner.PressAsync("Create workspace");
        await owner.IsRefusedAsync("Give a name."); // beside the field, and nothing else was lost
        (await owner.ReadAsync("Seat limit")).Should().Be("3");
        await owner.FillAsync("Name", name);
        await owner.PressAsync("Create workspace");
        await owner.SeesAsync($"The workspace {name} is ready.");
        var id = owner.Page.Url.Split('/')[^1];

        await owner.OpenAsync("Settings");
        await owner.FillAsync("Description", "Apps for phones.");
        await owner.CheckAsync("Open");
        await owner.PressAsync("Save settings");
        await owner.SeesAsync("The settings are saved.");
        await owner.OpenAsync("Overview");
        await owner.SeesAsync("Apps for phones.");

        var line = await tenant.NewLineAsync(id, "active", "Store front");
        await owner.ClickAsync("Archive");
        await owner.SeesAsync("1 service line stands in the way");
        await owner.SeesAsync(line.Name);
        await owner.PressAsync("Archive all the same");
        await owner.SeesAsync($"{name} is archived.");
        await owner.SeesAsync("This workspace is archived");
        await owner.ClickAsync("Restore");
        await owner.PressAsync("Restore workspace");
        await owner.SeesAsync($"{name} is in use again.");

        await owner.OpenAsync("Settings");
        await owner.ClickAsync("Delete the workspace");
        await owner.FillAsync($"Type {name} to confirm", "something else");
        await owner.PressAsync("Delete workspace");
        await owner.IsRefusedAsync();
        await owner.FillAsync($"Type {name} to confirm", name);
        await owner.PressAsync("Delete workspace");
        await owner.SeesAsync($"{name} is deleted.");
    }

    [BrowserTheory]
    [MemberData(nameof(WaysAndPhone))]
    public async Task Members_are_added_given_another_role_and_removed_and_join_and_leave_by_themselves(Way way)
    {
        var tenant = await browser.Service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(Unique("Open doors"), "open");
        var added = await tenant.NewMemberAsync(name: Unique("Noor Haddad"));
        var joining = await tenant.NewMemberAsync(name: Unique("Mateo Silva"));
        var name = (await browser.Service.Do(new Features.Users.GetUser.Query(ServiceFixture.RootCaller, added.Id)))
            .Value.Name;
        var owner = await OpenAsync(way, tenant.OwnerKey);

        await owner.GoAsync($"/console/workspaces/{workspace.Id}");
        await owner.OpenAsync("Members");
        await owner.ClickAsync("Add member");
        await owner.FillAsync("Search the organization by name or address", name);
        await owner.PressAsync("Apply");
        await owner.PressAsync("Add member");
        await owner.IsRefusedAsync();
        await owner.CheckAsync(name);
        await owner.PressAsync("Add member");
        await owner.SeesAsync($"{name} is a member now.");
        await owner.SelectAsync($"Role of {name}", "Viewer");
        await owner.PressAsync($"Save the role of {name}");
        await owner.SeesAsync($"{name} has the role viewer now.");
        await owner.SelectAsync($"Role of {name}", "Admin");
        await owner.PressAsync($"Save the role of {name}");
        await owner.IsRefusedAsync("role"); // R5; the form of one role says so
        await owner.SelectAsync("Role", "Guest");
        await owner.PressAsync("Change role");
        await owner.SeesAsync($"{name} has the role guest now.");
        await owner.ClickAsync($"Remove {name}");
        await owner.PressAsync("Remove member");
        await owner.SeesAsync($"{name} is no member any more.");

        var person = await OpenAsync(way, joining.Key);
        await person.GoAsync($"/console/workspaces/{workspace.Id}");
        await person.PressAsync("Join");
        await person.SeesAsync("You are a member of this workspace now.");
        await person.OpenAsync("Members");
        await person.ClickAsync("Leave");
        await person.PressAsync("Leave");
        await person.SeesAsync("You have left the workspace.");
    }

    [BrowserTheory]
    [MemberData(nameof(WaysAndPhone))]
    public async Task People_are_invited_by_links_and_answer_them(Way way)
    {
        var tenant = await browser.Service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(Unique("Guests"));
        var people = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => browser.Service.NewUserAsync(
            email: AddressOf(Unique("known")))));
        var (accepting, declining, unknown, revoked) = (
            people[0].Email!, people[1].Email!, AddressOf(Unique("unknown")), AddressOf(Unique("revoked")));
        var owner = await OpenAsync(way, tenant.OwnerKey);

        await owner.GoAsync($"/console/workspaces/{workspace.Id}");
        await owner.ClickAsync("Invite");
        await owner.PressAsync("Make the invitations");
        await owner.IsRefusedAsync();
        await owner.FillAsync("E-mail addresses", string.Join('\n', accepting, declining, unknown, revoked, "nobody"));
        await owner.SelectAsync("Role in the workspace", "Guest");
        await owner.PressAsync("Make the invitations");
        await owner.SeesAsync("4 people are invited");
        await owner.SeesAsync("This is no e-mail address");
        var links = await owner.SecretsAsync();
        links.Should().HaveCount(4);
        await owner.ClickAsync("Done");
        await owner.ClickAsync($"New link for {accepting}");
        await owner.PressAsync("Make a new link");
        await owner.SeesAsync("Copy it now");
        var again = (await owner.SecretsAsync()).Should().ContainSingle().Which;
        await owner.ClickAsync("Done");
        await owner.ClickAsync($"Revoke the invitation of {revoked}");
        await owner.PressAsync("Revoke invitation");
        await owner.SeesAsync("The invitation is revoked, and its seat is free.");

        var nobody = await OpenAsync(way, null);
        await nobody.GoAsync(links[0]);
        await nobody.SeesAsync("not found");
        await nobody.GoAsync(links[3]);
        await nobody.SeesAsync("The invitation was revoked.");
        await nobody.GoAsync(again);
        await nobody.SeesAsync("invites you to this workspace");
        await nobody.ClickAsync("Sign in to answer");
        await nobody.FillAsync("API key", tenant.OwnerKey);
        await nobody.PressAsync("Sign in");
        await nobody.PressAsync("Accept");
        await nobody.IsRefusedAsync(); // it is somebody else's
        await nobody.ClickAsync("Sign in with another key");
        await nobody.FillAsync("API key", await browser.Service.UserKeyAsync(people[0].Id));
        await nobody.PressAsync("Sign in");
        await nobody.PressAsync("Accept");
        await nobody.SeesAsync("Welcome. You are a member of this workspace now.");

        var other = await OpenAsync(way, await browser.Service.UserKeyAsync(people[1].Id));
        await other.GoAsync(links[1]);
        await other.ClickAsync("Decline the invitation");
        await other.PressAsync("Decline");
        await other.SeesAsync("The invitation was declined.");

        var root = await OpenAsync(way, ServiceFixture.RootKey);
        await root.GoAsync(links[2]);
        await root.ClickAsync("Accept for the person");
        await root.PressAsync("Accept");
        await root.IsRefusedAsync();
        await root.FillAsync("Name of the person", "Grace Hopper");
        await root.PressAsync("Accept");
        await root.SeesAsync($"{unknown} is a member now.");
    }

    [BrowserTheory]
    [MemberData(nameof(WaysAndPhone))]
    public async Task Somebody_asks_to_join_and_is_denied_and_approved(Way way)
    {
        var tenant = await browser.Service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(Unique("Closed doors"), "closed");
        var name = Unique("Kwame Mensah");
        var asking = await tenant.NewMemberAsync(name: name);
        var (person, owner) = (await OpenAsync(way, asking.Key), await OpenAsync(way, tenant.OwnerKey));

        await AskAsync();
        await person.ClickAsync("Your request");
        await person.SeesAsync("Until then you can take the request back.");
        await person.PressAsync("Withdraw the request");
        await person.SeesAsync("Your request is withdrawn.");

        await AskAsync();
        await owner.GoAsync($"/console/workspaces/{workspace.Id}");
        await owner.ClickAsync("1 person has asked to join");
        await owner.PressAsync($"Deny the request of {name}");
        await owner.SeesAsync($"The request of {name} is denied.");

        await AskAsync();
        await owner.OpenAsync("Join requests");
        await owner.PressAsync($"Approve the request of {name}");
        await owner.SeesAsync($"{name} is a member now.");
        await person.GoAsync($"/console/workspaces/{workspace.Id}/members");
        await person.SeesAsync(name);

        async Task AskAsync()
        {
            await person.GoAsync($"/console/workspaces/{workspace.Id}");
            await person.PressAsync("Ask to join");
            await person.SeesAsync("You have asked to join. An admin of the workspace decides.");
        }
    }
}
