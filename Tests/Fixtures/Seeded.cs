using System.Globalization;
using Xunit.Abstractions;

namespace WorkspaceService;

/// <summary>
/// Random numbers for a test whose history is another one in every run. The output of the test tells the seed, which
/// the environment variable TEST_SEED takes to bring the same history about again.
/// </summary>
internal static class Seeded
{
    private static readonly string? Given = Environment.GetEnvironmentVariable("TEST_SEED");

    public static Random Random(ITestOutputHelper output)
    {
        var seed = Given is null ? System.Random.Shared.Next() : int.Parse(Given, CultureInfo.InvariantCulture);
        output.WriteLine($"TEST_SEED={seed}");
        return new Random(seed);
    }
}
