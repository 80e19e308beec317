using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Caching;
using WorkspaceService.Infrastructure.Database.Sqlite;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Hosting;
using WorkspaceService.Infrastructure.Hosting.Logging;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.OpenApi;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService;

/// <summary>The real clock, set forward (or back) by a test.</summary>
public sealed class TestClock : TimeProvider
{
    private TimeSpan _offset;

    public DateTimeOffset Now => GetUtcNow();

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _offset;

    public void Advance(TimeSpan by) => _offset += by;

    public void SetTo(DateTimeOffset time) => _offset = time - base.GetUtcNow();
}
