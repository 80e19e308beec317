using System.Reflection;

namespace WorkspaceService.Infrastructure.Hosting;

/// <summary>
/// A command-line option that runs a slice at startup, as an endpoint runs one for a request. Found by reflection;
/// needs a parameterless constructor.
/// </summary>
public interface ICommandLineOption
{
    /// <summary>The option with its dashes, such as <c>--demo</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Runs after the migrations and before the service listens. Returns a function from the service's address to the
    /// message that is printed once it listens.
    /// </summary>
    Task<Func<string, string>> RunAsync(IServiceProvider services);
}

/// <summary>
/// The parsed command line: <c>--healthcheck</c>, options of slices, and settings as <c>--Name=value</c> or
/// <c>--Name value</c>.
/// </summary>
public sealed class Arguments
{
    private const string HealthCheckOption = "--healthcheck";

    // The first part of a setting's name: the sections of the service, then those of the framework.
    private static readonly string[] Sections =
    [
        "ConnectionStrings", "Bootstrap", "Cors", "Limits", "Memory", "Serilog", "Logging", "Kestrel", "AllowedHosts",
        "urls", "http_ports", "https_ports", "environment", "contentRoot", "applicationName",
    ];

    private readonly List<ICommandLineOption> _options = [];
    private readonly List<string> _settings = [];

    private Arguments()
    {
    }

    /// <summary>The arguments for the configuration.</summary>
    public string[] Settings => [.. _settings];

    /// <summary>True for <c>--healthcheck</c>: a running service is probed and none started.</summary>
    public bool IsHealthCheck { get; private set; }

    /// <exception cref="StartupException">An argument is unknown or has no value.</exception>
    public static Arguments Read(string[] args)
    {
        var known = FindOptions();
        var read = new Arguments();
        for (var i = 0; i < args.Length; i++)
        {
            if (Names(args[i], HealthCheckOption))
            {
                read.IsHealthCheck = true;
            }
            else if (known.Find(option => Names(args[i], option.Name)) is { } option)
            {
                read._options.Add(option);
            }
            else if (IsSetting(args[i]) && args[i].Contains('=', StringComparison.Ordinal))
            {
                read._settings.Add(args[i]);
            }
            else if (IsSetting(args[i]) && i + 1 < args.Length
                && !args[i + 1].StartsWith("--", StringComparison.Ordinal))
            {
                read._settings.AddRange([args[i], args[++i]]);
            }
            else if (IsSetting(args[i]))
            {
                throw new StartupException($"the argument {args[i]} needs a value: {args[i]}=….");
            }
            else
            {
                var names = string.Join(", ", known.Select(each => each.Name).Append(HealthCheckOption));
                throw new StartupException(
                    $"the argument '{args[i]}' means nothing; there are {names}, and settings such as "
                    + "--urls=http://localhost:8080.");
            }
        }

        return read;
    }

    /// <summary>Runs the options of slices, in the given order; returns their messages.</summary>
    public async Task<IReadOnlyList<Func<string, string>>> RunOptionsAsync(IServiceProvider services)
    {
        var messages = new List<Func<string, string>>();
        foreach (var option in _options)
        {
            messages.Add(await option.RunAsync(services));
        }

        return messages;
    }

    private static bool Names(string typed, string name) => typed == name || typed == $"{name}=true";

    private static bool IsSetting(string typed) => typed.StartsWith("--", StringComparison.Ordinal)
        && Sections.Contains(typed[2..].Split('=', ':')[0], StringComparer.OrdinalIgnoreCase);

    private static List<ICommandLineOption> FindOptions() =>
    [
        .. Assembly.GetExecutingAssembly().DefinedTypes
            .Where(type => !type.IsAbstract && type.IsAssignableTo(typeof(ICommandLineOption)))
            .Select(type => (ICommandLineOption)Activator.CreateInstance(type, nonPublic: true)!),
    ];
}
