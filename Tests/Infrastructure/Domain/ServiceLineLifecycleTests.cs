using System.Net;
using WorkspaceService.Features.Integrations;
using WorkspaceService.Features.Metering;
using WorkspaceService.Features.ServiceLines;
using WorkspaceService.Features.Workspaces;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>What runs in a workspace, and the archive and the deletion of that workspace.</summary>
[Collection("Domain")]
public sealed class ServiceLineLifecycleTests(ServiceFixture service)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_activation_at_the_moment_of_an_archive_never_leaves_an_active_line_in_an_archived_workspace(
        bool force)
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        for (var round = 0; round < 20; round++)
        {
            var workspace = await tenant.NewWorkspaceAsync();
            var lines = new[]
            {
                (await tenant.NewLineAsync(workspace.Id)).Id, (await tenant.NewLineAsync(workspace.Id)).Id,
                (await tenant.NewLineAsync(workspace.Id)).Id,
            };

            var activations = lines.Select(
                line => Task.Run(() => service.Next.Send(new ActivateServiceLine.Command(owner, line)))).ToList();
            var archive = Task.Run(() => service.Next.Send(new ArchiveWorkspace.Command(owner, workspace.Id, force)));
            await Task.WhenAll([.. activations, archive]);

            var shown = (await service.Do(new GetWorkspace.Query(owner, workspace.Id))).Value;
            var active = (await service.Do(new ListServiceLines.Query(owner, workspace.Id, Status: "active")))
                .Items.Count;
            (shown.Status == "archived").Should().Be((await archive).Succeeded(out _, out _));
            (shown.Status == "archived" && active > 0).Should().BeFalse();
            foreach (var activation in activations)
            {
                (await activation).Match(_ => "", fault => fault.Code).Should().BeOneOf("", "workspace_archived");
            }

            await service.CountsShouldBeTrueAsync(workspace.Id);
        }
    }

    [Fact]
    public async Task A_forced_archive_leaves_the_counts_true_and_no_score()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var other = await tenant.NewLineAsync((await tenant.NewWorkspaceAsync()).Id, "active");
        foreach (var status in new[] { "active", "active", "paused" })
        {
            await service.Do(new ReportHealth.Command(owner, (await tenant.NewLineAsync(workspace.Id, status)).Id, 40));
        }

        var archived = (await service.Do(new ArchiveWorkspace.Command(owner, workspace.Id, Force: true))).Value;

        (archived.ActiveServiceLines, archived.HealthScore).Should().Be((0, null));
        await service.CountsShouldBeTrueAsync(workspace.Id, other.WorkspaceId);
    }

    [Fact]
    public async Task Nothing_that_runs_in_an_archived_workspace_can_be_changed_and_all_of_it_can_be_read()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var line = await tenant.NewLineAsync(workspace.Id, "active");
        var draft = await tenant.NewLineAsync(workspace.Id);
        await service.MeterAsync(owner, service.Usage(line.Id, "before", cost: 3));
        var integration = await service.Do(new ConnectIntegration.Command(owner, workspace.Id, "github"));
        await service.Do(new ArchiveWorkspace.Command(owner, workspace.Id, Force: true));
        var url = $"/v1/service-lines/{draft.Id}";
        var client = tenant.Client;

        HttpResponseMessage[] refused =
        [
            await client.PostJson("/v1/service-lines", new
            {
                name = "Line",
                workspace_id = workspace.Id,
                product_line = "ods",
                execution_model = "capacity",
                billing_model = "milestone",
            }),
            await client.PatchJson(url, new { name = "Other" }),
            await client.PostJson($"{url}/activate", ""),
            await client.PostJson($"{url}/pause", ""),
            await client.PostJson($"{url}/close", ""),
            await client.PostJson($"{url}/terminate", ""),
            await client.PutJson($"{url}/health", new { score = 1 }),
            await client.PostJson("/v1/integrations", new { workspace_id = workspace.Id, type = "github" }),
            await client.DeleteAsync($"/v1/integrations/{integration.Value.Id}"),
        ];

        foreach (var response in refused)
        {
            await response.ShouldBeProblem(HttpStatusCode.Conflict, "workspace_archived");
        }

        (await service.MeterAsync(owner, service.Usage(draft.Id), service.Usage(line.Id, "before")))
            .Select(r => r.Code ?? r.Result)
            .Should().Equal("workspace_archived", "duplicate");
        foreach (var path in new[]
        {
            url,
            $"{url}/usage",
            $"/v1/service-lines?workspace_id={workspace.Id}",
            $"/v1/integrations/{integration.Value.Id}",
            $"/v1/integrations?workspace_id={workspace.Id}",
        })
        {
            (await client.GetAsync(path)).StatusCode.Should().Be(HttpStatusCode.OK, path);
        }

        (await service.Do(new GetWorkspace.Query(owner, workspace.Id))).Value.CostMtd.Should().Be(3);
        await service.Do(new RestoreWorkspace.Command(owner, workspace.Id));
        (await client.PostJson($"{url}/activate", "")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task In_a_suspended_organization_all_of_it_can_be_read_and_only_root_writes()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var line = await tenant.NewLineAsync(workspace.Id, "active");
        var client = tenant.Client;
        (await service.Root.PatchJson($"/v1/orgs/{tenant.Id}", new { status = "suspended" })).StatusCode
            .Should().Be(HttpStatusCode.OK);

        await (await client.PostJson($"/v1/service-lines/{line.Id}/pause", ""))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "organization_suspended");
        await (await client.PutJson($"/v1/service-lines/{line.Id}/health", new { score = 1 }))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "organization_suspended");
        (await service.Refused(new RecordMeteringEvents.Command(await tenant.OwnerAsync(), [service.Usage(line.Id)])))
            .Code.Should().Be("organization_suspended");
        (await client.GetAsync($"/v1/service-lines/{line.Id}")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await service.MeterAsync(ServiceFixture.RootCaller, service.Usage(line.Id))).Single().Result
            .Should().Be("accepted");
    }

    [Fact]
    public async Task A_deleted_workspace_takes_everything_that_ran_in_it_along()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var line = await tenant.NewLineAsync(workspace.Id, "active");
        var other = await tenant.NewLineAsync((await tenant.NewWorkspaceAsync()).Id, "active");
        await service.MeterAsync(owner, service.Usage(line.Id, "kept"));
        var integration = await service.Do(new ConnectIntegration.Command(
            owner, workspace.Id, "github", new() { ["token"] = "hush" }));

        await service.Do(new DeleteWorkspace.Command(owner, workspace.Id, Force: true));

        (await service.Refused(new GetServiceLine.Query(ServiceFixture.RootCaller, line.Id))).Code
            .Should().Be("not_found");
        (await service.Refused(new GetIntegration.Query(ServiceFixture.RootCaller, integration.Value.Id))).Code
            .Should().Be("not_found");
        (await service.MeterAsync(owner, service.Usage(other.Id, "kept"))).Single().Result
            .Should().Be("duplicate", "an id is known for good");
        await service.CountsShouldBeTrueAsync(other.WorkspaceId);
    }
}
