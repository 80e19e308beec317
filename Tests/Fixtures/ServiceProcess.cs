using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace WorkspaceService;

/// <summary>
/// The service as its operator starts it: a process with arguments, an environment, two streams and an exit code.
/// </summary>
public sealed class ServiceProcess : IAsyncDisposable
{
    public const string RootKey = ServiceFixture.RootKey;

    /// <summary>
    /// What a shell is to do before it becomes a service whose files are limited: without the trap the system would
    /// kill it, and .NET maps code by way of files.
    /// </summary>
    public const string FilesMayBeLimited = "trap '' XFSZ; export DOTNET_EnableWriteXorExecute=0";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly TaskCompletionSource<string> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServiceProcess(Process process) => _process = process;

    /// <summary>The id of the process.</summary>
    public int Id => _process.Id;

    /// <summary>Where it listens.</summary>
    public string Address { get; private set; } = "";

    /// <summary>What it has said on standard output.</summary>
    public string Output => Text(_output);

    public string Errors => Text(_errors);

    /// <summary>
    /// Starts it on a free port with that database and the tests' root key, and waits until it listens.
    /// </summary>
    public static Task<ServiceProcess> ListeningAsync(TestDatabase database, params string[] args) =>
        ListeningAsync(database.ConnectionString, limits: "", args);

    /// <summary>The same under limits of the operating system.</summary>
    /// <param name="limits">What a shell is to do before it becomes the service, such as <c>ulimit -f 4096</c>.</param>
    public static Task<ServiceProcess> ListeningAsync(TestDatabase database, string limits, string[] args) =>
        ListeningAsync(database.ConnectionString, limits, args);

    /// <summary>The same with a connection string.</summary>
    public static async Task<ServiceProcess> ListeningAsync(
        string connectionString, string limits = "", params string[] args)
    {
        var service = Run(
            [
                $"--ConnectionStrings:Workspaces={connectionString}",
                "--urls=http://127.0.0.1:0",
                $"--Bootstrap:RootKey={RootKey}",
                .. args,
            ],
            limits: limits);
        var ended = service._process.WaitForExitAsync();
        if (await Task.WhenAny(service._started.Task, ended).WaitAsync(Patience) == ended)
        {
            throw new InvalidOperationException($"It ended at once: {service.Errors} {service.Output}");
        }

        service.Address = await service._address.Task;
        return service;
    }

    /// <summary>Starts it with nothing but these arguments.</summary>
    /// <param name="reading">False leaves its standard output unread.</param>
    public static ServiceProcess Run(IEnumerable<string> args, bool reading = true, string limits = "")
    {
        var service = Path.Combine(AppContext.BaseDirectory, "WorkspaceService.dll");
        var start = new ProcessStartInfo("sh", ["-c", $"{limits}\nexec dotnet \"$@\"", "sh", service, .. args])
        {
            WorkingDirectory = AppContext.BaseDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(IsOfTheService).ToList())
        {
            start.Environment.Remove(name);
        }

        var running = new ServiceProcess(new Process { StartInfo = start });
        running._process.OutputDataReceived += (_, line) => running.Hear(line.Data);
        running._process.ErrorDataReceived += (_, line) => Append(running._errors, line.Data);
        running._process.Start();
        running._process.BeginErrorReadLine();
        if (reading)
        {
            running._process.BeginOutputReadLine();
        }

        return running;
    }

    /// <summary>Runs a command on that database to its end.</summary>
    public static Task<Ended> CommandAsync(TestDatabase database, params string[] args) =>
        CommandAsync([$"--ConnectionStrings:Workspaces={database.ConnectionString}", .. args]);

    /// <summary>Runs a command with nothing but these arguments to its end.</summary>
    public static async Task<Ended> CommandAsync(params string[] args)
    {
        await using var command = Run(args);
        return new Ended(await command.EndAsync(), Lines(command.Output), Lines(command.Errors));

        static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>A client that calls it with <paramref name="key"/>, or with none.</summary>
    public HttpClient Client(string? key = RootKey)
    {
        var client = new HttpClient { BaseAddress = new Uri(Address) };
        client.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    /// <summary>A connection of one's own, for what no client of HTTP would send.</summary>
    public async Task<TcpClient> ConnectAsync()
    {
        var address = new Uri(Address);
        var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        return client;
    }

    /// <summary>Waits until it has said something on standard output.</summary>
    public async Task HasSaidAsync(string text)
    {
        for (var waited = TimeSpan.Zero; !Output.Contains(text, StringComparison.Ordinal); waited += TimeSpan
            .FromMilliseconds(50))
        {
            if (waited > Patience)
            {
                throw new TimeoutException($"It has not said '{text}': {Output}");
            }

            await Task.Delay(50);
        }
    }

    /// <summary>A figure of <c>/proc/ID/status</c> in megabytes: <c>VmRSS</c>, or <c>VmHWM</c>, its peak.</summary>
    public double Megabytes(string figure) => double.Parse(
        File.ReadLines($"/proc/{Id}/status").Single(line => line.StartsWith($"{figure}:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture) / 1024;

    /// <summary>From now on the system refuses what it writes to a file beyond so many bytes.</summary>
    /// <param name="bytes">A number, or <c>unlimited</c>.</param>
    public void LimitFiles(string bytes)
    {
        using var prlimit = Process.Start("prlimit", [$"--pid={Id}", $"--fsize={bytes}:unlimited"]);
        prlimit.WaitForExit();
        prlimit.ExitCode.Should().Be(0);
    }

    /// <summary>Asks it to stop, as a container's engine does.</summary>
    public void Terminate() => Process.Start("sh", ["-c", $"kill -TERM {_process.Id}"]).WaitForExit();

    /// <summary>Ends it where it stands, as a power cut does.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Its exit code, once it has ended and said everything.</summary>
    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static bool IsOfTheService(string variable) =>
        variable.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase)
        || variable.StartsWith("OTEL_", StringComparison.OrdinalIgnoreCase)
        || variable.StartsWith("DOTNET_URLS", StringComparison.OrdinalIgnoreCase)
        || variable.Contains("__", StringComparison.Ordinal);

    private static void Append(StringBuilder text, string? line)
    {
        if (line is not null)
        {
            lock (text)
            {
                text.AppendLine(line);
            }
        }
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }

    private void Hear(string? line)
    {
        Append(_output, line);
        const string listens = "\"message\":\"Now listening on: ";
        if (line?.IndexOf(listens, StringComparison.Ordinal) is >= 0 and var at)
        {
            _address.TrySetResult(line[(at + listens.Length)..].Split('"')[0]);
        }

        if (line?.Contains("Application started.", StringComparison.Ordinal) == true)
        {
            _started.TrySetResult();
        }
    }
}

/// <summary>What came of a command.</summary>
/// <param name="Output">Lines of standard output.</param>
/// <param name="Errors">Lines of standard error.</param>
public sealed record Ended(int ExitCode, string[] Output, string[] Errors)
{
    /// <summary>Exit code 0.</summary>
    public Ended ShouldSucceed()
    {
        ExitCode.Should().Be(0, "{0}", string.Join('\n', Errors));
        return this;
    }

    /// <summary>Exit code 1, and one line that holds this.</summary>
    public void ShouldBeRefused(string reason, int exitCode = 1)
    {
        Errors.Should().ContainSingle().Which.Should().Contain(reason);
        ExitCode.Should().Be(exitCode);
    }
}
