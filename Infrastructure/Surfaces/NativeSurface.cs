using System.Text.Json;

namespace WorkspaceService.Infrastructure.Surfaces;

/// <summary>
/// The native surface, <c>/v1/…</c>: <c>{"data": …}</c> envelopes and RFC 9457 problems with a stable <c>code</c>.
/// </summary>
public sealed class NativeSurface : Surface
{
    public override bool Claims(PathString path) => true;

    public override IResult Refuse(Fault fault) => new Problem(fault);

    private sealed class Problem(Fault fault) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var said = await WordAsync(fault, httpContext);
            var status = StatusOf(said.Kind);
            var response = httpContext.Response;
            response.StatusCode = status;
            response.ContentType = "application/problem+json";

            // The body is an object built member by member: the standard members first, then what belongs to the code.
            var body = new Dictionary<string, object?>
            {
                ["type"] = $"https://example.com/problems/{said.Code.Replace('_', '-')}",
                ["title"] = Title(said.Code),
                ["status"] = status,
                ["detail"] = said.Message,
                ["code"] = said.Code,
                ["request_id"] = httpContext.TraceIdentifier,
            };
            foreach (var (name, value) in said.Details)
            {
                body[name] = value;
            }

            if (said.Errors.Count > 0)
            {
                body["errors"] = said.Errors;
            }

            if (!HttpMethods.IsHead(httpContext.Request.Method))
            {
                await JsonSerializer.SerializeAsync(response.Body, body, Wire.Strict, httpContext.RequestAborted);
            }
        }

        private static string Title(string code) => char.ToUpperInvariant(code[0]) + code[1..].Replace('_', ' ') + ".";
    }
}
