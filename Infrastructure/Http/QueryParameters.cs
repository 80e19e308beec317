using System.Globalization;
using Microsoft.AspNetCore.Http.Metadata;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Infrastructure.Http;

/// <summary>
/// Rejects a query value that is not of the endpoint's parameter type, or empty, with <c>invalid_parameter</c>. The
/// framework would answer 400 without a body, and treat an empty value as absent.
/// </summary>
public static class QueryParameters
{
    public static IApplicationBuilder UseQueryParameters(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        foreach (var parameter in http.GetEndpoint()?.Metadata.GetOrderedMetadata<IParameterBindingMetadata>() ?? [])
        {
            if (parameter.HasTryParse && http.Request.Query.TryGetValue(parameter.Name, out var given)
                && ErrorOf(parameter.ParameterInfo.ParameterType, given) is { } error)
            {
                return Surface.Of(http.Request).WriteErrorAsync(http, Fault.Parameter(parameter.Name, error));
            }
        }

        return next(http);
    });

    private static string? ErrorOf(Type type, string? given) =>
        type == typeof(int?)
            ? int.TryParse(given, NumberStyles.Integer, CultureInfo.InvariantCulture, out _)
                ? null
                : "must be a whole number."
        : type == typeof(bool?) ? bool.TryParse(given, out _) ? null : "must be true or false."
        : throw new NotSupportedException($"Say here how a query value is read as {type.Name}.");
}
