namespace WorkspaceService.Histories;

/// <summary>
/// The service that histories run on, beside those that ran before; a new one with an empty database after some, for
/// <c>verify</c> reads all of it after each.
/// </summary>
internal sealed class Ground : IDisposable
{
    private const int Histories = 25;

    private ServiceFixture? _service;
    private int _used;

    public async Task<ServiceFixture> ServiceAsync()
    {
        if (_service is null || _used++ == Histories)
        {
            await EndAsync();
            _service = new ServiceFixture();
            _service.Clock.Stop();
            await _service.InitializeAsync();
            _used = 1;
        }

        return _service;
    }

    /// <summary>What one history has left wrong would be found after each that follows.</summary>
    public async Task LeaveIfDamagedAsync()
    {
        if (_service is not null && await _service.FindAsync() is [_, ..])
        {
            await EndAsync();
        }
    }

    public void Dispose() => Task.Run(EndAsync).GetAwaiter().GetResult();

    private async Task EndAsync()
    {
        if (_service is IAsyncLifetime service)
        {
            await service.DisposeAsync();
            _service = null;
        }
    }
}
