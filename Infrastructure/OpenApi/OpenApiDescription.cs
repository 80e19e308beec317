using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Infrastructure.OpenApi;

/// <summary>The OpenAPI document of all surfaces: registration, document-level members and order.</summary>
public static class OpenApiDescription
{
    internal const string Name = "v1";

    private static string About()
    {
        var resource = $"{typeof(OpenApiDescription).Namespace}.About.md";
        using var text = new StreamReader(typeof(OpenApiDescription).Assembly.GetManifestResourceStream(resource)!);
        return text.ReadToEnd().TrimEnd();
    }

    /// <summary>Registers the document; it is generated at the first request.</summary>
    public static IServiceCollection AddOpenApiDescription(this IServiceCollection services)
    {
        services.AddSingleton<OpenApiText>();
        return services.AddOpenApi(Name, options =>
        {
            options.ShouldInclude = api => !new PathString("/" + api.RelativePath).StartsWithSegments(
                ConsoleSurface.Prefix); // pages are for people
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.CreateSchemaReferenceId = _ => null; // Schemas adds them under its own names
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
            Description = About(),
            Contact = new OpenApiContact
            {
                Name = "WorkspaceService",
                Url = new Uri("https://example.com/support"),
                Email = "support@example.com",
            },
            License = new OpenApiLicense { Name = "Proprietary", Url = new Uri("https://example.com/license") },
        };

        // Relative, so that it is correct behind every proxy and host name.
        document.Servers =
        [
            new OpenApiServer
            {
                Url = "/",
                Description = "This service, in production or wherever else it runs",
                Extensions = new Dictionary<string, IOpenApiExtension>
                {
                    ["x-internal"] = new JsonNodeExtension(JsonValue.Create(false)),
                },
            },
        ];

        foreach (var (name, scheme) in Schemes())
        {
            document.AddComponent(name, scheme);
        }

        var paths = new OpenApiPaths();
        foreach (var (path, item) in document.Paths.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            ((OpenApiPathItem)item).Operations = item.Operations!
                .OrderBy(o => Array.IndexOf(Verbs, o.Key)).ToDictionary();
            paths[path] = item;
        }

        document.Paths = paths;
        var used = paths.Values.SelectMany(p => p.Operations!.Values)
            .SelectMany(o => o.Tags ?? new HashSet<OpenApiTagReference>()).Select(t => t.Name!).ToHashSet();
        document.Tags = new SortedSet<OpenApiTag>(
            Tags.Describe(used).Select(tag => new OpenApiTag { Name = tag.Name, Description = tag.Description }),
            Comparer<OpenApiTag>.Create((_, _) => 1)); // keeps the given order

        document.Components!.Responses = document.Components.Responses?.OrderBy(s => s.Key, StringComparer.Ordinal)
            .ToDictionary();
        return Task.CompletedTask;
    }

    private static readonly HttpMethod[] Verbs =
    [
        HttpMethod.Get, HttpMethod.Post, HttpMethod.Put, HttpMethod.Patch, HttpMethod.Delete
    ];

    private static IEnumerable<(string Name, OpenApiSecurityScheme Scheme)> Schemes() =>
    [
        (Operations.Bearer, new()
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "`Authorization: Bearer KEY`, with an API key such as `user_key_…` or `secret_key_…`.",
        }),
        (Operations.Basic, new()
        {
            Type = SecuritySchemeType.Http,
            Scheme = "basic",
            Description = "The API key as user name, and an empty password.",
        }),
        (Operations.Authentication, new()
        {
            Type = SecuritySchemeType.ApiKey,
            In = ParameterLocation.Header,
            Name = "Authentication",
            Description = "`Authentication: Bearer KEY`, the header that the V4 documents name; every surface takes "
                + "it. Its value is `Bearer`, a space and the API key.",
        }),
    ];
}
