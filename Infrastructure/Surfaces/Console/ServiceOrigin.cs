namespace WorkspaceService.Infrastructure.Surfaces.Console;

/// <summary>
/// Where the reader's browser reaches the service, such as <c>https://workspaces.example.com</c>, for links that are
/// given to other people.
/// </summary>
public readonly record struct ServiceOrigin(string Text)
{
    /// <summary>For pages without such links.</summary>
    public static readonly ServiceOrigin None = new("");

    public static ValueTask<ServiceOrigin> BindAsync(HttpContext http) =>
        ValueTask.FromResult(new ServiceOrigin($"{http.Request.Scheme}://{http.Request.Host}"));

    public override string ToString() => Text;
}
