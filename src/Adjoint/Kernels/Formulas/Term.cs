namespace Adjoint.Kernels.Formulas;

/// <summary>One node of a formula: an input, a constant, or a function applied to terms. Immutable, equal by structure.</summary>
/// <remarks>
/// Terms are shared: building the same term twice gives the same object as long as the table below remembers it, so common
/// subexpressions are found by asking for equality, and comparing rarely has to descend. Conditions are terms too, but
/// appear only as arguments of <see cref="Functions.Select"/>, <see cref="Functions.And"/>, <see cref="Functions.Or"/> and
/// <see cref="Functions.Not"/>.
/// </remarks>
internal sealed class Term : IEquatable<Term>
{
    /// <summary>A program that keeps making new constants must not fill memory: when full, sharing starts over, equality still holds.</summary>
    const int Remembered = 1 << 16;

    static readonly System.Collections.Concurrent.ConcurrentDictionary<Term, Term> Known = new();
    static int KnownCount;

    readonly int _hash;

    Term(Function? function, Term[] arguments, double value, int index)
    {
        (Function, Arguments, Value, Index) = (function, arguments, value, index);
        var hash = new HashCode();
        hash.Add(function);
        hash.Add(BitConverter.DoubleToInt64Bits(value));
        hash.Add(index);
        foreach (Term a in arguments) hash.Add(a._hash);
        _hash = hash.ToHashCode();
    }

    /// <summary>The function applied, or null for inputs and constants.</summary>
    public Function? Function { get; }

    public Term[] Arguments { get; }

    /// <summary>The value of a constant.</summary>
    public double Value { get; }

    /// <summary>The number of an input, −1 for everything else.</summary>
    public int Index { get; }

    public bool IsInput => Index >= 0;

    public bool IsConstant => Index < 0 && Function is null;

    public bool Is(double value) => IsConstant && Value == value;

    public static Term Input(int index) => Share(new(null, [], 0, index));

    public static Term Constant(double value) => Share(new(null, [], value, -1));

    /// <summary>The term as it stands; <see cref="Algebra.Apply"/> simplifies first.</summary>
    public static Term Of(Function function, params Term[] arguments) => Share(new(function, arguments, 0, -1));

    static Term Share(Term term)
    {
        Term known = Known.GetOrAdd(term, term);
        if (ReferenceEquals(known, term) && Interlocked.Increment(ref KnownCount) > Remembered)
        {
            Known.Clear();
            KnownCount = 0;
        }

        return known;
    }

    public bool Equals(Term? other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (other is null || _hash != other._hash || Index != other.Index || !Equals(Function, other.Function)) return false;
        return BitConverter.DoubleToInt64Bits(Value) == BitConverter.DoubleToInt64Bits(other.Value)
            && Arguments.AsSpan().SequenceEqual(other.Arguments);
    }

    public override bool Equals(object? obj) => Equals(obj as Term);

    public override int GetHashCode() => _hash;

    /// <summary>All terms that <paramref name="roots"/> need, arguments before their users.</summary>
    public static List<Term> Ordered(IEnumerable<Term> roots)
    {
        var order = new List<Term>();
        var seen = new HashSet<Term>();
        foreach (Term root in roots) Visit(root);
        return order;

        void Visit(Term term)
        {
            if (!seen.Add(term)) return;
            foreach (Term a in term.Arguments) Visit(a);
            order.Add(term);
        }
    }

    /// <summary>The same term with other terms in place of its inputs, simplified again.</summary>
    public Term With(params Term[] inputs) => Rewrite(t => t.IsInput ? inputs[t.Index] : null, []);

    /// <summary>Replaces every subterm for which <paramref name="change"/> gives something, outermost first, and simplifies what is above it.</summary>
    public Term Rewrite(Func<Term, Term?> change, Dictionary<Term, Term> done)
    {
        if (done.TryGetValue(this, out Term? known)) return known;
        Term result = change(this) ?? (Function is null ? this
            : Algebra.Apply(Function, Array.ConvertAll(Arguments, a => a.Rewrite(change, done))));
        done[this] = result;
        return result;
    }
}
