namespace Adjoint;

/// <summary>How an operation takes part in mixed precision.</summary>
public enum PrecisionClass
{
    /// <summary>In the type of its inputs, F32 where they differ; sums inside are F32 in any case.</summary>
    AsGiven,

    /// <summary>In the low type: products, which take most of the time and whose rounded inputs cost little.</summary>
    Low,

    /// <summary>In F32: where a small difference of large numbers counts, or a result may leave the low type's range.</summary>
    Full,
}

/// <summary>In which types a model computes: a policy around it. The model's parameters stay what they are (F32), and so do their gradients and the optimizer's state.</summary>
/// <remarks>
/// <para>Inside <see cref="Scope"/> the floating-point inputs of an operation are converted as its <see cref="Op.PrecisionClass"/> says; the conversion is recorded, so that gradients come back in
/// the inputs' own types. F64 is left alone. The backward pass needs no scope: it computes in the types of the forward pass.</para>
/// <para>F16 has small numbers down to 6·10⁻⁸ only: train with <see cref="Optim.LossScaler"/>. BF16 has F32's range and needs none. Source: Micikevicius et al. 2018; Kalamkar et al. 2019.</para>
/// </remarks>
/// <example><code>
/// using (Precision.Bfloat16Mixed.Scope()) loss = model.Call(x).CrossEntropy(labels);
/// loss.Backward();
/// </code></example>
[PyTorch("torch.autocast", "torch.amp.autocast", Differs = "`using (Precision.Bfloat16Mixed.Scope()) { … }`. Which operations run low is said by each of them: `op.PrecisionClass`.")]
public sealed class Precision
{
    [ThreadStatic]
    internal static Precision? Current;

    Precision(string name, DType? low) => (Name, Low) = (name, low);

    /// <summary>Everything as it is given; inside another precision's scope, as if there were none.</summary>
    public static Precision Float32 { get; } = new("float32", null);

    /// <summary>Products in BF16: half the memory for what is saved, eight bits of precision.</summary>
    public static Precision Bfloat16Mixed { get; } = new("bfloat16-mixed", DType.BF16);

    /// <summary>Products in F16: half the memory, eleven bits of precision, and a range that asks for loss scaling.</summary>
    public static Precision Float16Mixed { get; } = new("float16-mixed", DType.F16);

    /// <summary>What it is called: <c>bfloat16-mixed</c>.</summary>
    public string Name { get; }

    /// <summary>The type of products; null where nothing is converted.</summary>
    public DType? Low { get; }

    /// <summary>Computes this way on this thread, until the result is disposed.</summary>
    public PrecisionScope Scope() => new(Low is null ? null : this);

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>An operation as this policy wants it, with its inputs.</summary>
    internal Op Convert(Op op, ref ReadOnlySpan<Tensor> inputs)
    {
        DType low = Low!.Value;
        if (op.PrecisionClass == PrecisionClass.AsGiven) return inputs.Length > 0 && inputs[0].DType == DType.F32 ? op.InPrecision(low) : op;
        DType wanted = op.PrecisionClass == PrecisionClass.Low ? low : DType.F32;
        bool differs = false;
        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i].DType == DType.F64 && !inputs[i].IsConstant) return op;
            differs |= !op.KeepsType(i, low) && IsOther(inputs[i], wanted);
        }

        if (differs)
        {
            Tensor[] converted = inputs.ToArray();
            for (int i = 0; i < converted.Length; i++) if (!op.KeepsType(i, low) && IsOther(converted[i], wanted)) converted[i] = converted[i].To(wanted);
            inputs = converted;
        }

        return op.InPrecision(low);
    }

    static bool IsOther(Tensor input, DType wanted) => input.DType != wanted && input.DType is (DType.F32 or DType.BF16 or DType.F16) && !input.IsConstant;
}

/// <summary>Ends with its disposal what <see cref="Precision.Scope"/> began.</summary>
public readonly struct PrecisionScope : IDisposable
{
    readonly Precision? _before;
    readonly int _thread;       // 0 is no thread: default has changed nothing

    internal PrecisionScope(Precision? precision)
    {
        (_before, _thread) = (Precision.Current, Environment.CurrentManagedThreadId);
        Precision.Current = precision;
    }

    /// <summary>Restores what was before.</summary>
    /// <exception cref="InvalidOperationException">This is not the thread on which it began.</exception>
    public void Dispose()
    {
        if (_thread == 0) return;
        if (_thread != Environment.CurrentManagedThreadId) throw new InvalidOperationException($"precision: it is chosen for one thread, but it was chosen on thread {_thread} and is given back on thread {Environment.CurrentManagedThreadId}. Hint: do not await inside it.");
        Precision.Current = _before;
    }
}
