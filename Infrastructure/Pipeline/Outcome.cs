using System.Diagnostics.CodeAnalysis;

namespace WorkspaceService.Infrastructure.Pipeline;

/// <summary>The result of a use case: its value or one fault.</summary>
public readonly record struct Outcome<T> : IOutcome<Outcome<T>>
{
    private readonly T? _value;
    private readonly Fault? _fault;

    private Outcome(T? value, Fault? fault) => (_value, _fault) = (value, fault);

    Fault? IOutcome<Outcome<T>>.Fault => _fault;

    public static Outcome<T> Failed(Fault fault) => new(default, fault);

    public TResult Match<TResult>(Func<T, TResult> succeeded, Func<Fault, TResult> failed) =>
        _fault is null ? succeeded(_value!) : failed(_fault);

    /// <summary>True with <paramref name="value"/>, or false with <paramref name="fault"/>.</summary>
    public bool Succeeded([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out Fault? fault)
    {
        (value, fault) = (_value, _fault);
        return fault is null;
    }

    /// <summary>Applies <paramref name="next"/> to the value; a fault is passed on.</summary>
    public Outcome<TResult> Then<TResult>(Func<T, Outcome<TResult>> next) =>
        _fault is null ? next(_value!) : Outcome<TResult>.Failed(_fault);

    /// <summary>Both values, or the first fault.</summary>
    public Outcome<(T First, TOther Second)> And<TOther>(Outcome<TOther> other) =>
        Then<(T, TOther)>(first => other.Then<(T, TOther)>(second => (first, second)));

    /// <summary>Drops the value; a fault is passed on.</summary>
    public Outcome<Done> ToDone() => _fault is null ? Done.It : _fault;

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(Fault fault) => Failed(fault);
}

/// <summary>Lets the pipeline create and judge a response of a type that it knows only as a type parameter.</summary>
public interface IOutcome<TSelf> where TSelf : IOutcome<TSelf>
{
    /// <summary>Null where the use case has succeeded.</summary>
    Fault? Fault { get; }

    static abstract TSelf Failed(Fault fault);
}

/// <summary>The value of a use case without a result.</summary>
public readonly record struct Done
{
    public static readonly Done It;
}
