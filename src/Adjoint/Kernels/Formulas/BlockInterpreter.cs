using System.Runtime.CompilerServices;

namespace Adjoint.Kernels.Formulas;

/// <summary>A formula's loop that needs no compiler: function after function over blocks that stay in the first cache.</summary>
internal sealed unsafe class BlockInterpreter<T>
{
    const int BlockLength = 256;

    sealed record Step(Function Function, int Result, int[] Arguments);

    sealed record Constant(int Place, T Value);

    /// <summary>An operand and the place that its value, or the value for it, has.</summary>
    sealed record Bound(int Place, int Operand);

    /// <summary>A value is a place: an operand (its number), or a scratch block (numbered after all operands).</summary>
    readonly Step[] _steps;

    readonly Constant[] _constants;
    readonly Bound[] _scalars, _held, _results;
    readonly int _operands, _places;

    public BlockInterpreter(Term[] roots, int inputs, uint scalars)
    {
        _operands = inputs + roots.Length;
        int next = _operands;
        var places = new Dictionary<Term, int>();
        var steps = new List<Step>();
        var constants = new List<Constant>();
        var broadcast = new List<Bound>();
        List<Term> order = Term.Ordered(roots);

        // A block is free again after the last step that reads it.
        var last = new Dictionary<Term, int>();
        for (int i = 0; i < order.Count; i++)
            foreach (Term a in order[i].Arguments) last[a] = i;
        foreach (Term r in roots) last[r] = int.MaxValue;
        var free = new List<int>();

        for (int i = 0; i < order.Count; i++)
        {
            Term t = order[i];
            if (t.IsInput && (scalars >> t.Index & 1) == 0) places[t] = t.Index;
            else if (t.IsInput) broadcast.Add(new(places[t] = next++, t.Index));
            else if (t.IsConstant) constants.Add(new(places[t] = next++, Of(t.Value)));
            else
            {
                for (int k = 0; k < t.Arguments.Length; k++)
                {
                    Term a = t.Arguments[k];
                    if (last[a] == i && a.Function is not null && Array.IndexOf(t.Arguments, a) == k) free.Add(places[a]);
                }

                if (free.Count == 0) places[t] = next++;
                else
                {
                    places[t] = free[^1];
                    free.RemoveAt(free.Count - 1);
                }

                steps.Add(new(t.Function!, places[t], Array.ConvertAll(t.Arguments, a => places[a])));
            }
        }

        (_steps, _constants, _scalars) = ([.. steps], [.. constants], [.. broadcast]);
        // An input that is a result as it stands is set aside first: another output may overwrite its memory.
        var held = new List<Bound>();
        foreach (Term r in roots)
            if (r.IsInput && places[r] == r.Index) held.Add(new(places[r] = next++, r.Index));
        (_held, _places) = ([.. held], next);
        _results = new Bound[roots.Length];
        for (int k = 0; k < roots.Length; k++) _results[k] = new(places[roots[k]], inputs + k);
    }

    static T Of(double value)
    {
        if (typeof(T) == typeof(float)) return Unsafe.BitCast<float, T>((float)value);
        return typeof(T) == typeof(double) ? Unsafe.BitCast<double, T>(value) : Unsafe.BitCast<long, T>((long)value);
    }

    [SkipLocalsInit]
    public void Run(nint operands, nint count)
    {
        var given = (T**)operands;
        byte* scratch = stackalloc byte[(_places - _operands) * BlockLength * sizeof(T)];
        T** places = stackalloc T*[_places];
        for (int i = _operands; i < _places; i++) places[i] = (T*)scratch + (i - _operands) * BlockLength;
        nint most = Math.Min(BlockLength, count);
        foreach (Constant constant in _constants) Fill(places[constant.Place], constant.Value, most);
        foreach (Bound scalar in _scalars) Fill(places[scalar.Place], *given[scalar.Operand], most);

        T** arguments = stackalloc T*[3];
        for (nint start = 0; start < count; start += BlockLength)
        {
            nint length = Math.Min(BlockLength, count - start);
            for (int i = 0; i < _operands; i++) places[i] = given[i] + start;
            foreach (Bound held in _held)
                Unsafe.CopyBlockUnaligned(places[held.Place], places[held.Operand], (uint)(length * sizeof(T)));
            foreach (Step step in _steps)
            {
                for (int a = 0; a < step.Arguments.Length; a++) arguments[a] = places[step.Arguments[a]];
                Apply(step.Function, arguments, places[step.Result], length);
            }

            // Outputs are written last: they may be the memory of inputs.
            foreach (Bound result in _results)
                Unsafe.CopyBlockUnaligned(places[result.Operand], places[result.Place], (uint)(length * sizeof(T)));
        }
    }

    static void Fill(T* block, T value, nint count)
    {
        for (nint i = 0; i < count; i++) block[i] = value;
    }

    static void Apply(Function function, T** arguments, T* result, nint count)
    {
        if (typeof(T) == typeof(float)) function.Block((float**)arguments, (float*)result, count);
        else if (typeof(T) == typeof(double)) function.Block((double**)arguments, (double*)result, count);
        else function.Block((long**)arguments, (long*)result, count);
    }
}
