using System.Globalization;

namespace WorkspaceService;

/// <summary>
/// A control group of the system, which holds what its processes take of memory below a limit as a container does: for
/// one that needs more, the system ends a process.
/// </summary>
internal sealed class MemoryGroup : IDisposable
{
    private readonly string _folder;
    private readonly Files _files;

    private MemoryGroup(string folder, Files files) => (_folder, _files) = (folder, files);

    /// <summary>What a shell is to do before it becomes a service in the group.</summary>
    public string Limits => $"echo $$ > {_folder}/cgroup.procs";

    /// <summary>The most that it has taken at once, in MB, with files in the system's cache.</summary>
    public double MostMegabytes =>
        long.Parse(File.ReadAllText($"{_folder}/{_files.Most}"), CultureInfo.InvariantCulture) / 1024.0 / 1024;

    /// <summary>A group below this process's own; null where this process may make none.</summary>
    public static MemoryGroup? Make(int megabytes)
    {
        foreach (var line in File.ReadAllLines("/proc/self/cgroup"))
        {
            // Number, controllers and path; the second version has one tree for all controllers.
            var files = line.Split(':')[1] switch
            {
                "memory" => new Files("/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.max_usage_in_bytes"),
                "" => new Files("/sys/fs/cgroup", "memory.max", "memory.peak"),
                _ => null,
            };
            var folder = $"{files?.Tree}{line.Split(':')[2].TrimEnd('/')}/workspaces_{Guid.NewGuid():N}";
            if (files is null || !IsDone(() => Directory.CreateDirectory(folder)))
            {
                continue;
            }

            var group = new MemoryGroup(folder, files);
            if (IsDone(() => File.WriteAllText($"{folder}/{files.Limit}", $"{megabytes * 1024L * 1024}"))
                && IsDone(() => _ = group.MostMegabytes))
            {
                return group;
            }

            group.Dispose();
        }

        return null;
    }

    public void Dispose() => Directory.Delete(_folder);

    private static bool IsDone(Action make)
    {
        try
        {
            make();
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private sealed record Files(string Tree, string Limit, string Most);
}
