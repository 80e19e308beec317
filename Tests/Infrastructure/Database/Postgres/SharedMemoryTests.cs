using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using WorkspaceService.Features.ApiKeys;
using WorkspaceService.Features.Members;
using WorkspaceService.Features.Organizations;
using WorkspaceService.Features.Users;
using WorkspaceService.Features.Workspaces;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using Xunit.Abstractions;
using static WorkspaceService.ServiceFixture;

namespace WorkspaceService.Infrastructure.Database.Postgres;

/// <summary>
/// What instances remember is what the database says: at once on the one that wrote, within the bound on the others,
/// and at once there too for those who ask with <c>no-cache</c>.
/// </summary>
public sealed partial class SharedMemoryTests(ServiceFixture service, ITestOutputHelper output)
    : IClassFixture<ServiceFixture>
{
    private const int Revocations = 1000;

    // Far beyond the bound of one second: this says that it ends, the output says when.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    [PostgresFact]
    public async Task Over_a_random_history_on_both_the_answers_of_both_are_those_of_the_database()
    {
        var random = Seeded.Random(output);
        var forgetful = service.NewInstance(("Memory:MaxStaleness", "0"));
        ServiceFixture[] instances = [service, service.Second];
        var tenant = await service.NewTenantAsync();
        string[] workspaces =
        [
            (await tenant.NewWorkspaceAsync(type: "closed")).Id, (await tenant.NewWorkspaceAsync(seatLimit: 4)).Id,
        ];
        var people = new List<Person>();
        for (var n = 0; n < 3; n++)
        {
            people.Add(await tenant.NewMemberOfAsync(workspaces[n % 2]));
        }

        var line = (await tenant.NewLineAsync(workspaces[0])).Id;
        var serviceKey = await tenant.ServiceKeyAsync(workspace: workspaces[1], permissions: ["read"]);
        var keyOfService = (await service.CallerAsync(serviceKey)).KeyId;
        string[] keys = [RootKey, tenant.OwnerKey, .. people.Select(person => person.Key), serviceKey];
        string[] paths =
        [
            "/v1/me", $"/v1/orgs/{tenant.Id}", $"/v1/workspaces?organization_id={tenant.Id}", "/v1/api-keys",
            .. workspaces.SelectMany(id => new[] { $"/v1/workspaces/{id}", $"/v1/workspaces/{id}/members" }),
            $"/v1/can-use-site?workspace_id={workspaces[0]}&user_id={people[0].Id}", "/v1/workspace/org",
            "/api/v4/workspaces", "/api/v4/workspaces/can_use_site", $"/v1/service-lines/{line}",
        ];
        var changed = 0;
        for (var step = 0; step < 100; step++)
        {
            var writer = instances[random.Next(2)];
            var reader = writer == service ? service.Second : service;
            var workspace = workspaces[random.Next(2)];
            var person = people[random.Next(people.Count)];
            var role = Roles.OfWorkspace[random.Next(Roles.OfWorkspace.Length)];
            var coin = random.Next(2) == 0;
            changed += random.Next(13) switch
            {
                0 => await DoneAsync(writer, new AddMember.Command(RootCaller, workspace, person.Id, role)),
                1 => await DoneAsync(writer, new ChangeMemberRole.Command(RootCaller, workspace, person.Id, role)),
                2 => await DoneAsync(writer, new RemoveMember.Command(RootCaller, workspace, person.Id)),
                3 => await DoneAsync(writer, new ChangeOrganizationMemberRole.Command(
                    RootCaller, tenant.Id, person.Id, coin ? Roles.Admin : Roles.Guest)),
                4 => await DoneAsync(writer, new ArchiveWorkspace.Command(RootCaller, workspace)),
                5 => await DoneAsync(writer, new RestoreWorkspace.Command(RootCaller, workspace)),
                6 => await DoneAsync(writer, new UpdateWorkspace.Command(
                    RootCaller, workspace, new() { Type = coin ? "private" : "open", Name = $"Step {step}" })),
                7 => await DoneAsync(writer, new UpdateOrganization.Command(
                    RootCaller, tenant.Id, new() { Status = coin ? "active" : "suspended", Name = $"Step {step}" })),
                8 => await DoneAsync(writer, new UpdateUser.Command(
                    RootCaller, person.Id, new() { Status = coin ? "active" : "deactivated" })),
                9 => await DoneAsync(writer, new UpdateUser.Command(
                    RootCaller, person.Id, new() { Name = $"Step {step}" })),
                10 => await DoneAsync(writer, new CreateApiKey.Command(
                    RootCaller, $"Step {step}", "secret", tenant.Id, Permissions: ["read"])),
                11 => await DoneAsync(writer, ServiceLineFixture.Move(RootCaller, line, coin ? "active" : "paused")),
                _ => await DoneAsync(writer, new RotateApiKey.Command(RootCaller, keyOfService, 60)),
            };

            foreach (var key in random.GetItems(keys, 2))
            {
                foreach (var path in paths)
                {
                    var stored = await AnswerAsync(forgetful, key, path);
                    (await AnswerAsync(writer, key, path)).Should().Be(stored, "the writer answers {0}", path);
                    (await AnswerAsync(reader, key, path, fresh: true))
                        .Should().Be(stored, "the other one answers {0}", path);
                    (await AnswerAsync(reader, key, path)).Should().Be(stored, "it remembers {0}", path);
                }
            }
        }

        changed.Should().BeGreaterThan(40);
    }

    [PostgresFact]
    public async Task What_is_revoked_on_one_is_refused_by_the_other() => await RevokeAsync("connected");

    [PostgresFact]
    public async Task What_is_revoked_on_one_is_refused_by_the_other_while_its_connection_breaks_again_and_again()
    {
        using var stop = new CancellationTokenSource();
        var killing = Task.Run(() => KillFeedsAsync(stop.Token));
        await RevokeAsync("feeds killed");
        await stop.CancelAsync();
        var killed = await killing;
        output.WriteLine($"{killed} connections were ended");
        killed.Should().BeGreaterThan(20);
    }

    [PostgresFact]
    public async Task Whoever_asks_with_no_cache_misses_nothing_that_was_committed_before() => await AskFreshAsync();

    [PostgresFact]
    public async Task Whoever_asks_with_no_cache_misses_nothing_while_connections_break()
    {
        using var stop = new CancellationTokenSource();
        var killing = Task.Run(() => KillFeedsAsync(stop.Token));
        await AskFreshAsync();
        await stop.CancelAsync();
        (await killing).Should().BePositive();
    }

    [PostgresFact]
    public async Task Without_memory_a_change_beside_the_service_is_seen_by_the_next_request() =>
        await SeesChangesBesideItAsync(service.NewInstance(("Memory:MaxStaleness", "0")));

    [PostgresFact]
    public async Task An_instance_that_cannot_hear_of_changes_asks_the_database_for_everything() =>
        await SeesChangesBesideItAsync(service.NewInstance((
            "ConnectionStrings:Notifications",
            new NpgsqlConnectionStringBuilder(service.ConnectionString) { Port = ServerProgram.FreePort() }
                .ToString())));

    private async Task SeesChangesBesideItAsync(ServiceFixture instance)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var client = instance.Client(tenant.OwnerKey);
        await using var beside = NpgsqlDataSource.Create(service.ConnectionString);
        for (var n = 0; n < 200; n++)
        {
            await using var rename = beside.CreateCommand("UPDATE workspaces SET name = $1 WHERE code = $2");
            rename.Parameters.Add(new() { Value = $"Name {n}" });
            rename.Parameters.Add(new() { Value = workspace.Id });
            await rename.ExecuteNonQueryAsync();

            (await (await client.GetAsync($"/v1/workspaces/{workspace.Id}")).Data()).GetProperty("name").GetString()
                .Should().Be($"Name {n}");
        }
    }

    private async Task AskFreshAsync()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var client = service.Second.Client(tenant.OwnerKey);
        for (var n = 0; n < 1000; n++)
        {
            await DoneAsync(
                service, new UpdateWorkspace.Command(RootCaller, workspace.Id, new() { Name = $"Name {n}" }));
            await client.GetAsync($"/v1/workspaces/{workspace.Id}");

            await DoneAsync(
                service, new UpdateWorkspace.Command(RootCaller, workspace.Id, new() { Name = $"New {n}" }));
            var answer = await client.SendJson(
                HttpMethod.Get, $"/v1/workspaces/{workspace.Id}", null, ("Cache-Control", "no-cache"));
            (await answer.Data()).GetProperty("name").GetString().Should().Be($"New {n}");
        }
    }

    private async Task RevokeAsync(string name)
    {
        var tenant = await service.NewTenantAsync();
        var other = service.Second;
        var person = await tenant.NewMemberAsync();
        using var client = other.Client(person.Key);
        var taken = new List<TimeSpan>();
        for (var n = 0; n < Revocations; n++)
        {
            if (n % 3 == 0)
            {
                var key = await tenant.ServiceKeyAsync(permissions: ["read"]);
                var id = (await service.CallerAsync(key)).KeyId;
                using var ofKey = other.Client(key);
                await RevokeAsync(
                    new RevokeApiKey.Command(RootCaller, id),
                    async () => (await ofKey.GetAsync("/v1/me")).StatusCode
                        == HttpStatusCode.Unauthorized);
                continue;
            }

            var workspace = (await tenant.NewWorkspaceAsync()).Id;
            await tenant.AddToAsync(workspace, person.Id, Roles.Member);
            if (n % 3 == 1)
            {
                await RevokeAsync(
                    new RemoveMember.Command(RootCaller, workspace, person.Id),
                    async () => (await client.GetAsync($"/v1/workspaces/{workspace}")).StatusCode
                        == HttpStatusCode.NotFound);
            }
            else
            {
                await RevokeAsync(
                    new ArchiveWorkspace.Command(RootCaller, workspace),
                    async () => !(await (await client.GetAsync($"/v1/can-use-site?workspace_id={workspace}"))
                        .Data()).GetProperty("can_use_site").GetBoolean());
            }
        }

        taken.Sort();
        output.WriteLine(
            $"{name}: median {taken[taken.Count / 2].TotalMilliseconds:0.0} ms, "
            + $"99 % {taken[taken.Count * 99 / 100].TotalMilliseconds:0.0} ms, "
            + $"worst {taken[^1].TotalMilliseconds:0.0} ms of {taken.Count}");
        taken.Should().HaveCount(Revocations);

        async Task RevokeAsync<T>(IRequest<Outcome<T>> message, Func<Task<bool>> isRefused)
        {
            await other.Db.CatchUpAsync(default);
            (await isRefused()).Should().BeFalse();
            (await DoneAsync(service, message)).Should().Be(1);
            var start = Stopwatch.GetTimestamp();
            while (!await isRefused())
            {
                Stopwatch.GetElapsedTime(start).Should().BeLessThan(Longest);
            }

            taken.Add(Stopwatch.GetElapsedTime(start));
        }
    }

    // Ends the connections on which instances hear of changes, and no writer's: those read row_changes as they commit.
    private async Task<int> KillFeedsAsync(CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(service.ConnectionString);
        var killed = 0;
        while (!ct.IsCancellationRequested)
        {
            await using var kill = source.CreateCommand(
                """
                SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                  AND (query LIKE '%workspace_changes%' OR query LIKE '%pg_snapshot_xmax%')
                """);
            killed += (int)(long)(await kill.ExecuteScalarAsync(CancellationToken.None))!;
            await Task.WhenAny(Task.Delay(Random.Shared.Next(5, 300), ct));
        }

        return killed;
    }

    // Straight to the instance: what the other one has done need not count.
    private static async Task<int> DoneAsync<T>(ServiceFixture instance, IRequest<Outcome<T>> message) =>
        (await instance.Services.GetRequiredService<IMediator>().Send(message)).Succeeded(out _, out _) ? 1 : 0;

    private static async Task<string> AnswerAsync(
        ServiceFixture instance, string key, string path, bool fresh = false)
    {
        using var client = instance.Client(key);
        var answer = await client.SendJson(
            HttpMethod.Get, path, null, fresh ? [("Cache-Control", "no-cache")] : []);
        var text = await answer.Content.ReadAsStringAsync();
        return $"{(int)answer.StatusCode} {OwnOfEachInstance().Replace(text, "")}";
    }

    [GeneratedRegex("\"(request_id|last_used_at)\":(null|\"[^\"]*\")")]
    private static partial Regex OwnOfEachInstance();
}
