using System.Diagnostics.Metrics;

namespace WorkspaceService.Infrastructure.Telemetry;

/// <summary>What the service measures, in the process.</summary>
[Collection("Alone")]
public sealed class InstrumentsTests : IDisposable
{
    private readonly List<(string Name, double Value, string? Tag)> _measured = [];
    private readonly MeterListener _listener = new()
    {
        InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == Instruments.Name)
            {
                self.EnableMeasurementEvents(instrument);
            }
        },
    };

    public InstrumentsTests()
    {
        _listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Keep(i, value, tags));
        _listener.SetMeasurementEventCallback<double>((i, value, tags, _) => Keep(i, value, tags));
        _listener.Start();
    }

    public void Dispose()
    {
        _listener.Dispose();
        Instruments.OldestUndelivered = null;
    }

    [Fact]
    public void The_attempts_of_webhooks_and_the_age_of_what_is_undelivered()
    {
        Instruments.WebhookAttempted("delivered", TimeSpan.FromMilliseconds(250));
        Instruments.OldestUndelivered = () => 12.5;
        _listener.RecordObservableInstruments();

        _measured.Should().Equal(
            ("workspace_service.webhook.attempts", 1, "workspace_service.webhook.outcome=delivered"),
            ("workspace_service.webhook.attempt.duration", 0.25, "workspace_service.webhook.outcome=delivered"),
            ("workspace_service.webhook.oldest_undelivered.age", 12.5, null));
    }

    [Fact]
    public void A_process_that_delivers_nothing_reports_no_age()
    {
        Instruments.OldestUndelivered = null;

        _listener.RecordObservableInstruments();

        _measured.Should().BeEmpty();
    }

    [Fact]
    public async Task A_writer_counts_in_the_queue_while_it_waits()
    {
        using var turn = new SemaphoreSlim(0);

        var waiting = QueuedWrite.WaitAsync(turn, TimeSpan.FromMinutes(1), CancellationToken.None);
        _measured.Should().Equal(("workspace_service.writer.queue.length", 1, null));
        turn.Release();

        (await waiting).Should().BeTrue();
        _measured.Select(m => m.Name).Should().Equal(
            "workspace_service.writer.queue.length",
            "workspace_service.writer.queue.length",
            "workspace_service.writer.queue.wait");
        _measured[1].Value.Should().Be(-1);
    }

    [Fact]
    public async Task One_that_need_not_wait_does_not()
    {
        using var turn = new SemaphoreSlim(1);

        (await QueuedWrite.WaitAsync(turn, TimeSpan.FromMinutes(1), CancellationToken.None)).Should().BeTrue();

        _measured.Should().BeEmpty();
    }

    private void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _measured.Add((instrument.Name, value, tags.Length == 0 ? null : $"{tags[0].Key}={tags[0].Value}"));
}
