using System.Diagnostics;

namespace WorkspaceService;

/// <summary>
/// A disk of a given size: a file system in memory, mounted where only a process of its own sees it, and those that are
/// started with <see cref="Limits"/>.
/// </summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    // As root a mount namespace suffices; others are root of a user namespace.
    private static readonly string[]? Flags =
        new string[][] { ["-m"], ["-m", "-r"] }.FirstOrDefault(flags => Run("unshare", [.. flags, "true"]) == 0);

    private readonly string _folder = Directory.CreateTempSubdirectory("workspaces_disk_").FullName;
    private readonly Process _holder;

    private SmallDisk(int kilobytes)
    {
        var script = $"mount -t tmpfs -o size={kilobytes}k tmpfs {_folder} && echo mounted && exec sleep infinity";
        var start = new ProcessStartInfo("unshare", [.. Flags!, "sh", "-c", script]) { RedirectStandardOutput = true };
        _holder = Process.Start(start)!;
    }

    /// <summary>Why there can be none on this machine; null where there can.</summary>
    public static string? Missing { get; } = Flags is null ? "the right to mount a file system (unshare -m)" : null;

    /// <summary>The database on it.</summary>
    public string ConnectionString => $"Data Source={_folder}/workspaces.db";

    /// <summary>What a shell is to do before it becomes a service that sees the disk.</summary>
    public string Limits => $"exec {Enter} sh -c 'cd \"$0\" && exec dotnet \"$@\"' \"$PWD\" \"$@\"";

    private string Enter =>
        $"nsenter -t {_holder.Id} -m{(Flags!.Contains("-r") ? " -U --preserve-credentials" : "")}";

    public static async Task<SmallDisk> MountAsync(int kilobytes)
    {
        var disk = new SmallDisk(kilobytes);
        (await disk._holder.StandardOutput.ReadLineAsync()).Should().Be("mounted");
        return disk;
    }

    /// <summary>A file on it, as this process sees it.</summary>
    public string PathOf(string file) => $"/proc/{_holder.Id}/root{_folder}/{file}";

    /// <summary>Mounts it anew, for reading alone; nothing may write it then.</summary>
    public void MakeReadOnly() =>
        Run("sh", ["-c", $"{Enter} mount -o remount,ro {_folder}"]).Should().Be(0);

    public async ValueTask DisposeAsync()
    {
        _holder.Kill();
        await _holder.WaitForExitAsync();
        _holder.Dispose();
        Directory.Delete(_folder);
    }

    private static int Run(string program, string[] args)
    {
        using var process = Process.Start(new ProcessStartInfo(program, args) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}

/// <summary>
/// A test that needs a disk of its own. Where none can be mounted it is left out, which the run says; with CI=true it
/// runs all the same, and fails.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DiskFactAttribute : FactAttribute
{
    public DiskFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("CI") != "true" && SmallDisk.Missing is { } right)
        {
            Skip = $"Left out: it needs {right}.";
        }
    }
}
