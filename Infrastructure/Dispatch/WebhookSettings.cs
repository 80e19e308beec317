namespace WorkspaceService.Infrastructure.Dispatch;

/// <summary>The settings of the section <c>Webhooks</c>.</summary>
public sealed record WebhookSettings
{
    /// <summary>The waits between the tries of a delivery; one try more than there are waits.</summary>
    public static readonly TimeSpan[] DefaultRetrySchedule =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2),
        TimeSpan.FromHours(5), TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20),
        TimeSpan.FromHours(24),
    ];

    /// <summary>How long a try may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    public IReadOnlyList<TimeSpan> RetrySchedule { get; init; } = DefaultRetrySchedule;

    /// <summary>For development: addresses with http are allowed too.</summary>
    public bool AllowHttp { get; init; }

    /// <summary>For development: addresses that are not public are allowed too.</summary>
    public bool AllowPrivateNetworks { get; init; }

    /// <summary>How long deliveries are shown after they have ended.</summary>
    public TimeSpan RetainDeliveries { get; init; } = TimeSpan.FromDays(30);
}
