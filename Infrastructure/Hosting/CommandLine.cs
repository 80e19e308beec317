using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Data.Common;
using System.Reflection;
using WorkspaceService.Infrastructure.Hosting.Commands;

namespace WorkspaceService.Infrastructure.Hosting;

/// <summary>
/// The command line of the executable: the service with its options, or one command, which starts no service. Exit
/// codes: 0; 1 where it is refused or finds something; 2 where the command line itself is wrong. Each refusal is one
/// line on standard error.
/// </summary>
public static class CommandLine
{
    private const int Refused = 1;
    private const int Misused = 2;

    /// <param name="serve">Runs the service until it is stopped.</param>
    public static async Task<int> RunAsync(string[] args, Func<Arguments, Task> serve)
    {
        if (!Arguments.TryPart(args, out var settings, out var rest, out var incomplete))
        {
            return await RefuseAsync($"WorkspaceService: {incomplete} needs a value: {incomplete}=….", Misused);
        }

        var root = Describe(settings, serve);
        var parsed = root.Parse(
            rest, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        if (parsed.Errors is [{ } wrong, ..])
        {
            return await RefuseAsync($"WorkspaceService: {wrong.Message} See --help.", Misused);
        }

        // The parser drops what it takes for one of its directives.
        if (parsed.Tokens.FirstOrDefault(token => token.Type == TokenType.Directive) is { } directive)
        {
            return await RefuseAsync(
                $"WorkspaceService: Unrecognized command or argument '{directive.Value}'. See --help.", Misused);
        }

        return await parsed.InvokeAsync(new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,

            // The service handles signals itself; a command has this long to take away what is half done.
            ProcessTerminationTimeout = parsed.CommandResult.Command == root ? null : TimeSpan.FromSeconds(5),
        });
    }

    private static RootCommand Describe(string[] settings, Func<Arguments, Task> serve)
    {
        var healthCheck = new Option<bool>("--healthcheck") { Description = "The same as the command healthcheck." };
        var slices = FindOptions().ConvertAll(
            slice => (Slice: slice, Option: new Option<bool>(slice.Name) { Description = slice.Description }));
        var root = new RootCommand("Starts the service, or runs one of the commands, which start nothing.")
        {
            healthCheck,
        };
        root.Directives.Clear();
        slices.ForEach(slice => root.Add(slice.Option));
        root.SetAction((parsed, ct) => parsed.GetValue(healthCheck)
            ? GuardAsync("healthcheck", () => HealthCheck.RunAsync(settings, ct))
            : ServeAsync(() => serve(new Arguments(
                settings, [.. slices.Where(slice => parsed.GetValue(slice.Option)).Select(slice => slice.Slice)]))));

        var file = new Argument<string>("FILE") { Description = "The file of the backup." };
        file.Validators.Add(given =>
        {
            if (string.IsNullOrWhiteSpace(given.GetValueOrDefault<string>()))
            {
                given.AddError("FILE is empty.");
            }
        });
        var force = new Option<bool>("--force") { Description = "Overwrite the database that is there." };
        var from = new Option<string>("--from")
        {
            Description = "The SQLite file: \"Data Source=…\".",
            HelpName = "SQLITE",
            Required = true,
        };
        var to = new Option<string>("--to")
        {
            Description = "The PostgreSQL database: \"Host=…;Database=…\".",
            HelpName = "POSTGRESQL",
            Required = true,
        };

        root.Add(Command(
            new("backup", "Writes a consistent copy of the SQLite database to FILE, also while the service runs.")
            {
                file,
            },
            (parsed, ct) => Backup.RunAsync(settings, parsed.GetRequiredValue(file), ct)));
        root.Add(Command(
            new("restore", "Puts the backup FILE in the place of the SQLite database.") { file, force },
            (parsed, ct) => Restore.RunAsync(settings, parsed.GetRequiredValue(file), parsed.GetValue(force), ct)));
        root.Add(Command(
            new("verify", "Checks the database, also while the service runs; prints one line for each finding."),
            (_, ct) => Verify.RunAsync(settings, ct)));
        root.Add(Command(
            new("copy", "Copies a SQLite file that no service uses to an empty PostgreSQL database.") { from, to },
            (parsed, ct) => Copy.RunAsync(parsed.GetRequiredValue(from), parsed.GetRequiredValue(to), ct)));
        root.Add(Command(
            new("healthcheck", "Asks the service of this configuration whether it is ready."),
            (_, ct) => HealthCheck.RunAsync(settings, ct)));
        slices.ForEach(slice => root.Add(Command(
            new(slice.Slice.Name.TrimStart('-'), slice.Slice.Description),
            (_, _) => RunSlice.RunAsync(settings, slice.Slice))));

        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithSettings((HelpAction)help.Action!);
        return root;
    }

    private static Command Command(Command command, Func<ParseResult, CancellationToken, Task<int>> run)
    {
        command.SetAction((parsed, ct) => GuardAsync(command.Name, () => run(parsed, ct)));
        return command;
    }

    private static async Task<int> ServeAsync(Func<Task> serve)
    {
        try
        {
            await serve();
            return 0;
        }
        catch (StartupException wrong)
        {
            return await RefuseAsync($"WorkspaceService cannot start: {wrong.Message}", Refused);
        }
    }

    private static async Task<int> GuardAsync(string name, Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (OperationCanceledException)
        {
            return await RefuseAsync($"{name}: stopped; nothing was changed.", Refused);
        }
        catch (Exception refused)
            when (refused is CommandException or StartupException or InvalidDataException or IOException
                or UnauthorizedAccessException or DbException or TimeoutException)
        {
            return await RefuseAsync($"{name}: {refused.Message.Split('\n')[0].TrimEnd()}", Refused);
        }
    }

    private static async Task<int> RefuseAsync(string line, int exitCode)
    {
        await Console.Error.WriteLineAsync(line);
        return exitCode;
    }

    private static List<ICommandLineOption> FindOptions() =>
    [
        .. Assembly.GetExecutingAssembly().DefinedTypes
            .Where(type => !type.IsAbstract && type.IsAssignableTo(typeof(ICommandLineOption)))
            .Select(type => (ICommandLineOption)Activator.CreateInstance(type, nonPublic: true)!)
            .OrderBy(option => option.Name, StringComparer.Ordinal),
    ];

    /// <summary>The help of the parser, and below that of the service the settings.</summary>
    private sealed class HelpWithSettings(HelpAction parsers) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            parsers.Invoke(parseResult);
            parseResult.InvocationConfiguration.Output.WriteLine(Settings.Help);
            return 0;
        }
    }
}
