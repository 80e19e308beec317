using System.Buffers;
using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService;

/// <summary>
/// What a test run issued and must keep to itself, and what it said, in files of a folder: the secrets, the answers
/// that were errors, the events of every database. The environment variable <c>TEST_RECORD</c> names the folder;
/// without it nothing is recorded. The log is the run's own output, which whoever starts it puts beside them as
/// <c>log.txt</c>.
/// </summary>
internal static partial class Recording
{
    public const string Variable = "TEST_RECORD";

    private const string Secrets = "secrets.txt";

    private static readonly ConcurrentDictionary<string, bool> Known = new();

    private static readonly string? Folder = Environment.GetEnvironmentVariable(Variable);

    private static readonly Recorder Handler = new()
    {
        InnerHandler = new SocketsHttpHandler { UseCookies = false },
    };

    public static bool IsOn => Folder is not null;

    /// <summary>A client whose requests and answers are recorded.</summary>
    public static HttpClient Client(Uri address) => new(Handler, disposeHandler: false) { BaseAddress = address };

    /// <summary>Notes secrets that were handed out, or presented.</summary>
    public static void Issued(params IEnumerable<string> secrets)
    {
        foreach (var secret in secrets.Where(secret => IsOn && Known.TryAdd(secret, true)))
        {
            Said(Secrets, secret);
        }
    }

    /// <summary>Notes text that somebody other than its receiver may come to read.</summary>
    public static void Said(string file, params IEnumerable<string> texts)
    {
        lock (Known)
        {
            File.AppendAllLines(Path.Combine(Folder!, file), texts);
        }
    }

    /// <summary>The secrets that an answer shows to its receiver.</summary>
    public static IEnumerable<string> SecretsIn(string answer) =>
        Shown().Matches(answer).Select(match => match.Groups[1].Value);

    /// <summary>The lines of the files in a folder that have a secret of that folder in them.</summary>
    public static List<string> Leaks(string folder)
    {
        var secrets = File.ReadAllLines(Path.Combine(folder, Secrets)).Distinct().ToArray();
        secrets.Should().NotBeEmpty("a run issues secrets");
        var any = SearchValues.Create(secrets, StringComparison.Ordinal);
        return
        [
            .. from file in Directory.GetFiles(folder)
               where Path.GetFileName(file) != Secrets
               from line in File.ReadLines(file)
               where line.AsSpan().ContainsAny(any) && !IsPrintedOnce(line)
               select $"{Path.GetFileName(file)}: {line}",
        ];
    }

    // A start prints the keys that it made, to whoever started it: these lines are none of the log, which is JSON.
    private static bool IsPrintedOnce(string line) => Printed().IsMatch(line);

    [GeneratedRegex("""(?:"key"|"token"|"secret") ?: ?"([^"]{20,})""")]
    private static partial Regex Shown();

    [GeneratedRegex("^  (?:(?:root|user|secret|publishable) +[a-z]+_key_|http://[^ ]+/console +user_key_|curl )")]
    private static partial Regex Printed();

    [GeneratedRegex("^/v1/invitations/([A-Za-z0-9]{43})")]
    private static partial Regex Token();

    private sealed class Recorder : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
        {
            var answer = await base.SendAsync(request, ct);
            if (request.Headers.Authorization?.Parameter is { } key && ApiKeyFormat.IsWellFormed(key))
            {
                Issued(key);
            }

            if (answer.IsSuccessStatusCode)
            {
                Issued(Token().Matches(request.RequestUri!.AbsolutePath).Select(token => token.Groups[1].Value));
            }

            if (answer.Content.Headers.ContentType?.MediaType is "application/json" or "application/problem+json")
            {
                await answer.Content.LoadIntoBufferAsync(ct);
                var body = await answer.Content.ReadAsStringAsync(ct);
                Issued(SecretsIn(body));
                if (!answer.IsSuccessStatusCode)
                {
                    var error = $"{request.Method} {answer.StatusCode} {answer.Headers} {body}";
                    Said("errors.txt", error.ReplaceLineEndings(" "));
                }
            }

            return answer;
        }
    }
}

/// <summary>
/// A test of what a whole run has left in the folder that <c>TEST_RECORDED</c> names; without one it is left out.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RecordedFactAttribute : FactAttribute
{
    internal static readonly string? Folder = Environment.GetEnvironmentVariable("TEST_RECORDED");

    public RecordedFactAttribute() =>
        Skip = Folder is null ? "Left out: it reads what a whole run has recorded, which .ci/run makes." : null;
}
