namespace WorkspaceService.Infrastructure;

/// <summary>Exact money: stored as whole millionths of the currency's unit, shown with two decimals or as many as it needs.</summary>
public static class Money
{
    public static decimal FromMicros(long micros) => (micros / 1_000_000m) + 0.00m;

    public static long ToMicros(decimal amount) => decimal.ToInt64(amount * 1_000_000m);
}
