using System.Reflection;

namespace WorkspaceService.Infrastructure.Hosting;

/// <summary>One way into a slice over HTTP. Found by reflection; construct with no arguments.</summary>
public interface IEndpoint
{
    void AddRoutes(IEndpointRouteBuilder app);
}

public static class Endpoints
{
    public static void MapEndpoints(this IEndpointRouteBuilder app)
    {
        foreach (var type in Assembly.GetExecutingAssembly().DefinedTypes.Where(t => t is { IsClass: true, IsAbstract: false } && t.IsAssignableTo(typeof(IEndpoint))))
        {
            ((IEndpoint)Activator.CreateInstance(type, nonPublic: true)!).AddRoutes(app);
        }
    }
}
