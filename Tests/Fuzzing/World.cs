using System.Globalization;
using System.Text.RegularExpressions;
using WorkspaceService.Features.ApiKeys;
using WorkspaceService.Features.Integrations;
using WorkspaceService.Features.JoinRequests;
using WorkspaceService.Features.Organizations;
using WorkspaceService.Features.ServiceLines;
using WorkspaceService.Features.Users;
using WorkspaceService.Features.Webhooks;
using WorkspaceService.Features.Workspaces;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Fuzzing;

/// <summary>Whom a request comes from; <paramref name="Key"/> is null for nobody.</summary>
/// <param name="Mark">The only mark that may be in its answers; null where nothing is kept from it.</param>
internal sealed record Actor(string Name, string? Key, string? Mark);

/// <summary>
/// A tenant with one thing of every kind, whose names, addresses and texts all carry its mark: where another world's
/// mark is in an answer, something of another tenant has leaked.
/// </summary>
internal sealed partial class World
{
    private readonly ServiceFixture _service;
    private int _made;

    private World(ServiceFixture service, int number) => (_service, Number) = (service, number);

    public int Number { get; }

    /// <summary>In every text of this world.</summary>
    public string Mark => $"zq{Number}qz";

    /// <summary>Ids that exist, by the name of the parameter or member that takes them.</summary>
    public Dictionary<string, string> Ids { get; } = [];

    public Dictionary<string, Actor> Actors { get; } = [];

    /// <summary>The ids of another tenant, and the address of somebody in it, which does not carry the mark.</summary>
    public IReadOnlyList<string> ForeignIds { get; private set; } = [];

    public string ForeignEmail { get; private set; } = "";

    /// <summary>Makes the next world after <paramref name="before"/>, which is the other tenant to it.</summary>
    public static async Task<World> MakeAsync(ServiceFixture service, World? before)
    {
        var world = new World(service, (before?.Number ?? 0) + 1);
        await world.FillAsync();
        if (before is not null)
        {
            world.ForeignIds = [.. before.Ids.Where(id => id.Key != "token").Select(id => id.Value)];
            world.ForeignEmail = before.OwnerEmail;
            world.Actors["stranger"] = before.Actors["owner"] with { Name = "stranger" };
        }

        return world;
    }

    /// <summary>A text of this world that was not there before.</summary>
    public string Fresh(string word) => $"{Mark}-{word}-{++_made}";

    public string FreshEmail() => $"{Fresh("p")}@example.com";

    /// <summary>The first mark in a text that an actor must not see; null where there is none.</summary>
    public static string? ForeignMark(Actor actor, string text) => actor.Mark is null ? null
        : MarkPattern().Matches(text).Select(match => match.Value).FirstOrDefault(mark => mark != actor.Mark);

    private string OwnerEmail => $"person.of.world.{Number}@example.com";

    private async Task FillAsync()
    {
        var root = ServiceFixture.RootCaller;
        var owner = await UserAsync("owner", OwnerEmail);
        var organization = (await _service.Do(new CreateOrganization.Command(
            root, Fresh("organization"), BillingEmail: FreshEmail(), OwnerId: owner.Id))).Value;
        await _service.SetManagingOrganizationAsync(owner.Id, organization.Id);
        var tenant = new Tenant(_service, organization.Id, owner, await _service.UserKeyAsync(owner.Id));
        var caller = await tenant.OwnerAsync();

        var workspace = await WorkspaceAsync("workspace", "private");
        var (open, closed) = (await WorkspaceAsync("open", "open"), await WorkspaceAsync("closed", "closed"));
        var (spare, archived) = (await WorkspaceAsync("spare", "private"), await WorkspaceAsync("archived", "private"));
        await _service.Do(new ArchiveWorkspace.Command(caller, archived));

        var admin = await tenant.NewMemberAsync("admin", Fresh("admin"), FreshEmail());
        var member = await MemberAsync("member");
        var viewer = await MemberAsync("viewer");
        var guest = await MemberAsync("guest");
        var outsider = await tenant.NewMemberAsync("member", Fresh("outsider"), FreshEmail());
        var joiner = await tenant.NewMemberAsync("member", Fresh("joiner"), FreshEmail());
        var request = (await _service.Do(new RequestToJoin.Command(await joiner.CallerAsync(), closed))).Value;
        var invitation = await tenant.InviteAsync(workspace, outsider.Email);

        var active = await LineAsync("active");
        await tenant.MoveAsync(active, "active");
        var draft = await LineAsync("draft");
        var integration = (await _service.Do(new ConnectIntegration.Command(
            caller, workspace, "github", new() { ["org"] = Fresh("org") }))).Value;
        var webhook = (await _service.Do(new CreateWebhook.Command(
            caller, organization.Id, $"https://hooks.example.com/{Mark}", ["*"], Description: Fresh("webhook")))).Value;
        var issued = await KeyAsync("key", "secret");
        await _service.MeterAsync(
            root, _service.Usage(active, metric: Fresh("metric")), _service.Usage(active, metric: Fresh("metric")));

        foreach (var (name, id) in new[]
        {
            ("organization", organization.Id), ("workspace", workspace), ("open", open), ("closed", closed),
            ("spare", spare), ("archived", archived), ("owner", owner.Id), ("admin", admin.Id), ("user", member.Id),
            ("outsider", outsider.Id), ("invitation", invitation.Id), ("request", request.Id),
            ("serviceLine", active), ("draft", draft), ("integration", integration.Id), ("webhook", webhook.Id),
            ("delivery", await tenant.NewDeliveryAsync(webhook.Id)), ("key", issued.Id), ("token", invitation.Token!),
        })
        {
            Ids[name] = id;
        }

        var narrow = await KeyAsync("narrow", "secret", workspace);
        var dead = await KeyAsync("dead", "secret");
        await _service.Do(new RevokeApiKey.Command(caller, dead.Id));
        foreach (var (name, key) in new (string Name, string? Key)[]
        {
            ("owner", tenant.OwnerKey), ("admin", admin.Key), ("member", member.Key), ("viewer", viewer.Key),
            ("guest", guest.Key), ("outsider", outsider.Key), ("joiner", joiner.Key),
            ("secret", (await KeyAsync("secret", "secret")).Key), ("narrow", narrow.Key),
            ("publishable", (await KeyAsync("publishable", "publishable")).Key),
            ("reader", (await KeyAsync("reader", "secret", null, Permissions.Read)).Key),
            ("nobody", null), ("dead", dead.Key), ("malformed", $"user_key_{Mark}"),
        })
        {
            Actors[name] = new(name, key, Mark);
        }

        Actors["root"] = new("root", ServiceFixture.RootKey, Mark: null);

        async Task<UserObject> UserAsync(string name, string? email = null) =>
            (await _service.Do(new CreateUser.Command(root, Fresh(name), email ?? FreshEmail()))).Value;

        async Task<string> WorkspaceAsync(string name, string type) => (await _service.Do(new CreateWorkspace.Command(
            caller,
            organization.Id,
            Fresh(name),
            Type: type,
            Description: Fresh("description"),
            Settings: new() { ["note"] = Fresh("setting") }))).Value.Id;

        async Task<Person> MemberAsync(string role)
        {
            var person = await tenant.NewMemberAsync(role, Fresh(role), FreshEmail());
            await tenant.AddToAsync(workspace, person.Id, role);
            return person;
        }

        async Task<string> LineAsync(string name) => (await _service.Do(new CreateServiceLine.Command(
            caller,
            workspace,
            Fresh(name),
            "talent",
            "capacity",
            "monthly_retainer",
            ProjectTags: [Fresh("tag")],
            Config: new() { ["note"] = Fresh("config") }))).Value.Id;

        async Task<ApiKeyObject> KeyAsync(
            string name, string type, string? narrowedTo = null, params string[] permissions) =>
            (await _service.Do(new CreateApiKey.Command(
                caller,
                Fresh(name),
                type,
                organization.Id,
                narrowedTo,
                Permissions: permissions.Length == 0 ? null : permissions))).Value;
    }

    /// <summary>The number in a code, as the surfaces with integers have it.</summary>
    public static string NumberOf(string code) => code.Number().ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"zq\d+qz")]
    private static partial Regex MarkPattern();
}
