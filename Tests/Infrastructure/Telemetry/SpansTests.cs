using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Telemetry;

/// <summary>Spans of statements, in the process.</summary>
[Collection("Alone")]
public sealed class SpansTests : IClassFixture<ServiceFixture>, IDisposable
{
    private const string Wrong = "SELECT wrong FROM users";

    private readonly ServiceFixture _service;
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ActivityListener _listener;

    public SpansTests(ServiceFixture service)
    {
        _service = service;
        _listener = new()
        {
            ShouldListenTo = source => source == Spans.Source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task A_statement_outside_a_trace_has_none()
    {
        Activity.Current.Should().BeNull();

        await _service.ReadAsync<long>("SELECT COUNT(*) FROM users");

        _spans.Should().BeEmpty();
    }

    [Fact]
    public async Task One_that_fails_is_an_error_and_none_of_the_others_is()
    {
        using var parent = new Activity("test").Start();

        await FluentActions.Awaiting(() => _service.ReadAsync<long>(Wrong)).Should().ThrowAsync<DbException>();
        ShouldHaveFailed(_spans.Should().ContainSingle().Which, parent);
        _spans.Clear();

        await FluentActions.Awaiting(() => _service.Db.TransactAsync<Done>(ServiceFixture.RootCaller, async session =>
        {
            await session.ExecuteLaterAsync("DELETE FROM users WHERE id = 0");
            await session.ExecuteAsync("DELETE FROM users WHERE id = -1");
            await session.ListAsync<long>(Wrong);
            return Done.It;
        })).Should().ThrowAsync<DbException>();

        _spans.Count(span => span.DisplayName == "DELETE").Should().BeGreaterThanOrEqualTo(2);
        _spans.Should().NotContain(span => span.DisplayName == "COMMIT");
        ShouldHaveFailed(_spans.Should().ContainSingle(span => span.Status == ActivityStatusCode.Error).Which, parent);
        Activity.Current.Should().Be(parent);
    }

    private static void ShouldHaveFailed(Activity span, Activity parent)
    {
        span.DisplayName.Should().Be("SELECT");
        span.ParentSpanId.Should().Be(parent.SpanId);
        span.Status.Should().Be(ActivityStatusCode.Error);
        span.GetTagItem("error.type").Should().BeOneOf(
            "Microsoft.Data.Sqlite.SqliteException", "Npgsql.PostgresException");
    }
}
