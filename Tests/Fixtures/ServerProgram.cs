using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WorkspaceService;

/// <summary>
/// A server's program as a process of this one. Those of PostgreSQL and PgBouncer refuse root, under which they run as
/// another user, in a temporary folder that is that user's.
/// </summary>
internal sealed class ServerProgram : IAsyncDisposable
{
    private static readonly string? User = Environment.UserName == "root"
        ? File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal))
            ? "postgres"
            : "nobody"
        : null;

    private readonly Process _process;
    private readonly StringBuilder _output;

    private ServerProgram(Process process, StringBuilder output) => (_process, _output) = (process, output);

    public bool HasExited => _process.HasExited;

    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>A temporary folder that the programs may write.</summary>
    public static async Task<string> NewFolderAsync()
    {
        var folder = Directory.CreateTempSubdirectory("workspaces_").FullName;
        if (User is not null)
        {
            using var chown = Process.Start("chown", [User, folder]);
            await chown.WaitForExitAsync();
        }

        return folder;
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static ServerProgram Start(string program, params IEnumerable<string> args)
    {
        string[] command = User is null
            ? [program, .. args]
            : ["setpriv", "--reuid", User, "--regid", User == "nobody" ? "nogroup" : User, "--clear-groups", program,
                .. args];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = "/",
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var output = new StringBuilder();
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Append(line.Data);
        process.ErrorDataReceived += (_, line) => Append(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new(process, output);

        void Append(string? line)
        {
            lock (output)
            {
                output.AppendLine(line);
            }
        }
    }

    /// <summary>Runs a program that ends by itself, and must end well.</summary>
    public static async Task RunAsync(string program, params IEnumerable<string> args)
    {
        await using var running = Start(program, args);
        await running._process.WaitForExitAsync();
        if (running._process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} failed: {running.Output}");
        }
    }

    /// <summary>Sends a signal to it and to the processes that it has started.</summary>
    public void Signal(string signal)
    {
        // Itself first, so that it starts no others; one that ends meanwhile is no error.
        int[] all = [_process.Id, .. Children()];
        using var kill = Process.Start("sh", ["-c", $"kill -{signal} {string.Join(' ', all)} 2>/dev/null"]);
        kill.WaitForExit();
    }

    /// <summary>Asks it alone to end, and waits until it has.</summary>
    public async Task StopAsync(string signal)
    {
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
            await _process.WaitForExitAsync();
        }
    }

    public Task EndedAsync() => _process.WaitForExitAsync();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Signal("KILL");
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private IEnumerable<int> Children() =>
        from folder in Directory.GetDirectories("/proc")
        where int.TryParse(Path.GetFileName(folder), out _) && ParentOf(folder) == _process.Id
        select int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture);

    private static int ParentOf(string folder)
    {
        try
        {
            // pid (name) state parent …
            var stat = File.ReadAllText(Path.Combine(folder, "stat"));
            return int.Parse(stat[(stat.LastIndexOf(')') + 4)..].Split(' ')[0], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
