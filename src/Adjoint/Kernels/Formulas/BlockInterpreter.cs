using System.Runtime.CompilerServices;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Formulas;

/// <summary>A formula's loop where nothing can be compiled at run time: function after function over blocks that stay in the first cache.</summary>
internal sealed unsafe class BlockInterpreter<V, T> where V : struct, ILanes<V, T>
{
    const int BlockLength = 256;

    readonly record struct Step(Function Function, int Result, int[] Arguments);

    /// <summary>A value is a place: an operand (its number), or a scratch block (numbered after all operands).</summary>
    readonly Step[] _steps;

    readonly (int Place, T Value)[] _constants;
    readonly (int Place, int Input)[] _scalars;
    readonly (int Place, int Input)[] _held;
    readonly (int Place, int Output)[] _results;
    readonly int _operands, _places;

    public BlockInterpreter(Term[] roots, int inputs, uint scalars)
    {
        _operands = inputs + roots.Length;
        int next = _operands;
        var places = new Dictionary<Term, int>();
        var steps = new List<Step>();
        var constants = new List<(int, T)>();
        var broadcast = new List<(int, int)>();
        List<Term> order = Term.Ordered(roots);

        // A block is free again after the last step that reads it.
        var last = new Dictionary<Term, int>();
        for (int i = 0; i < order.Count; i++)
            foreach (Term a in order[i].Arguments) last[a] = i;
        foreach (Term r in roots) last[r] = int.MaxValue;
        var free = new Stack<int>();

        for (int i = 0; i < order.Count; i++)
        {
            Term t = order[i];
            if (t.IsInput && (scalars >> t.Index & 1) == 0) places[t] = t.Index;
            else if (t.IsInput) broadcast.Add((places[t] = next++, t.Index));
            else if (t.IsConstant) constants.Add((places[t] = next++, Constant(t.Value)));
            else
            {
                foreach (Term a in t.Arguments.Distinct())
                    if (last[a] == i && a.Function is not null) free.Push(places[a]);
                places[t] = free.Count > 0 ? free.Pop() : next++;
                steps.Add(new(t.Function!, places[t], Array.ConvertAll(t.Arguments, a => places[a])));
            }
        }

        (_steps, _constants, _scalars) = ([.. steps], [.. constants], [.. broadcast]);
        // An input that is a result as it stands is set aside first: another output may overwrite its memory.
        var held = new List<(int, int)>();
        foreach (Term r in roots)
            if (r.IsInput && places[r] == r.Index) held.Add((places[r] = next++, r.Index));
        (_held, _places) = ([.. held], next);
        _results = [.. roots.Select((r, k) => (places[r], inputs + k))];
    }

    static T Constant(double value)
    {
        if (typeof(T) == typeof(float)) return Unsafe.BitCast<float, T>((float)value);
        return typeof(T) == typeof(double) ? Unsafe.BitCast<double, T>(value) : Unsafe.BitCast<long, T>((long)value);
    }

    [SkipLocalsInit]
    public void Run(nint operands, nint count)
    {
        var given = (T**)operands;
        byte* scratchBytes = stackalloc byte[(_places - _operands) * BlockLength * sizeof(T)];
        T* scratch = (T*)scratchBytes;
        T** places = stackalloc T*[_places];
        for (int i = _operands; i < _places; i++) places[i] = scratch + (i - _operands) * BlockLength;
        foreach ((int place, T value) in _constants) new Span<T>(places[place], BlockLength).Fill(value);
        foreach ((int place, int input) in _scalars) new Span<T>(places[place], BlockLength).Fill(*given[input]);

        T** arguments = stackalloc T*[3];
        for (nint start = 0; start < count; start += BlockLength)
        {
            nint length = Math.Min(BlockLength, count - start);
            for (int i = 0; i < _operands; i++) places[i] = given[i] + start;
            foreach ((int place, int input) in _held)
                Unsafe.CopyBlockUnaligned(places[place], places[input], (uint)(length * sizeof(T)));
            foreach (Step step in _steps)
            {
                for (int a = 0; a < step.Arguments.Length; a++) arguments[a] = places[step.Arguments[a]];
                step.Function.Block<V, T>(arguments, places[step.Result], length);
            }

            // Outputs are written last: they may be the memory of inputs.
            foreach ((int place, int output) in _results)
                Unsafe.CopyBlockUnaligned(places[output], places[place], (uint)(length * sizeof(T)));
        }
    }
}
