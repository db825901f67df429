using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Formulas;

/// <summary>Writes a formula's loop in intermediate language, for the just-in-time compiler to inline and allocate registers.</summary>
/// <remarks>
/// <code>
/// broadcast the constants and the one-element inputs;
/// for (offset = 0; offset &lt;= limit; offset += step)     // first 2 or 4 registers a turn where the formula is cheap, then 1
///     outputs[offset] = formula(inputs[offset], …);        // all loads of a register precede its stores
/// </code>
/// A value used once stays on the evaluation stack, one used several times gets a local.
/// </remarks>
[RequiresDynamicCode("Compiles at run time; without dynamic code BlockInterpreter takes its place.")]
internal sealed unsafe class KernelCompiler
{
    /// <summary>Formulas up to this cost are unrolled: four registers a turn up to a third of it, two above.</summary>
    const int CheapCost = 24;

    readonly ILGenerator _il;
    readonly Instructions _processor;
    readonly Term[] _roots;
    readonly List<Term> _order;
    readonly int _inputs;
    readonly uint _scalars;
    readonly MethodInfo _store;
    readonly Dictionary<Term, int> _uses = [];
    readonly Dictionary<Term, LocalBuilder> _fixed = [];
    LocalBuilder[] _pointers = [];
    LocalBuilder _offset = null!;

    KernelCompiler(ILGenerator il, Instructions processor, Term[] roots, int inputs, uint scalars, bool past)
    {
        (_il, _processor, _roots, _inputs, _scalars, _store) = (il, processor, roots, inputs, scalars, past ? processor.Stream : processor.Store);
        _order = Term.Ordered(roots);
        foreach (Term t in roots.Concat(_order.SelectMany(t => t.Arguments))) _uses[t] = _uses.GetValueOrDefault(t) + 1;
    }

    /// <summary>The loop; <paramref name="past"/> the caches it writes to aligned outputs only.</summary>
    public static ElementwiseKernel Compile<V, T>(Term[] roots, int inputs, uint scalars, bool past) where V : struct, ILanes<V, T>
    {
        // A loop compiled before the lane functions' tables are there would ask for them in every turn.
        RuntimeHelpers.RunClassConstructor(typeof(LaneMath).TypeHandle);
        var method = new DynamicMethod("formula", typeof(void), [typeof(nint), typeof(nint)], typeof(KernelCompiler).Module, skipVisibility: true);
        new KernelCompiler(method.GetILGenerator(), Instructions.For<V, T>(), roots, inputs, scalars, past).Emit<V, T>();
        return method.CreateDelegate<ElementwiseKernel>();
    }

    void Emit<V, T>() where V : struct, ILanes<V, T>
    {
        EmitPointers();
        EmitFixed<V, T>();
        _offset = _il.DeclareLocal(typeof(nint));
        LocalBuilder limit = _il.DeclareLocal(typeof(nint));
        int cost = _order.Sum(t => t.Function?.Cost ?? 0);
        int unroll = cost <= CheapCost / 3 ? 4 : cost <= CheapCost ? 2 : 1;
        if (unroll > 1) EmitLoop<V, T>(limit, unroll);
        EmitLoop<V, T>(limit, 1);
        _il.Emit(OpCodes.Ret);
    }

    void EmitPointers()
    {
        _pointers = new LocalBuilder[_inputs + _roots.Length];
        for (int i = 0; i < _pointers.Length; i++)
        {
            if (i < _inputs && !_uses.ContainsKey(Term.Input(i))) continue;
            _pointers[i] = _il.DeclareLocal(typeof(nint));
            _il.Emit(OpCodes.Ldarg_0);
            _il.Emit(OpCodes.Ldc_I4, i * sizeof(nint));
            _il.Emit(OpCodes.Add);
            _il.Emit(OpCodes.Ldind_I);
            _il.Emit(OpCodes.Stloc, _pointers[i]);
        }
    }

    void EmitFixed<V, T>() where V : struct, ILanes<V, T>
    {
        foreach (Term t in _order)
        {
            if (t.IsConstant) EmitConstant<T>(t.Value);
            else if (IsScalar(t))
            {
                _il.Emit(OpCodes.Ldloc, _pointers[t.Index]);
                _il.Emit(OpCodes.Ldobj, typeof(T));
            }
            else continue;
            LocalBuilder value = _il.DeclareLocal(_processor.Register);
            _il.Emit(OpCodes.Call, _processor.All);
            _il.Emit(OpCodes.Stloc, value);
            _fixed[t] = value;
        }
    }

    bool IsScalar(Term t) => t.IsInput && (_scalars >> t.Index & 1) != 0;

    void EmitConstant<T>(double value)
    {
        if (typeof(T) == typeof(float)) _il.Emit(OpCodes.Ldc_R4, (float)value);
        else if (typeof(T) == typeof(double)) _il.Emit(OpCodes.Ldc_R8, value);
        else _il.Emit(OpCodes.Ldc_I8, (long)value);
    }

    void EmitLoop<V, T>(LocalBuilder limit, int unroll) where V : struct, ILanes<V, T>
    {
        int step = unroll * sizeof(V);
        Label top = _il.DefineLabel(), test = _il.DefineLabel();
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Ldc_I4, sizeof(T));
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Mul);
        _il.Emit(OpCodes.Ldc_I4, step);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Sub);
        _il.Emit(OpCodes.Stloc, limit);
        _il.Emit(OpCodes.Br, test);
        _il.MarkLabel(top);
        for (int i = 0; i < unroll; i++) EmitBody<V, T>(i * sizeof(V));
        _il.Emit(OpCodes.Ldloc, _offset);
        _il.Emit(OpCodes.Ldc_I4, step);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, _offset);
        _il.MarkLabel(test);
        _il.Emit(OpCodes.Ldloc, _offset);
        _il.Emit(OpCodes.Ldloc, limit);
        _il.Emit(OpCodes.Ble, top);
    }

    void EmitBody<V, T>(int displacement) where V : struct, ILanes<V, T>
    {
        var done = new Dictionary<Term, LocalBuilder>(_fixed);

        var results = new LocalBuilder[_roots.Length];
        for (int k = 0; k < results.Length; k++)
        {
            Push(_roots[k]);
            results[k] = _il.DeclareLocal(_processor.Register);
            _il.Emit(OpCodes.Stloc, results[k]);
        }

        for (int k = 0; k < results.Length; k++)
        {
            _il.Emit(OpCodes.Ldloc, results[k]);
            Address(_inputs + k);
            _il.Emit(OpCodes.Call, _store);
        }

        void Push(Term t)
        {
            if (done.TryGetValue(t, out LocalBuilder? known))
            {
                _il.Emit(OpCodes.Ldloc, known);
                return;
            }

            if (t.IsInput)
            {
                Address(t.Index);
                _il.Emit(OpCodes.Call, _processor.Load);
            }
            else
            {
                MethodInfo? direct = _processor.Direct(t.Function!);
                foreach (Term a in t.Arguments)
                {
                    Push(a);
                    if (direct is null && _processor.Wrap is { } wrap) _il.Emit(OpCodes.Call, wrap);
                }

                _il.Emit(OpCodes.Call, direct ?? t.Function!.Method<V, T>());
                if (direct is null && _processor.Unwrap is { } unwrap) _il.Emit(OpCodes.Call, unwrap);
            }

            if (_uses[t] == 1) return;
            LocalBuilder value = _il.DeclareLocal(_processor.Register);
            _il.Emit(OpCodes.Dup);
            _il.Emit(OpCodes.Stloc, value);
            done[t] = value;
        }

        void Address(int operand)
        {
            _il.Emit(OpCodes.Ldloc, _pointers[operand]);
            _il.Emit(OpCodes.Ldloc, _offset);
            _il.Emit(OpCodes.Add);
            if (displacement == 0) return;
            _il.Emit(OpCodes.Ldc_I4, displacement);
            _il.Emit(OpCodes.Conv_I);
            _il.Emit(OpCodes.Add);
        }
    }
}
