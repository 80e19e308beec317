namespace WorkspaceService.Infrastructure.Contracts;

/// <summary>An answer, or a part of one, that may hold a secret which is shown this once.</summary>
public interface IHoldsSecret
{
    bool HoldsSecret { get; }

    /// <summary>True where an answer is one, or a list of some, that holds a secret.</summary>
    static bool IsTrueOf(object? answer) => answer switch
    {
        IHoldsSecret one => one.HoldsSecret,
        IEnumerable<IHoldsSecret> many => many.Any(one => one.HoldsSecret),
        _ => false,
    };
}
