using System.Globalization;

namespace WorkspaceService.Infrastructure.Surfaces;

/// <summary>
/// The route constraint <c>:number</c>, an id where ids are integers: digits alone, positive, within 64 bits. It keeps
/// everything else from matching, so an id of another form is an address where there is nothing, whatever the verb.
/// </summary>
public sealed class NumberConstraint : IRouteConstraint
{
    public const string Name = "number";

    public bool Match(
        HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
        long.TryParse(values[routeKey] as string, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0;
}
