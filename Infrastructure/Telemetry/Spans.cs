using System.Data.Common;
using System.Diagnostics;
using System.Reflection;

namespace WorkspaceService.Infrastructure.Telemetry;

/// <summary>The service's own spans. Where nobody listens, each of these methods is one branch.</summary>
internal static class Spans
{
    public const string Sqlite = "sqlite";
    public const string Postgres = "postgresql";

    /// <summary>The version of the service.</summary>
    public static readonly string Version = typeof(Spans).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public static readonly ActivitySource Source = new(Instruments.Name, Version);

    /// <summary>
    /// The span of a statement, which has its name and never a value; null outside a trace, such as for the work of
    /// timers.
    /// </summary>
    public static Activity? StartStatement(string sql, string system)
    {
        if (!Source.HasListeners() || Activity.Current is null)
        {
            return null;
        }

        var name = StatementNames.Of(sql);
        return Source.StartActivity(name, ActivityKind.Client)?
            .SetTag("db.system.name", system).SetTag("db.query.summary", name);
    }

    /// <summary>The same, without becoming the current one.</summary>
    public static Activity? StartStatementAside(string sql, string system)
    {
        var current = Activity.Current;
        var span = StartStatement(sql, system);
        Activity.Current = current;
        return span;
    }

    /// <summary>Ends the span with an error. It has the exception's type; the log has the rest.</summary>
    public static void Fail(this Activity? span, Exception exception)
    {
        span?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", exception.GetType().FullName);
        if (exception is DbException { SqlState: { } state })
        {
            span?.SetTag("db.response.status_code", state);
        }
    }
}
