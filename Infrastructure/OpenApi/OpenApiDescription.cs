using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace WorkspaceService.Infrastructure.OpenApi;

/// <summary>The OpenAPI document of everything that is mapped, on all surfaces: its frame and its order.</summary>
public static class OpenApiDescription
{
    internal const string Name = "v1";

    private const string About = """
        Who has which workspaces, who belongs to each with what role, how many seats are left, what runs in them, and whether
        a person may use the site.

        **Keys.** Every call but the public ones brings an API key, in one of three ways: `Authorization: Bearer KEY`;
        `Authorization: Basic` with the key as user name and an empty password; or the header `Authentication: Bearer KEY`.
        What a key may not see is 404; 403 is for what it may see but not do.

        **Surfaces.** `/v1/…` with plural names is the native one. `/v1/workspace…` and `/v1/org…` in the singular speak to
        clients of the Tape API, `/api/v4/…` to those of the V4 API; each with its own bodies and errors, over the same data.

        **Answers** of the native surface are `{"data": …}`, lists with `meta.cursor` and `meta.has_more` beside it: give the
        cursor back as `cursor` until `has_more` is false. Times are RFC 3339 in UTC. Bodies with members that do not exist
        are refused. `PATCH` is a merge patch (RFC 7396): what is absent stays, `null` takes away.

        **Errors** of the native surface are problems (RFC 9457) with a stable `code`. 400: `malformed_json`,
        `invalid_parameter`, `invalid_cursor`. 401: `unauthenticated`. 403: `forbidden`, `organization_suspended`,
        `role_exceeds_organization_role`, `role_exceeds_own_role`, `plan_limit_exceeded`, `seat_limit_reached`. 404:
        `not_found`. 405: `method_not_allowed`. 409: `slug_taken`, `email_taken`, `already_member`, `last_admin`,
        `owner_protected`, `join_request_pending`, `active_service_lines`, `workspace_archived`, `not_archived`,
        `invalid_transition`, `invitation_pending`, `idempotency_in_flight`. 410: `invitation_expired`, `invitation_revoked`,
        `invitation_used`, `invitation_declined`. 412: `precondition_failed`. 413: `payload_too_large`. 415:
        `unsupported_media_type`. 422: `validation_failed`, `not_organization_member`, `idempotency_key_reused`. 429:
        `rate_limited`. 500: `internal`. 503: `unavailable`.

        **Safe retries and edits.** A `POST` with an `Idempotency-Key` can be sent again without being done again. A change
        with `If-Match` is made only on the version that you have read.
        """;

    /// <summary>Registers what makes the document; nothing of it runs before the document is asked for.</summary>
    public static IServiceCollection AddOpenApiDescription(this IServiceCollection services)
    {
        services.AddSingleton<OpenApiText>();
        return services.AddOpenApi(Name, options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.CreateSchemaReferenceId = _ => null; // schemas are written by Schemas, under names of its own
            options.AddOperationTransformer(new Operations());
            options.AddDocumentTransformer(Frame);
        });
    }

    private static Task Frame(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken ct)
    {
        document.Info = new OpenApiInfo
        {
            Title = "WorkspaceService",
            Version = typeof(OpenApiDescription).Assembly.GetName().Version!.ToString(3),
            Summary = "Workspaces, their members, and who may do what in them.",
            Description = About,
            Contact = new OpenApiContact { Name = "WorkspaceService", Url = new Uri("https://example.com/support"), Email = "support@example.com" },
            License = new OpenApiLicense { Name = "Proprietary", Url = new Uri("https://example.com/license") },
        };

        // Relative, so that it is right behind every proxy and under every name.
        document.Servers = [new OpenApiServer { Url = "/", Description = "This service" }];

        foreach (var (name, scheme) in Schemes())
        {
            document.AddComponent(name, scheme);
        }

        var paths = new OpenApiPaths();
        foreach (var (path, item) in document.Paths.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            ((OpenApiPathItem)item).Operations = item.Operations!.OrderBy(o => Array.IndexOf(Verbs, o.Key)).ToDictionary();
            paths[path] = item;
        }

        document.Paths = paths;
        var used = paths.Values.SelectMany(p => p.Operations!.Values).SelectMany(o => o.Tags ?? new HashSet<OpenApiTagReference>()).Select(t => t.Name!).ToHashSet();
        document.Tags = new SortedSet<OpenApiTag>(
            Tags.Describe(used).Select(tag => new OpenApiTag { Name = tag.Name, Description = tag.Description }),
            Comparer<OpenApiTag>.Create((_, _) => 1)); // in the order given

        document.Components!.Schemas = document.Components.Schemas?.OrderBy(s => s.Key, StringComparer.Ordinal).ToDictionary();
        document.Components.Responses = document.Components.Responses?.OrderBy(s => s.Key, StringComparer.Ordinal).ToDictionary();
        return Task.CompletedTask;
    }

    private static readonly HttpMethod[] Verbs = [HttpMethod.Get, HttpMethod.Post, HttpMethod.Put, HttpMethod.Patch, HttpMethod.Delete];

    private static IEnumerable<(string Name, OpenApiSecurityScheme Scheme)> Schemes() =>
    [
        (Operations.Bearer, new()
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "`Authorization: Bearer KEY`, with an API key such as `user_key_…` or `secret_key_…`. The header `Authentication: Bearer KEY` does the same.",
        }),
        (Operations.Basic, new()
        {
            Type = SecuritySchemeType.Http,
            Scheme = "basic",
            Description = "The API key as user name, and an empty password.",
        }),
    ];
}
