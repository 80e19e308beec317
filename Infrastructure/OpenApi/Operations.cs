using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.OpenApi;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Infrastructure.OpenApi;

/// <summary>
/// Describes one operation from its route, the parameter and return types of its endpoint, its slice's summary and
/// validator, and its surface. A slice itself gives only name, tag and one-line summary.
/// </summary>
internal sealed class Operations : IOpenApiOperationTransformer
{
    public const string Bearer = "bearer";
    public const string Basic = "basic";
    public const string Authentication = "authentication";

    private static readonly string[] PublicHeaders = ["X-Request-Id", "Access-Control-Allow-Origin"];

    private static readonly string[] AuthenticatedHeaders = [.. PublicHeaders, "RateLimit-Policy", "RateLimit"];

    public async Task TransformAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var document = context.Document!;
        var about = HelpersOf(document, context.ApplicationServices);
        var shape = new Shape(context.Description);

        operation.Summary ??= Words(operation.OperationId ?? "");
        operation.Description = string.Join(
            "\n\n",
            new[] { about.Documentation.OfSlice(shape.Handler), operation.Description }.Where(
                text => text is not null));
        operation.Security = Security(document, shape);

        var constraints = Constraints.Of(shape.Handler.DeclaringType!, context.ApplicationServices);
        DescribeParameters(operation, document, about, shape, constraints);
        DescribeBody(operation, about, shape, new Schemas.Use(true, constraints));

        var answers = operation.Responses!;
        foreach (var (status, answer) in Sorted(answers))
        {
            var code = int.Parse(status, CultureInfo.InvariantCulture);
            var type = context.Description.SupportedResponseTypes.FirstOrDefault(t => t.StatusCode == code)?.Type;
            if (code >= 400 && (type is null || type == typeof(void) || type.IsAssignableTo(typeof(ProblemDetails))))
            {
                answers.Remove(status);
                await about.Errors.AddAsync(answers, shape.Surface, shape.Path, code);
            }
            else
            {
                DescribeAnswer((OpenApiResponse)answer, document, about, shape, code, type);
            }
        }

        if (shape.IsCacheable)
        {
            answers["304"] = new OpenApiResponse
            {
                Description = "Your copy is still good.",
                Headers = Headers.References(document, [.. shape.AnswerHeaders, "ETag"]),
            };
        }

        await about.Errors.AddAsync(
            answers, shape.Surface, shape.Path, shape.FaultKinds(operation.RequestBody is not null));
        operation.Responses = Sorted(answers);
    }

    // The helpers of one document, which cache its schemas and error responses.
    private static Helpers HelpersOf(OpenApiDocument document, IServiceProvider services)
    {
        document.Metadata ??= new Dictionary<string, object>();
        if (document.Metadata.TryGetValue(nameof(Helpers), out var made))
        {
            return (Helpers)made;
        }

        var documentation = Documentation.Read();
        var schemas = new Schemas(document, documentation);
        var helpers = new Helpers(documentation, schemas, new ErrorResponses(document, schemas, services));
        document.Metadata[nameof(Helpers)] = helpers;
        return helpers;
    }

    private static List<OpenApiSecurityRequirement> Security(OpenApiDocument document, Shape shape) => shape.IsPublic
        ? []
        : [.. new[] { Bearer, Basic, Authentication }.Select(
            name => new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(name, document)] = [] })];

    private static void DescribeParameters(
        OpenApiOperation operation, OpenApiDocument document, Helpers about, Shape shape, Constraints constraints)
    {
        // A path parameter that the endpoint binds with BindAsync is missing here.
        operation.Parameters = [.. operation.Parameters ?? []];
        foreach (var name in shape.PathParameters.Where(name => operation.Parameters.All(p => p.Name != name)))
        {
            operation.Parameters.Add(
                new OpenApiParameter { Name = name, In = ParameterLocation.Path, Required = true });
        }

        foreach (var parameter in operation.Parameters.OfType<OpenApiParameter>())
        {
            var bound = shape.Parameters.FirstOrDefault(
                p => string.Equals(p.Name, parameter.Name, StringComparison.OrdinalIgnoreCase));
            var name = parameter.Name!;
            parameter.Name = parameter.In == ParameterLocation.Query
                ? char.ToLowerInvariant(name[0]) + name[1..]
                : name;
            var schema = Schemas.OfParameter(bound is not null ? bound.Type ?? bound.ModelMetadata.ModelType
                : name.EndsWith("Number", StringComparison.Ordinal) ? typeof(long)
                : typeof(string));
            constraints.Narrow(parameter.Name, schema);
            parameter.Required |= constraints.Requires(parameter.Name) && parameter.In == ParameterLocation.Query;
            if (parameter.Name == "limit")
            {
                schema.Default = Paging.DefaultLimit;
            }

            Bounds.Of(parameter.In).Close(parameter.Name, schema);
            parameter.Schema = schema;
            parameter.Description ??= about.Documentation.Of(shape.Handler, bound?.ParameterDescriptor?.Name ?? name)
                ?? about.Schemas.Described(parameter.Name, constraints.Message)
                ?? $"{Words(parameter.Name)}.";

            // Swagger UI fills examples in, and would send every optional filter.
            parameter.Example = parameter.Required ? Glossary.ExampleOf(parameter.Name) : null;
        }

        foreach (var name in shape.RequestHeaders)
        {
            operation.Parameters.Add(Headers.Parameter(document, name));
        }
    }

    private static void DescribeBody(OpenApiOperation operation, Helpers about, Shape shape, Schemas.Use use)
    {
        if (operation.RequestBody is not OpenApiRequestBody { Content: { } content } || shape.Body is not { } type)
        {
            return;
        }

        foreach (var media in content.Values)
        {
            (media.Schema, media.Example) = about.Schemas.Of(type, use);
        }
    }

    private static void DescribeAnswer(
        OpenApiResponse answer, OpenApiDocument document, Helpers about, Shape shape, int status, Type? type)
    {
        answer.Description = DescriptionOf(status, shape);
        answer.Headers = Headers.References(
            document, status < 400 ? shape.AnswerHeaders.Concat(shape.SuccessHeaders) : shape.AnswerHeaders);
        if (type is null || type == typeof(void))
        {
            return;
        }

        foreach (var (name, media) in answer.Content!)
        {
            (media.Schema, media.Example) = name.StartsWith("text/", StringComparison.Ordinal)
                ? (new OpenApiSchema(), null) // text of any length
                : about.Schemas.Of(type, Schemas.Use.Answer);
        }
    }

    private static string DescriptionOf(int status, Shape shape) => status switch
    {
        200 when shape.IsCacheable => "The object as it stands.",
        200 when shape.IsRead => "The answer.",
        200 => "Done.",
        201 => "Made; `Location` says where it is.",
        202 => "Accepted.",
        204 => "Done; there is nothing to tell.",
        _ => Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status),
    };

    // "ListUserWorkspaces" becomes "List user workspaces".
    private static string Words(string name)
    {
        var words = JsonNamingPolicy.SnakeCaseLower.ConvertName(name).Replace('_', ' ');
        return words.Length == 0 ? words : char.ToUpperInvariant(words[0]) + words[1..];
    }

    private static OpenApiResponses Sorted(OpenApiResponses answers)
    {
        var sorted = new OpenApiResponses();
        foreach (var (status, answer) in answers.OrderBy(a => a.Key, StringComparer.Ordinal))
        {
            sorted[status] = answer;
        }

        return sorted;
    }

    private sealed record Helpers(Documentation Documentation, Schemas Schemas, ErrorResponses Errors);

    /// <summary>An endpoint's properties, from its metadata and its method's signature.</summary>
    private sealed class Shape(ApiDescription description)
    {
        private readonly IList<object> _metadata = description.ActionDescriptor.EndpointMetadata;

        public string Path { get; } = "/" + description.RelativePath;

        public IEnumerable<string> PathParameters => RoutePatternFactory.Parse(Path).Parameters.Select(p => p.Name);

        public Surface Surface => Surface.Of(Path);

        public MethodInfo Handler => _metadata.OfType<MethodInfo>().First();

        public IList<ApiParameterDescription> Parameters => description.ParameterDescriptions;

        public Type? Body =>
            Parameters.FirstOrDefault(p => p.Source.Id == "Body")?.Type
                ?? _metadata.OfType<IAcceptsMetadata>().FirstOrDefault()?.RequestType;

        public bool IsPublic => _metadata.OfType<IAllowAnonymous>().Any();

        public bool IsRead => Is(HttpMethods.Get);

        public bool IsRetriable => Is(HttpMethods.Post) && !IsPublic && Surface is NativeSurface;

        public bool HasPrecondition => Handler.GetParameters().Any(p => p.ParameterType == typeof(Precondition));

        public bool IsCacheable => IsRead && SuccessHeaders.Contains("ETag");

        public IEnumerable<string> RequestHeaders =>
            new (string Name, bool Applies)[]
            {
                ("IdempotencyKey", IsRetriable), ("IfMatch", HasPrecondition), ("IfNoneMatch", IsCacheable),
            }
            .Where(header => header.Applies).Select(header => header.Name);

        public IEnumerable<string> SuccessHeaders =>
            _metadata.OfType<AnswerHeaders>()
                .SelectMany(h => h.Names).Concat(IsRetriable ? ["Idempotency-Replayed"] : []);

        public IEnumerable<string> AnswerHeaders => IsPublic ? PublicHeaders : AuthenticatedHeaders;

        private bool NamesResources =>
            PathParameters.Any() || Parameters.Any(p => p.Name.EndsWith("_id", StringComparison.Ordinal));

        /// <summary>The kinds of fault that an operation of this shape can return.</summary>
        public HashSet<FaultKind> FaultKinds(bool hasBody)
        {
            var kinds = new HashSet<FaultKind> { FaultKind.Internal };
            Add(!IsPublic, FaultKind.Unauthenticated, FaultKind.Forbidden, FaultKind.TooMany, FaultKind.Unavailable);
            Add(NamesResources || hasBody, FaultKind.NotFound, FaultKind.Unavailable);

            // The other surfaces take organization or workspace from the key, which may have none.
            Add(!IsPublic && Surface is not NativeSurface, FaultKind.NotFound);
            Add(hasBody, FaultKind.Malformed, FaultKind.TooLarge, FaultKind.UnsupportedMediaType, FaultKind.Invalid);

            // A query parameter that the operation does not have is refused on the native surface.
            Add(Surface is NativeSurface || Parameters.Any(p => p.Source.Id == "Query"), FaultKind.Malformed);
            Add(IsRetriable, FaultKind.Invalid);
            Add(!IsRead, FaultKind.Conflict);
            Add(HasPrecondition, FaultKind.Stale);
            Add(!IsRead && PathParameters.Contains("token"), FaultKind.Gone);
            return kinds;

            void Add(bool when, params FaultKind[] these)
            {
                if (when)
                {
                    kinds.UnionWith(these);
                }
            }
        }

        private bool Is(string method) => HttpMethods.Equals(description.HttpMethod!, method);
    }
}
