using MediatR;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using WorkspaceService.Features.Members;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Telemetry;

/// <summary>Where no address is configured, there is no telemetry.</summary>
[Collection("Alone")]
public sealed class NoTelemetryTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public void Nothing_of_it_is_registered_and_nobody_listens()
    {
        service.Services.GetService<TracerProvider>().Should().BeNull();
        service.Services.GetService<MeterProvider>().Should().BeNull();
        service.Services.GetService<LoggerProvider>().Should().BeNull();
        service.Services.GetServices<IPipelineBehavior<AddMember.Command, Outcome<Versioned<MemberObject>>>>()
            .Should().ContainSingle().Which
            .Should().BeOfType<ValidationBehavior<AddMember.Command, Outcome<Versioned<MemberObject>>>>();
        Spans.Source.HasListeners().Should().BeFalse();
        Instruments.WatchesQueue.Should().BeFalse();
    }

    [Fact]
    public void What_would_be_recorded_allocates_nothing()
    {
        Record();
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var n = 0; n < 1000; n++)
        {
            Record();
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);

        static void Record()
        {
            Instruments.LookedUp("rows", hit: true);
            Instruments.Committed(1);
            Instruments.WebhookAttempted("delivered", TimeSpan.Zero);
            if (QueuedWrite.Begin() is not null || Spans.StartStatement("SELECT 1", Spans.Sqlite) is not null)
            {
                throw new InvalidOperationException("Somebody listens.");
            }
        }
    }
}
