using System.Collections.Concurrent;
using System.Net;
using Xunit.Abstractions;

namespace WorkspaceService.Reliability;

/// <summary>
/// A container whose memory is small and whose clients ask for the most that they may: it is not ended by the system,
/// and each request is answered.
/// </summary>
public sealed class MemoryTests(ITestOutputHelper output)
{
    private const int Container = 256; // MB

    // Where no group can be made: three quarters of the container, 192 MB, which .NET takes by itself in one.
    private const string OfTheHeap = "export DOTNET_GCHeapHardLimit=0xC000000";

    [Fact]
    public async Task The_largest_lists_and_batches_of_many_clients_fit_in_a_small_container()
    {
        await using var database = TestDatabase.InFile();
        using var group = MemoryGroup.Make(Container);
        await using var service = await ServiceProcess.ListeningAsync(database, group?.Limits ?? OfTheHeap, []);
        using var root = service.Client();
        var estate = await Estate.MakeAsync(root);
        var answers = new ConcurrentBag<(string Name, HttpStatusCode Status)>();
        var large = new string('x', 1000 * 1000);
        (string Name, Func<int, Task<HttpResponseMessage>> Send)[] kinds =
        [
            ("invitations", n => root.PostJson($"/v1/workspaces/{estate.Workspace}/invitations", new
            {
                invitations = Enumerable.Range(0, 500)
                    .Select(i => new { email = $"{n}.{i}.{new string('x', 50)}@example.com", role = "member" }),
            })),
            ("metering", n => root.PostJson("/v1/metering/events", new
            {
                events = Enumerable.Range(0, 500).Select(i => new
                {
                    id = $"{n}-{i}-{new string('x', 100)}",
                    service_line_id = estate.Line,
                    metric = $"metric_{i % 50}",
                    quantity = 1,
                    occurred_at = "2026-04-01T17:00:00Z",
                }),
            })),
            ("a large text", n => root.PostJson("/v1/workspaces", new
            {
                organization_id = estate.Organization,
                name = $"{n}",
                description = large,
            })),
            ("many settings", n => root.PatchJson($"/v1/workspaces/{estate.Workspace}", new
            {
                settings = new Dictionary<string, string> { [$"s{n % 4}"] = large[..4000] },
            })),
            ("checks", _ => root.PostJson("/v1/access/check", new
            {
                checks = Enumerable.Range(0, 100)
                    .Select(i => estate.Members[i % 12])
                    .Select(user => new { user_id = user, workspace_id = estate.Workspace, role = "member" }),
            })),
            ("a list", _ => root.GetAsync($"/v1/workspaces/{estate.Workspace}/invitations?limit=100")),
            ("events", n => root.GetAsync($"/v1/events?limit=100&after={n}")),
            ("an export", _ => root.GetAsync(
                $"/v1/audit-logs/export?organization_id={estate.Organization}",
                HttpCompletionOption.ResponseHeadersRead)),
        ];

        var highest = 0.0;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 320),
            new ParallelOptions { MaxDegreeOfParallelism = 32 },
            async (n, ct) =>
            {
                var (name, send) = kinds[n % kinds.Length];
                using var response = await send(n);
                await response.Content.CopyToAsync(Stream.Null, ct);
                answers.Add((name, response.StatusCode));
                highest = Math.Max(highest, service.Megabytes("RssAnon"));
            });

        foreach (var kind in answers.GroupBy(answer => answer).OrderBy(kind => kind.Key.Name))
        {
            output.WriteLine($"{kind.Key.Name}: {kind.Count()} answers of {(int)kind.Key.Status}");
        }

        output.WriteLine($"{highest:0} MB at most, with mapped files {service.Megabytes("VmHWM"):0} MB");
        answers.Should().OnlyContain(answer => (int)answer.Status < 500
            || answer.Status == HttpStatusCode.ServiceUnavailable);
        answers.Where(answer => answer.Name is "invitations" or "metering" or "a list")
            .Should().OnlyContain(answer => answer.Status == HttpStatusCode.OK);
        highest.Should().BeLessThan(Container);
        (await root.GetAsync("/readyz")).StatusCode.Should().Be(HttpStatusCode.OK);
        service.Terminate();
        (await service.EndAsync()).Should().Be(0);
        output.WriteLine(group is null
            ? "Of the heap alone: this process may make no control group."
            : $"In a control group of {Container} MB, of which {group.MostMegabytes:0} were used at most.");
    }
}
