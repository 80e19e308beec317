namespace WorkspaceService.Infrastructure.Surfaces;

/// <summary>
/// One wire format: where it is mounted and how it says no. Chosen by path, never by header, so that
/// a failure before routing (an unknown path, unreadable JSON) is still spoken in the right format.
/// </summary>
public abstract class Surface
{
    private static readonly NativeSurface Native = new();

    // The first one that claims the path speaks; the native surface claims whatever is left.
    private static readonly Surface[] All = [Native];

    public static Surface Of(HttpRequest request)
    {
        foreach (var surface in All)
        {
            if (surface.Claims(request.Path))
            {
                return surface;
            }
        }

        return Native;
    }

    /// <summary>True where this surface is mounted at <paramref name="path"/>.</summary>
    public abstract bool Claims(PathString path);

    /// <summary>The answer that words <paramref name="fault"/> as this surface's clients expect it.</summary>
    public abstract IResult Refuse(Fault fault);

    /// <summary>True where a missing thing in the path is said before anything about the body (see <see cref="PathSight"/>).</summary>
    protected static bool JudgesTheRequest(Fault fault) =>
        fault.Kind is FaultKind.Malformed or FaultKind.Invalid or FaultKind.UnsupportedMediaType or FaultKind.TooLarge;
}
