using WorkspaceService.Features.Members;
using WorkspaceService.Features.Metering;
using WorkspaceService.Features.ServiceLines;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService;

/// <summary>Service lines and what belongs to them, for tests that need some.</summary>
public static class ServiceLineFixture
{
    /// <summary>A service line in this status, made by the owner.</summary>
    public static async Task<ServiceLineObject> NewLineAsync(
        this Tenant tenant, string workspace, string status = "draft", string name = "Line")
    {
        var owner = await tenant.OwnerAsync();
        var line = await tenant.Service.Do(new CreateServiceLine.Command(
            owner, workspace, name, "talent", "capacity", "monthly_retainer"));
        if (status is not ("draft" or "terminated"))
        {
            line = await tenant.MoveAsync(line.Value.Id, "active");
        }

        return status is "draft" or "active" ? line.Value : (await tenant.MoveAsync(line.Value.Id, status)).Value;
    }

    public static async Task<Versioned<ServiceLineObject>> MoveAsync(this Tenant tenant, string line, string to) =>
        await tenant.Service.Do(Move(await tenant.OwnerAsync(), line, to));

    /// <summary>The action that brings a line to a status.</summary>
    public static ICommand<Versioned<ServiceLineObject>> Move(Caller caller, string line, string to) => to switch
    {
        "active" => new ActivateServiceLine.Command(caller, line),
        "paused" => new PauseServiceLine.Command(caller, line),
        "closed" => new CloseServiceLine.Command(caller, line),
        "terminated" => new TerminateServiceLine.Command(caller, line),
        _ => throw new ArgumentOutOfRangeException(nameof(to), to, "No action leads there."),
    };

    /// <summary>Makes a person, who must belong to the organization, a member of a workspace.</summary>
    public static async Task AddToAsync(this Tenant tenant, string workspace, string user, string role) =>
        await tenant.Service.Do(new AddMember.Command(await tenant.OwnerAsync(), workspace, user, role));

    /// <summary>A well-formed metering event of now.</summary>
    public static RecordMeteringEvents.Event Usage(
        this ServiceFixture service,
        string line,
        string? id = null,
        decimal cost = 1.25m,
        decimal quantity = 1,
        DateTimeOffset? at = null,
        string metric = "hours") =>
        new(id ?? Guid.NewGuid().ToString(), line, metric, quantity, "hour", cost, "USD", at ?? service.Clock.Now);

    public static async Task<IReadOnlyList<RecordMeteringEvents.EventResult>> MeterAsync(
        this ServiceFixture service, Caller caller, params RecordMeteringEvents.Event[] events) =>
        await service.Do(new RecordMeteringEvents.Command(caller, [.. events]));

    /// <summary>The counts beside workspaces, and beside their organizations, equal what there is to count.</summary>
    public static async Task CountsShouldBeTrueAsync(this ServiceFixture service, params string[] workspaces)
    {
        await using var session = service.Db.Open();
        foreach (var workspace in workspaces)
        {
            var counts = (await session.FindAsync<KeptCounts>(
                """
                SELECT w.active_service_lines AS lines, w.health_sum AS health, w.health_count AS readings,
                       o.active_service_lines AS lines_of_organization,
                       (SELECT COUNT(*) FROM service_lines l WHERE l.workspace_id = w.id
                        AND l.status = 'active') AS true_lines,
                       (SELECT CAST(COALESCE(SUM(l.health_score), 0) AS BIGINT) FROM service_lines l
                        WHERE l.workspace_id = w.id AND l.status = 'active') AS true_health,
                       (SELECT COUNT(l.health_score) FROM service_lines l WHERE l.workspace_id = w.id
                        AND l.status = 'active') AS true_readings,
                       (SELECT COUNT(*) FROM service_lines l WHERE l.organization_id = o.id
                        AND l.status = 'active') AS true_lines_of_organization
                FROM workspaces w JOIN organizations o ON o.id = w.organization_id
                WHERE w.code = @Workspace
                """,
                new { Workspace = workspace }))!;
            (counts.Lines, counts.Health, counts.Readings, counts.LinesOfOrganization)
                .Should()
                .Be((counts.TrueLines, counts.TrueHealth, counts.TrueReadings, counts.TrueLinesOfOrganization));
        }
    }

    /// <summary>What the audit trail says of one thing, in order.</summary>
    public static async Task<List<RecordedEvent>> EventsOfAsync(this ServiceFixture service, string subject)
    {
        await service.NumberEventsAsync();
        return await service.ReadAsync<RecordedEvent>(
            "SELECT type, organization_code, workspace_code, actor_kind, actor_id, subject_kind, changes FROM events "
            + "WHERE subject_id = @Subject ORDER BY sequence",
            new { Subject = subject });
    }
}

/// <summary>An event as it is stored.</summary>
public sealed record RecordedEvent
{
    public string Type { get; init; } = "";

    public string? OrganizationCode { get; init; }

    public string? WorkspaceCode { get; init; }

    public string ActorKind { get; init; } = "";

    public string ActorId { get; init; } = "";

    public string SubjectKind { get; init; } = "";

    public string Changes { get; init; } = "";
}

internal sealed record KeptCounts
{
    public long Lines { get; init; }

    public long Health { get; init; }

    public long Readings { get; init; }

    public long LinesOfOrganization { get; init; }

    public long TrueLines { get; init; }

    public long TrueHealth { get; init; }

    public long TrueReadings { get; init; }

    public long TrueLinesOfOrganization { get; init; }
}
