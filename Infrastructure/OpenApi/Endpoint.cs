using System.Text.Json.Nodes;
using Carter;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Infrastructure.OpenApi;

/// <summary>Shows the OpenAPI document of the running service.</summary>
internal sealed class Endpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/openapi/v1.json", Get)
            .AllowAnonymous().WithName("GetOpenApiDocument").WithTags("Operation").WithSummary("Get this document")
            .Produces<JsonObject>().WithMetadata(new AnswerHeaders(["ETag"]));

    private static async Task<IResult> Get(OpenApiText text, HttpContext http, CancellationToken ct)
    {
        var (json, tag) = await text.ReadAsync(ct);
        http.Response.Headers.ETag = tag.ToString();
        http.Response.Headers.CacheControl = "no-cache"; // cacheable with revalidation
        return Precondition.Names(http.Request.Headers.IfNoneMatch, tag)
            ? Results.StatusCode(StatusCodes.Status304NotModified)
            : Results.Bytes(json, "application/json; charset=utf-8");
    }
}
