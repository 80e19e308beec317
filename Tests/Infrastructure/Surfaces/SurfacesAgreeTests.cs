using System.Globalization;
using System.Text.Json;
using WorkspaceService.Features.ApiKeys;
using WorkspaceService.Infrastructure.Domain;
using Xunit.Abstractions;

namespace WorkspaceService.Infrastructure.Surfaces;

/// <summary>
/// One workspace seen through every surface: whatever is written through one of them is what all of them show. A run is
/// a sequence of writes drawn at random from a seed; after each of them every surface is read and held against a model.
/// </summary>
[Collection("Surfaces")]
public sealed class SurfacesAgreeTests(ServiceFixture service, ITestOutputHelper output)
{
    private const int Steps = 120;

    // What each surface shows of the model, and how it is read. A further surface is one more row.
    private static readonly (string Surface, Func<Model, Seen> Shows, Func<Place, Task<Seen>> Read)[] Readers =
    [
        ("native", m => new(m.Name, m.Slug, m.Description, Shown(m, role => role)), ReadNativeAsync),
        ("Tape", m => new(m.Name, m.Slug, m.Description, Shown(m, role => role == Roles.Viewer ? Roles.Guest : role)),
            ReadTapeAsync),
        ("V4", m => new(m.Name, null, null, Shown(m, role => role == Roles.Admin ? Roles.Admin : Roles.Member)),
            ReadV4Async),
    ];

    // What can be written through each surface, and what it does to the model.
    private static readonly (string Name, Func<Place, Model, Random, Task<HttpResponseMessage>> Write)[] Writers =
    [
        ("native name", (place, model, random) =>
        {
            model.Name = NewName(random);
            return place.Client.PatchJson($"/v1/workspaces/{place.Workspace}", new { name = model.Name });
        }),
        ("Tape name", (place, model, random) =>
        {
            model.Name = NewName(random);
            model.Slug = Slug.From(model.Name);
            return place.Client.PutJson($"/v1/workspace/{place.Workspace.Number()}", new { name = model.Name });
        }),
        ("V4 name", (place, model, random) =>
        {
            model.Name = NewName(random);
            return place.Narrowed.PutJson("/api/v4/workspaces", new { workspace = new { name = model.Name } });
        }),
        ("native description", (place, model, random) =>
        {
            model.Description = random.Next(4) == 0 ? null : $"Native {random.Next()}";
            return place.Client.PatchJson($"/v1/workspaces/{place.Workspace}", new { description = model.Description });
        }),
        ("Tape description", (place, model, random) =>
        {
            model.Description = $"Tape {random.Next()}";
            return place.Client.PutJson(
                $"/v1/workspace/{place.Workspace.Number()}", new { description = model.Description });
        }),
        ("native role", (place, model, random) =>
        {
            var (person, role) = (Pick(place.People, random), Pick(Roles.OfWorkspace, random));
            var isMember = model.Members.ContainsKey(person.Number());
            model.Members[person.Number()] = role;
            return isMember
                ? place.Client.PatchJson($"/v1/workspaces/{place.Workspace}/members/{person}", new { role })
                : place.Client.PostJson($"/v1/workspaces/{place.Workspace}/members", new { user_id = person, role });
        }),
        ("Tape role", (place, model, random) =>
        {
            var (person, role) = (Pick(place.People, random).Number(),
                Pick([Roles.Admin, Roles.Member, Roles.Guest], random));
            model.Members[person] = role;
            return place.Client.PostJson(
                $"/v1/workspace/{place.Workspace.Number()}/member", new { user_id = person, role });
        }),
        ("V4 role", (place, model, random) =>
        {
            var (person, admin) = (PickMember(place, model, random), random.Next(2) == 0);
            model.Members[person] = admin ? Roles.Admin : Roles.Member;
            return place.Narrowed.PutJson(
                $"/api/v4/workspace_users/{person}", new { workspace_role_id = admin ? 2 : 3 });
        }),
        ("native removal", (place, model, random) =>
        {
            var person = PickMember(place, model, random);
            model.Members.Remove(person);
            return place.Client.DeleteAsync(
                $"/v1/workspaces/{place.Workspace}/members/{place.People.Single(p => p.Number() == person)}");
        }),
        ("Tape removal", (place, model, random) =>
        {
            var person = PickMember(place, model, random);
            model.Members.Remove(person);
            return place.Client.DeleteAsync($"/v1/workspace/{place.Workspace.Number()}/member/{person}");
        }),
        ("V4 removal", (place, model, random) =>
        {
            var person = PickMember(place, model, random);
            model.Members.Remove(person);
            return place.Narrowed.DeleteAsync($"/api/v4/workspace_users/{person}");
        }),
    ];

    [Fact]
    public async Task What_is_written_through_one_surface_is_what_all_of_them_show()
    {
        var (place, model) = await PrepareAsync();
        var random = Seeded.Random(output);
        var done = new List<string>();

        for (var step = 0; step < Steps; step++)
        {
            var mayTouch = model.Members.Count > 1;
            var (name, write) = Pick(
                mayTouch
                    ? Writers
                    : [.. Writers.Where(
                        w => w.Name is not "V4 role" && !w.Name.EndsWith("removal", StringComparison.Ordinal))],
                random);
            done.Add(name);

            var response = await write(place, model, random);

            var history = string.Join(", ", done);
            response.IsSuccessStatusCode.Should()
                .BeTrue($"of {history}: {await response.Content.ReadAsStringAsync()}");
            foreach (var (surface, shows, read) in Readers)
            {
                (await read(place)).Should().BeEquivalentTo(
                    shows(model),
                    o => o.ComparingByMembers<Seen>(),
                    $"the {surface} surface shows it after {history}");
            }
        }
    }

    [Fact]
    public async Task What_one_surface_makes_and_another_deletes_is_gone_from_all()
    {
        var tenant = await service.NewTenantAsync();
        var tape = (await (await tenant.Client.PostJson("/v1/workspace", new { name = "From Tape" })).Bare())
            .GetProperty("workspace_id").GetInt64();
        var native = await tenant.NewWorkspaceAsync("From native");
        var narrowed = service.Client(await NarrowedAsync(tenant.Owner.Id, native.Id));
        (await narrowed.GetAsync("/api/v4/workspaces")).IsSuccessStatusCode.Should().BeTrue();

        (await (await tenant.Client.DeleteAsync($"/v1/workspace/{native.Id.Number()}")).Bare())
            .GetProperty("name").GetString().Should().Be("From native");
        var listed = await (await tenant.Client.GetAsync("/v1/workspaces")).Data();
        var code = listed.EnumerateArray().Single().GetProperty("id").GetString()!;
        code.Number().Should().Be(tape);
        (await tenant.Client.DeleteAsync($"/v1/workspaces/{code}")).IsSuccessStatusCode.Should().BeTrue();

        (await (await tenant.Client.GetAsync("/v1/workspace/org")).Bare()).GetProperty("total").GetInt32()
            .Should().Be(0);
        await (await tenant.Client.GetAsync($"/v1/workspace/{tape}/member"))
            .ShouldBeTapeError(System.Net.HttpStatusCode.NotFound, "not_found");
        await (await tenant.Client.GetAsync($"/v1/workspaces/{native.Id}"))
            .ShouldBeProblem(System.Net.HttpStatusCode.NotFound, "not_found");
        (await narrowed.GetAsync("/api/v4/workspaces")).StatusCode
            .Should().Be(System.Net.HttpStatusCode.Unauthorized, "a key of a deleted workspace is none");
    }

    private async Task<(Place Place, Model Model)> PrepareAsync()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync("Beginning", "closed");
        var people = new List<string>();
        for (var n = 0; n < 4; n++)
        {
            people.Add((await tenant.NewMemberAsync(Roles.Admin)).Id);
        }

        var narrowed = service.Client(await NarrowedAsync(tenant.Owner.Id, workspace.Id));
        var model = new Model
        {
            Name = "Beginning",
            Slug = "beginning",
            Members = { [tenant.Owner.Id.Number()] = Roles.Admin },
        };
        return (new Place(workspace.Id, people, tenant.Client, narrowed), model);
    }

    private async Task<string> NarrowedAsync(string user, string workspace) =>
        (await service.Do(new CreateApiKey.Command(
            ServiceFixture.RootCaller, "Narrowed", "user", WorkspaceId: workspace, UserId: user))).Value.Key!;

    private static async Task<Seen> ReadNativeAsync(Place place)
    {
        var workspace = await (await place.Client.GetAsync($"/v1/workspaces/{place.Workspace}")).Data();
        var members = await (await place.Client.GetAsync($"/v1/workspaces/{place.Workspace}/members?limit=100")).Data();
        workspace.GetProperty("member_count").GetInt32().Should().Be(members.GetArrayLength());
        return new(
            Text(workspace, "name")!,
            Text(workspace, "slug"),
            Text(workspace, "description"),
            members.EnumerateArray().ToDictionary(m => Text(m, "user_id")!.Number(), m => Text(m, "role")!));
    }

    private static async Task<Seen> ReadTapeAsync(Place place)
    {
        var list = await (await place.Client.GetAsync("/v1/workspace/org")).Bare();
        var workspace = list.GetProperty("workspaces")
            .EnumerateArray().Single(w => w.GetProperty("workspace_id").GetInt64() == place.Workspace.Number());
        var members = (await (await place.Client.GetAsync($"/v1/workspace/{place.Workspace.Number()}/member")).Bare())
            .GetProperty("workspace_members");
        return new(
            Text(workspace, "name")!,
            Text(workspace, "slug"),
            Text(workspace, "description"),
            members.EnumerateArray().ToDictionary(m => m.GetProperty("user_id").GetInt64(), m => Text(m, "role")!));
    }

    // V4 calls the owner so, who is an admin, and shows neither slug nor description.
    private static async Task<Seen> ReadV4Async(Place place)
    {
        var workspace = await (await place.Narrowed.GetAsync("/api/v4/workspaces")).Json();
        return new(
            Text(workspace, "name")!,
            null,
            null,
            workspace.GetProperty("workspace_users").EnumerateArray().ToDictionary(
                u => u.GetProperty("id").GetInt64(),
                u => Text(u, "workspace_role_name") is "owner" or "admin" ? Roles.Admin : Roles.Member));
    }

    private static string? Text(JsonElement element, string member) => element.GetProperty(member).GetString();

    private static Dictionary<long, string> Shown(Model model, Func<string, string> role) =>
        model.Members.ToDictionary(m => m.Key, m => role(m.Value));

    private static string NewName(Random random) =>
        string.Create(CultureInfo.InvariantCulture, $"Name {random.Next()} ({random.Next(10)})");

    private static T Pick<T>(IReadOnlyList<T> from, Random random) => from[random.Next(from.Count)];

    // The owner stays, so that there is an admin at every moment.
    private static long PickMember(Place place, Model model, Random random) =>
        Pick([.. place.People.Select(p => p.Number()).Where(model.Members.ContainsKey)], random);

    private sealed record Place(string Workspace, IReadOnlyList<string> People, HttpClient Client, HttpClient Narrowed);

    private sealed record Seen(string Name, string? Slug, string? Description, Dictionary<long, string> Members);

    private sealed class Model
    {
        public string Name { get; set; } = "";

        public string Slug { get; set; } = "";

        public string? Description { get; set; }

        public Dictionary<long, string> Members { get; } = [];
    }
}
