using System.Globalization;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>A UTC day: as text 2026-04-01, stored as the number 20260401.</summary>
public static class Day
{
    public static long Of(DateTimeOffset time) => Of(DateOnly.FromDateTime(time.UtcDateTime));

    public static long Of(DateOnly day) => (day.Year * 10000) + (day.Month * 100) + day.Day;

    /// <summary>The day in the form 2026-04-01; null for any other text.</summary>
    public static DateOnly? Parse(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : null;

    public static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static DateOnly LastOfMonth(DateTimeOffset time) =>
        new(
            time.UtcDateTime.Year,
            time.UtcDateTime.Month,
            DateTime.DaysInMonth(time.UtcDateTime.Year, time.UtcDateTime.Month));
}

/// <summary>A UTC month, stored as the number 202604 for April 2026.</summary>
public static class Month
{
    public static long Of(DateTimeOffset time) => (time.UtcDateTime.Year * 100) + time.UtcDateTime.Month;
}
