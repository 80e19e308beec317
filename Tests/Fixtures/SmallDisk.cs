using System.Diagnostics;

namespace WorkspaceService;

/// <summary>
/// A disk of a given size: a file system in memory, or on a device that can fail, mounted where only a process of its
/// own sees it, and those that are started with <see cref="Limits"/>.
/// </summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    // As root a mount namespace suffices; others are root of a user namespace.
    private static readonly string[]? Flags =
        new string[][] { ["-m"], ["-m", "-r"] }.FirstOrDefault(flags => Run("unshare", [.. flags, "true"]) == 0);

    private readonly string _folder = Directory.CreateTempSubdirectory("workspaces_disk_").FullName;
    private readonly Process _holder;

    private SmallDisk(Func<string, string> mount)
    {
        var script = $"{mount(_folder)} && echo mounted && exec sleep infinity";
        var start = new ProcessStartInfo("unshare", [.. Flags!, "sh", "-c", script]) { RedirectStandardOutput = true };
        _holder = Process.Start(start)!;
    }

    /// <summary>Why there can be none on this machine; null where there can.</summary>
    public static string? Missing { get; } = Flags is null ? "the right to mount a file system (unshare -m)" : null;

    /// <summary>The same for one on a device; null where there can be one.</summary>
    public static string? MissingDevice { get; } =
        Flags is ["-m"] && File.Exists("/dev/loop-control") && Run("sh", ["-c", "command -v mkfs.ext4"]) == 0
            ? null
            : "to be root, with loop devices and mkfs.ext4";

    /// <summary>The database on it.</summary>
    public string ConnectionString => $"Data Source={_folder}/workspaces.db";

    /// <summary>What a shell is to do before it becomes a service that sees the disk.</summary>
    public string Limits => $"exec {Enter} sh -c 'cd \"$0\" && exec dotnet \"$@\"' \"$PWD\" \"$@\"";

    private string Enter =>
        $"nsenter -t {_holder.Id} -m{(Flags!.Contains("-r") ? " -U --preserve-credentials" : "")}";

    public static Task<SmallDisk> MountAsync(int kilobytes) =>
        MountAsync(folder => $"mount -t tmpfs -o size={kilobytes}k tmpfs {folder}");

    /// <summary>A device with ext4, as most servers have it: at an error it becomes read-only.</summary>
    public static Task<SmallDisk> OnDeviceAsync(int kilobytes) => MountAsync(folder =>
        $"truncate -s {kilobytes}k {folder}.img && mkfs.ext4 -q {folder}.img && {MountDevice(folder)}");

    /// <summary>A file on it, as this process sees it.</summary>
    public string PathOf(string file) => $"/proc/{_holder.Id}/root{_folder}/{file}";

    /// <summary>Mounts it anew, for reading alone; nothing may write it then.</summary>
    public void MakeReadOnly() => RunInside($"mount -o remount,ro {_folder}");

    /// <summary>The device has an error, of which it says nothing but that the file system is read-only now.</summary>
    public void Fail() => RunInside(
        $"sync && echo 1 > /sys/fs/ext4/$(basename $(findmnt -no SOURCE {_folder}))/trigger_fs_error");

    /// <summary>The device is well again, its file system repaired and mounted; nobody may use it meanwhile.</summary>
    public void Repair() =>
        RunInside($"umount {_folder}; e2fsck -fy {_folder}.img >/dev/null; test $? -le 1 && {MountDevice(_folder)}");

    public async ValueTask DisposeAsync()
    {
        _holder.Kill();
        await _holder.WaitForExitAsync();
        _holder.Dispose();
        Directory.Delete(_folder);
        File.Delete(_folder + ".img");
    }

    private static async Task<SmallDisk> MountAsync(Func<string, string> mount)
    {
        var disk = new SmallDisk(mount);
        (await disk._holder.StandardOutput.ReadLineAsync()).Should().Be("mounted");
        return disk;
    }

    private static string MountDevice(string folder) => $"mount -o loop,errors=remount-ro {folder}.img {folder}";

    private void RunInside(string script) => Run("sh", ["-c", $"{Enter} sh -c '{script}'"]).Should().Be(0);

    private static int Run(string program, string[] args)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, args) { RedirectStandardError = true, RedirectStandardOutput = true })!;
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

/// <summary>A test that needs a disk on a device of its own; the run says where it is left out.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DeviceFactAttribute : FactAttribute
{
    public DeviceFactAttribute() =>
        Skip = SmallDisk.MissingDevice is { } needed ? $"Left out: it needs {needed}." : null;
}
