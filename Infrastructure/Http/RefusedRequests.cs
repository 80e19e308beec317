using System.Collections.Concurrent;
using System.Text.Json;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Http;

/// <summary>
/// Refused requests on their way to the audit log of the organization that they are about: that of what was asked for
/// and the caller may see, else that of the caller's key, else one that the request names and the caller may see. A
/// refusal without one is not logged, and neither is <c>not_found</c>, which says nothing about anybody. The request
/// waits for none of it; where more come than are written, they are counted.
/// </summary>
public sealed class RefusedRequests(ConnectionFactory db, ILogger<RefusedRequests> log)
{
    /// <summary>The most refusals that wait.</summary>
    public const int Capacity = 2000;

    // The most specific part of a path comes first.
    private static readonly (string Parameter, string Kind, string Prefix)[] Subjects =
    [
        ("delivery", "delivery", Codes.Delivery),
        ("webhook", "webhook", Codes.Webhook),
        ("invitation", "invitation", Codes.Invitation),
        ("request", "join_request", Codes.JoinRequest),
        ("serviceLine", "service_line", Codes.ServiceLine),
        ("integration", "integration", Codes.Integration),
        ("key", "api_key", Codes.ApiKey),
        ("user", "user", Codes.User),
    ];

    private readonly ConcurrentQueue<Refused> _waiting = new();
    private readonly ConcurrentDictionary<string, long> _omitted = new();
    private int _count;

    /// <summary>To be called with each fault that is answered.</summary>
    internal static void Note(HttpContext http, Fault fault)
    {
        var isDeadKey = fault.Kind == FaultKind.Unauthenticated;
        var isRefusal = isDeadKey
            || fault.Kind is FaultKind.Forbidden or FaultKind.Conflict or FaultKind.Stale or FaultKind.Invalid
            || http.Response.StatusCode == StatusCodes.Status422UnprocessableEntity;
        if (isRefusal
            && (http.Features.Get<FormerCaller>()?.Caller ?? http.Features.Get<Caller>()) is { } caller
            && http.GetEndpoint()?.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName is { } operation)
        {
            var services = http.RequestServices;
            services.GetRequiredService<RefusedRequests>().Add(
                caller, operation, fault.Code, services.GetRequiredService<TimeProvider>().GetUtcNow(), http);
        }
    }

    /// <summary>
    /// Adds what has come since the last call to <paramref name="refusals"/>, ready to be written. One caller at a
    /// time; what waits stays where the database cannot be asked about it.
    /// </summary>
    public async Task TakeAsync(List<Refusal> refusals, DateTimeOffset now, CancellationToken ct)
    {
        for (var left = Volatile.Read(ref _count); left > 0 && _waiting.TryPeek(out var refused); left--)
        {
            try
            {
                if (await FindTargetAsync(refused, ct) is { } target)
                {
                    refusals.Add(refused.Of(target.Organization, target.Workspace));
                }
            }
            catch (Exception failure) when (failure is not OperationCanceledException
                && !TransientErrors.Includes(failure))
            {
                // The others are not held up by it.
                log.LogError(failure, "A refusal of {Operation} cannot be written: it is lost", refused.Operation);
            }

            _waiting.TryDequeue(out _);
            Interlocked.Decrement(ref _count);
        }

        foreach (var organization in _omitted.Keys)
        {
            if (_omitted.TryRemove(organization, out var count))
            {
                refusals.Add(new Refusal(
                    organization,
                    null,
                    "refusals.omitted",
                    null,
                    now,
                    ("system", "service"),
                    ("organization", organization),
                    "",
                    JsonSerializer.Serialize(Changes.Of("omitted", null, count), JsonConventions.Lenient)));
            }
        }
    }

    /// <param name="http">Null where nothing is known beside the caller's target.</param>
    internal void Add(Caller caller, string operation, string code, DateTimeOffset at, HttpContext? http)
    {
        if (Interlocked.Increment(ref _count) > Capacity)
        {
            Interlocked.Decrement(ref _count);
            if ((caller.TargetOrganization ?? caller.OrganizationCode) is { } organization)
            {
                _omitted.AddOrUpdate(organization, 1, (_, count) => count + 1);
            }

            return;
        }

        var route = http?.Request.RouteValues;
        var query = http?.Request.Query;
        _waiting.Enqueue(new(
            caller,
            operation,
            code,
            at,
            code == Faults.Unauthenticated.Code ? ("api_key", caller.KeyId) : SubjectOf(route),
            route?["organization"] as string ?? caller.NamedOrganization ?? query?["organization_id"].FirstOrDefault(),
            route?["workspace"] as string ?? caller.NamedWorkspace ?? query?["workspace_id"].FirstOrDefault(),
            route?["serviceLine"] as string));
    }

    // Ids alone: what has not their form may be a secret.
    private static (string Kind, string Id)? SubjectOf(RouteValueDictionary? route)
    {
        foreach (var (parameter, kind, prefix) in Subjects)
        {
            if (route?[parameter] is string code && Codes.Is(prefix, code))
            {
                return (kind, code);
            }
        }

        return null;
    }

    private async Task<(string Organization, string? Workspace)?> FindTargetAsync(Refused refused, CancellationToken ct)
    {
        var caller = refused.Caller;
        if (caller.TargetOrganization is null && caller.OrganizationCode is null)
        {
            await using var session = db.Open(caller, ct);
            await FindNamedAsync(session, refused);
        }

        return (caller.TargetOrganization ?? caller.OrganizationCode) is not { } organization ? null
            : (organization, caller.TargetOrganization is null ? caller.WorkspaceCode : caller.TargetWorkspace);
    }

    // What is found tells the caller what it is about, as in a request.
    private static async Task FindNamedAsync(Session session, Refused refused)
    {
        var need = Need.Read.WithAnyPermissionOf(session.Caller);
        if (refused.Workspace is { } workspace && Codes.Is(Codes.Workspace, workspace))
        {
            await WorkspaceAuthorization.FindAsync(session, workspace, need);
        }

        if (refused.ServiceLine is { } line && Codes.Is(Codes.ServiceLine, line))
        {
            await ServiceLineAuthorization.FindAsync(session, line, need);
        }

        if (refused.Organization is { } organization && Codes.Is(Codes.Organization, organization))
        {
            await OrganizationAuthorization.FindAsync(session, organization, need);
        }

        if (refused is { Subject: ("user", var user), Workspace: null, ServiceLine: null, Organization: null })
        {
            await UserAuthorization.AsksForAsync(session, user);
        }
    }

    private sealed record Refused(
        Caller Caller,
        string Operation,
        string Code,
        DateTimeOffset At,
        (string Kind, string Id)? Subject,
        string? Organization,
        string? Workspace,
        string? ServiceLine)
    {
        public Refusal Of(string organization, string? workspace) => new(
            organization,
            workspace,
            Operation,
            Code,
            At,
            EventLog.ActorOf(Caller),
            Subject ?? (workspace is null ? ("organization", organization) : ("workspace", workspace)),
            Caller.RequestId);
    }
}
