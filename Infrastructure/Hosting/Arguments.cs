using System.Reflection;

namespace WorkspaceService.Infrastructure.Hosting;

/// <summary>
/// Something that is asked for on the command line when the service starts: a way into a slice, as an endpoint is.
/// Found by reflection; construct with no arguments.
/// </summary>
public interface IArgument
{
    /// <summary>As it is typed, such as <c>--demo</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Does what is asked for, on a database that is ready and before the service listens. What comes back is said on
    /// the console once it listens, given its address.
    /// </summary>
    Task<Func<string, string>> FollowAsync(IServiceProvider services);
}

/// <summary>
/// The command line: <c>--healthcheck</c>, what slices offer, and settings as <c>--Name=value</c> or
/// <c>--Name value</c>.
/// </summary>
public sealed class Arguments
{
    private const string Probe = "--healthcheck";

    // Where a setting's name may begin; the first three are the service's own, the others the framework's.
    private static readonly string[] Sections =
    [
        "ConnectionStrings", "Bootstrap", "Cors", "Limits", "Serilog", "Logging", "Kestrel", "AllowedHosts",
        "urls", "http_ports", "https_ports", "environment", "contentRoot", "applicationName",
    ];

    private readonly List<IArgument> _asked = [];
    private readonly List<string> _settings = [];

    private Arguments()
    {
    }

    /// <summary>What is left for the configuration.</summary>
    public string[] Settings => [.. _settings];

    /// <summary>True where a service that runs already is to be probed, and none started.</summary>
    public bool Probes { get; private set; }

    /// <exception cref="StartupException">There is an argument that nobody understands.</exception>
    public static Arguments Read(string[] args)
    {
        var offered = Offered();
        var read = new Arguments();
        for (var i = 0; i < args.Length; i++)
        {
            if (Names(args[i], Probe))
            {
                read.Probes = true;
            }
            else if (offered.Find(argument => Names(args[i], argument.Name)) is { } asked)
            {
                read._asked.Add(asked);
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
                var known = string.Join(", ", offered.Select(argument => argument.Name).Append(Probe));
                throw new StartupException(
                    $"the argument '{args[i]}' means nothing; there are {known}, and settings such as "
                    + "--urls=http://localhost:8080.");
            }
        }

        return read;
    }

    public async Task<IReadOnlyList<Func<string, string>>> FollowAsync(IServiceProvider services)
    {
        var sayings = new List<Func<string, string>>();
        foreach (var argument in _asked)
        {
            sayings.Add(await argument.FollowAsync(services));
        }

        return sayings;
    }

    private static bool Names(string typed, string name) => typed == name || typed == $"{name}=true";

    private static bool IsSetting(string typed) => typed.StartsWith("--", StringComparison.Ordinal)
        && Sections.Contains(typed[2..].Split('=', ':')[0], StringComparer.OrdinalIgnoreCase);

    private static List<IArgument> Offered() =>
    [
        .. Assembly.GetExecutingAssembly().DefinedTypes
            .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IArgument)))
            .Select(type => (IArgument)Activator.CreateInstance(type, nonPublic: true)!),
    ];
}
