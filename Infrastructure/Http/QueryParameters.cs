using System.Globalization;
using Microsoft.AspNetCore.Http.Metadata;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Infrastructure.Http;

/// <summary>
/// Refuses a query value that is not of the type that the endpoint takes, and names it; an empty one is not of any
/// type. The framework would say a bare 400, and take an empty value for none.
/// </summary>
public static class QueryParameters
{
    public static IApplicationBuilder UseQueryParameters(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        foreach (var parameter in http.GetEndpoint()?.Metadata.GetOrderedMetadata<IParameterBindingMetadata>() ?? [])
        {
            if (parameter.HasTryParse && http.Request.Query.TryGetValue(parameter.Name, out var given)
                && Complaint(parameter.ParameterInfo.ParameterType, given) is { } complaint)
            {
                return Surface.Of(http.Request).WriteErrorAsync(http, Fault.Parameter(parameter.Name, complaint));
            }
        }

        return next(http);
    });

    private static string? Complaint(Type type, string? given) =>
        type == typeof(int?)
            ? int.TryParse(given, NumberStyles.Integer, CultureInfo.InvariantCulture, out _)
                ? null
                : "must be a whole number."
        : type == typeof(bool?) ? bool.TryParse(given, out _) ? null : "must be true or false."
        : throw new NotSupportedException($"Say here how a query value is read as {type.Name}.");
}
