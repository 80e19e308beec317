using System.Data.Common;
using System.Net.Http.Headers;
using MediatR;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using WorkspaceService.Features.ApiKeys;
using WorkspaceService.Features.Events;
using WorkspaceService.Features.Invitations;
using WorkspaceService.Features.Members;
using WorkspaceService.Features.Organizations;
using WorkspaceService.Features.Users;
using WorkspaceService.Features.Workspaces;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService;

/// <summary>
/// The real service on real sockets with an empty database of its own (see <see cref="TestDatabase"/>).
/// </summary>
public class ServiceFixture : WebApplicationFactory<Program>, IAsyncLifetime
{
    public const string RootKey = "root_key_0123456789abcdefghijklmnopqrstuvwxyz";

    private readonly TestDatabase _database = new();
    private readonly Lazy<ServiceFixture> _second;
    private readonly List<ServiceFixture> _others = [];
    private int _people;
    private int _turn;

    public ServiceFixture() => _second = new(() => NewInstance());

    public TestClock Clock { get; private init; } = new();

    public ConnectionFactory Db => Services.GetRequiredService<ConnectionFactory>();

    /// <summary>
    /// Another instance of the service on the same database; itself on SQLite, which takes one instance.
    /// </summary>
    public ServiceFixture Second => _database.IsShared ? _second.Value : this;

    /// <summary>One instance and the other by turns, for calls at the same time.</summary>
    public ServiceFixture Next => Interlocked.Increment(ref _turn) % 2 == 0 ? this : Second;

    /// <summary>One more instance, with settings of its own beside those that all have.</summary>
    public ServiceFixture NewInstance(params (string Key, string Value)[] settings)
    {
        var instance = new FurtherInstance(this, settings);
        lock (_others)
        {
            _others.Add(instance);
        }

        return instance;
    }

    /// <summary>The connection string of the database.</summary>
    public string ConnectionString => _database.ConnectionString;

    /// <summary>A client that calls with the root key.</summary>
    public HttpClient Root => Client(RootKey);

    /// <summary>The caller behind the root key, for messages that are sent without HTTP.</summary>
    public static Caller RootCaller => Infrastructure.Security.RootKey.Caller with { RequestId = "test" };

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        UseKestrel(0);
        StartServer();

        // Now, because its start blocks the thread that asks for it first: that of a racing caller.
        _ = _database.IsShared ? Second.Services : null;
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        foreach (var other in _others)
        {
            await other.DisposeAsync();
        }

        if (Recording.IsOn)
        {
            await RecordEventsAsync();
        }

        await base.DisposeAsync();
        await _database.DisposeAsync();
    }

    /// <summary>A client that calls with <paramref name="key"/>, or with none.</summary>
    public HttpClient Client(string? key)
    {
        var client = Recording.IsOn
            ? Recording.Client(ClientOptions.BaseAddress)
            : CreateClient(new() { AllowAutoRedirect = false, BaseAddress = ClientOptions.BaseAddress });
        client.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    /// <summary>
    /// Sends a message through the pipeline, without HTTP. What another instance has answered before counts.
    /// </summary>
    public async Task<Outcome<T>> Send<T>(IRequest<Outcome<T>> message)
    {
        if (_second.IsValueCreated)
        {
            await Db.CatchUpAsync(CancellationToken.None);
        }

        return await Services.GetRequiredService<IMediator>().Send(message);
    }

    /// <summary>Sends a message that must succeed.</summary>
    public async Task<T> Do<T>(IRequest<Outcome<T>> message) =>
        (await Send(message)).Match(
            value => value,
            fault =>
                throw new InvalidOperationException($"{fault.Code}: {fault.Message} {string.Join(' ', fault.Errors)}"));

    /// <summary>Sends a message that must be refused.</summary>
    public async Task<Fault> Refused<T>(IRequest<Outcome<T>> message) =>
        (await Send(message))
            .Match(value => throw new InvalidOperationException($"It was not refused: {value}"), fault => fault);

    /// <summary>Sends a message that must succeed, and counts the SQL statements that it takes.</summary>
    public async Task<(T Value, long Statements)> Counted<T>(IRequest<Outcome<T>> message)
    {
        using var count = StatementCounter.Begin();
        return (await Do(message), count.Statements);
    }

    /// <summary>The rows that a statement finds.</summary>
    public async Task<List<T>> ReadAsync<T>(string sql, object? parameters = null)
    {
        await using var session = Db.Open();
        return await session.ListAsync<T>(sql, parameters);
    }

    /// <summary>A connection beside those of the service.</summary>
    public async Task<DbConnection> ConnectAsync()
    {
        var connection = _database.Connect();
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>The types of a workspace's events, in their order.</summary>
    public async Task<List<string>> EventTypesAsync(string workspace)
    {
        await NumberEventsAsync();
        return await ReadAsync<string>(
            "SELECT type FROM events WHERE workspace_code = @workspace ORDER BY sequence", new { workspace });
    }

    /// <summary>Gives each event its sequence, as a reader of the log does that finds no more.</summary>
    public Task NumberEventsAsync() => Do(new ListEvents.Query(RootCaller, Type: "no.event"));

    /// <summary>Waits until so many refusals of an organization are in its audit log.</summary>
    public async Task WaitForRefusalsAsync(string organization, int count)
    {
        for (var wait = 0; wait < 600; wait++)
        {
            var logged = await ReadAsync<long>(
                "SELECT COUNT(*) FROM refusals WHERE organization_code = @organization", new { organization });
            if (logged.Single() >= count)
            {
                return;
            }

            await Task.Delay(50);
        }

        throw new TimeoutException($"{organization} has fewer than {count} refusals in its log.");
    }

    /// <summary>A new user; the name and address are made up where not given.</summary>
    public async Task<UserObject> NewUserAsync(string? name = null, string? email = null)
    {
        var n = Interlocked.Increment(ref _people);
        return (await Do(new CreateUser.Command(RootCaller, name ?? $"Person {n}", email ?? $"person{n}@example.com")))
            .Value;
    }

    /// <summary>The user who owns the workspace.</summary>
    public async Task<string> OwnerOfAsync(string workspace) => (await ReadAsync<string>(
        "SELECT u.code FROM workspaces w JOIN users u ON u.id = w.owner_id WHERE w.code = @workspace",
        new { workspace })).Single();

    /// <summary>A new organization with an owner of its own.</summary>
    public async Task<Tenant> NewTenantAsync(PlanLimits? limits = null, bool ceiling = true)
    {
        var owner = await NewUserAsync();
        var organization = await Do(new CreateOrganization.Command(
            RootCaller,
            $"Organization {owner.Id}",
            OwnerId: owner.Id,
            Limits: limits,
            Settings: new() { ["workspace_role_ceiling"] = ceiling }));
        await SetManagingOrganizationAsync(owner.Id, organization.Value.Id);
        return new Tenant(this, organization.Value.Id, owner, await UserKeyAsync(owner.Id));
    }

    /// <summary>Makes the organization manage the user, without an event and a version of its own.</summary>
    public Task SetManagingOrganizationAsync(string user, string organization) => ArrangeAsync(
        "UPDATE users SET managed_by = (SELECT id FROM organizations WHERE code = @organization) WHERE code = @user",
        new { user, organization });

    /// <summary>A key that stands for a user in all of its organizations.</summary>
    public async Task<string> UserKeyAsync(string userId) =>
        (await Do(new CreateApiKey.Command(RootCaller, "Test", "user", UserId: userId))).Value.Key!;

    /// <summary>The caller that a key stands for, for messages that are sent without HTTP.</summary>
    public async Task<Caller> CallerAsync(string key) =>
        (await Services.GetRequiredService<ApiKeyAuthenticator>().FindAsync(key))
            .Match(
                caller => caller with { RequestId = "test" },
                fault => throw new InvalidOperationException(fault.Message));

    /// <summary>
    /// Sends all messages at once, to two instances by turns, and hands back what came of each: null for success, or
    /// the fault's code.
    /// </summary>
    public Task<string?[]> Race<T>(IEnumerable<IRequest<Outcome<T>>> messages) => Race(messages.Select(Try));

    /// <summary>The same for messages of several kinds.</summary>
    public async Task<string?[]> Race(IEnumerable<Attempt> attempts)
    {
        var outcomes = await Task.WhenAll(attempts.Select(attempt => (attempt, instance: Next)).ToList()
            .Select(each => Task.Run(() => each.attempt(each.instance))));
        await Db.CatchUpAsync(CancellationToken.None);
        return outcomes;
    }

    /// <summary>Sends a message; null for success, or the fault's code.</summary>
    public static Attempt Try<T>(IRequest<Outcome<T>> message) => async instance =>
        (await instance.Send(message)).Match(_ => (string?)null, fault => fault.Code);

    /// <summary>The first events of a workspace, of an organization, or of a type, as root reads them.</summary>
    public async Task<IReadOnlyList<EventObject>> EventsAsync(
        string? workspace = null, string? organization = null, string? type = null) =>
        (await Do(new ListEvents.Query(RootCaller, organization, workspace, type, Limit: 100))).Items;

    /// <summary>
    /// Changes rows as no request could, to bring about a state that a test needs. A statement ends its line with a
    /// semicolon.
    /// </summary>
    public Task ArrangeAsync(string sql, object? parameters = null) =>
        Db.TransactAsync<Done>(RootCaller, async session =>
        {
            foreach (var statement in sql.Split(";\n", StringSplitOptions.RemoveEmptyEntries))
            {
                await session.ExecuteAsync(statement, parameters);
            }

            return Done.It;
        });

    /// <summary>Deactivates a user who is nowhere the last admin.</summary>
    public Task DeactivateAsync(string user) => Db.TransactAsync<Done>(RootCaller, async session =>
    {
        await Membership.SuspendAllAsync(session, (await UserRecords.FindAsync(session, user))!.Id);
        await session.ExecuteAsync("UPDATE users SET status = 'deactivated' WHERE code = @user", new { user });
        return Done.It;
    });

    private async Task RecordEventsAsync()
    {
        try
        {
            Recording.Said("events.txt", await ReadAsync<string>("SELECT changes FROM events"));
            Recording.Said("events.txt", await ReadAsync<string>("SELECT changes FROM refusals"));
        }
        catch (DbException)
        {
            // Some tests break their database.
        }
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("ConnectionStrings:Workspaces", _database.ConnectionString);
        builder.UseSetting("Bootstrap:RootKey", RootKey);
        builder.UseSetting("Serilog:MinimumLevel", Recording.IsOn ? "Information" : "Fatal");
        Configure(builder);
        builder.ConfigureServices(services => services.AddSingleton<TimeProvider>(Clock));
    }

    /// <summary>Further settings of a test class's own.</summary>
    protected virtual void Configure(IWebHostBuilder builder)
    {
    }

    /// <summary>Has the first one's database, clock and settings.</summary>
    private sealed class FurtherInstance : ServiceFixture
    {
        private readonly ServiceFixture _first;
        private readonly (string Key, string Value)[] _settings;

        public FurtherInstance(ServiceFixture first, (string Key, string Value)[] settings)
        {
            (_first, _settings) = (first, settings);
            Clock = first.Clock;
            UseKestrel(0);
            StartServer();
        }

        protected override void Configure(IWebHostBuilder builder)
        {
            builder.UseSetting("ConnectionStrings:Workspaces", _first.ConnectionString);
            _first.Configure(builder);
            foreach (var (key, value) in _settings)
            {
                builder.UseSetting(key, value);
            }
        }
    }
}

/// <summary>What one of several callers at a time does; null for success, or the fault's code.</summary>
public delegate Task<string?> Attempt(ServiceFixture instance);

/// <summary>An organization that a test works in.</summary>
public sealed record Tenant(ServiceFixture Service, string Id, UserObject Owner, string OwnerKey)
{
    /// <summary>A client that calls as the owner.</summary>
    public HttpClient Client => Service.Client(OwnerKey);

    public Task<Caller> OwnerAsync() => Service.CallerAsync(OwnerKey);

    /// <summary>
    /// A new user of no organization, managed by this one: its owner and admins see the user and may add it.
    /// </summary>
    public async Task<UserObject> NewUserAsync(string? name = null, string? email = null)
    {
        var user = await Service.NewUserAsync(name, email);
        await Service.SetManagingOrganizationAsync(user.Id, Id);
        return user;
    }

    /// <summary>A new user in the organization, which manages it.</summary>
    public async Task<Person> NewMemberAsync(string role = Roles.Member, string? name = null, string? email = null)
    {
        var user = await NewUserAsync(name, email);
        await Service.Do(new AddOrganizationMember.Command(ServiceFixture.RootCaller, Id, UserId: user.Id, Role: role));
        return new Person(Service, user.Id, user.Email!, await Service.UserKeyAsync(user.Id));
    }

    /// <summary>
    /// A new user in the organization and in one workspace of it, under the same role in both where not given.
    /// </summary>
    public async Task<Person> NewMemberOfAsync(
        string workspace, string role = Roles.Member, string? organizationRole = null)
    {
        var person = await NewMemberAsync(organizationRole ?? role);
        await Service.Do(new AddMember.Command(ServiceFixture.RootCaller, workspace, person.Id, role));
        return person;
    }

    /// <summary>A new workspace, made by the owner.</summary>
    public async Task<WorkspaceObject> NewWorkspaceAsync(
        string? name = null, string? type = null, long? seatLimit = null) =>
        (await Service.Do(new CreateWorkspace.Command(
            await OwnerAsync(), Id, name ?? "Workspace", Type: type, SeatLimit: seatLimit))).Value;

    /// <summary>A new invitation by the owner, with its token.</summary>
    public async Task<InvitationObject> InviteAsync(
        string workspace, string email, string role = Roles.Member, DateTimeOffset? expiresAt = null) =>
        (await Service.Do(new InviteMembers.Command(await OwnerAsync(), workspace, email, role, expiresAt))).Value;

    /// <summary>The text of a new service key of the organization, or of one workspace of it.</summary>
    public async Task<string> ServiceKeyAsync(
        string type = "secret", string? workspace = null, params string[] permissions) =>
        (await Service.Do(new CreateApiKey.Command(
            await OwnerAsync(),
            "Test",
            type,
            Id,
            workspace,
            Permissions: permissions.Length == 0 ? null : permissions))).Value.Key!;
}

/// <summary>A user with a key of its own.</summary>
public sealed record Person(ServiceFixture Service, string Id, string Email, string Key)
{
    public HttpClient Client => Service.Client(Key);

    public Task<Caller> CallerAsync() => Service.CallerAsync(Key);
}
