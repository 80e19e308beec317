namespace WorkspaceService.Infrastructure.Surfaces.Console;

/// <summary>
/// Where the reader's browser reaches the service, such as <c>https://workspaces.example.com</c>, for links that are
/// given to other people.
/// </summary>
public readonly record struct ServiceOrigin(string Text)
{
    /// <summary>For pages without such links.</summary>
    public static readonly ServiceOrigin None = new("");

    public static ValueTask<ServiceOrigin> BindAsync(HttpContext http)
    {
        var scheme = http.Request.Headers["X-Forwarded-Proto"] == "https" ? "https" : http.Request.Scheme;
        return ValueTask.FromResult(new ServiceOrigin($"{scheme}://{http.Request.Host}"));
    }

    public override string ToString() => Text;
}
