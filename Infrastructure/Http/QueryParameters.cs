using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Infrastructure.Http;

/// <summary>
/// Refuses a query value that is not of the type that the endpoint takes, and names it; an empty one is not of any
/// type. The framework would answer a bare 400, and take an empty value for none. Text that no database can store is
/// none on any surface, because one of the two would fail to compare with it. On the native surface a parameter that
/// the operation does not have is refused too: ignored, a misspelt filter would show everything.
/// </summary>
public static class QueryParameters
{
    private static readonly ConcurrentDictionary<Endpoint, FrozenDictionary<string, Type>> OfEndpoint = new();

    public static IApplicationBuilder UseQueryParameters(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        if (http.GetEndpoint() is not RouteEndpoint endpoint || http.Request.Query.Count == 0)
        {
            return next(http);
        }

        var surface = Surface.Of(http.Request);
        var parameters = OfEndpoint.GetOrAdd(endpoint, ParametersOf);
        foreach (var (name, given) in http.Request.Query)
        {
            var complaint = parameters.TryGetValue(name, out var type) ? Complaint(type, given)
                : surface is NativeSurface ? "this operation has no such parameter."
                : Complaint(typeof(string), given);
            if (complaint is not null)
            {
                return surface.WriteErrorAsync(http, Fault.Parameter(name, complaint));
            }
        }

        return next(http);
    });

    // Texts and values that are parsed from one, unless they come from the path.
    private static FrozenDictionary<string, Type> ParametersOf(Endpoint endpoint) => endpoint.Metadata
        .GetOrderedMetadata<IParameterBindingMetadata>()
        .Where(parameter => parameter.HasTryParse || parameter.ParameterInfo.ParameterType == typeof(string))
        .Where(parameter => !parameter.ParameterInfo.IsDefined(typeof(FromHeaderAttribute), inherit: false))
        .Where(parameter => ((RouteEndpoint)endpoint).RoutePattern.GetParameter(parameter.Name) is null)
        .ToFrozenDictionary(
            NameOf, parameter => parameter.ParameterInfo.ParameterType, StringComparer.OrdinalIgnoreCase);

    private static string NameOf(IParameterBindingMetadata parameter) =>
        parameter.ParameterInfo.GetCustomAttributes(typeof(FromQueryAttribute), inherit: false)
            is [FromQueryAttribute { Name: { } name }]
            ? name
            : parameter.Name;

    private static string? Complaint(Type type, string? given) =>
        type == typeof(string) ? JsonConventions.IsText(given) ? null : "must be text, without NUL."
        : type == typeof(int?)
            ? int.TryParse(given, NumberStyles.Integer, CultureInfo.InvariantCulture, out _)
                ? null
                : "must be a whole number."
        : type == typeof(bool?) ? bool.TryParse(given, out _) ? null : "must be true or false."
        : throw new NotSupportedException($"Say here how a query value is read as {type.Name}.");
}
