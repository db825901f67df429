using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>
/// An operation: a record of its settings that knows the shape of its result, how to compute it, and how to differentiate it.
/// </summary>
/// <remarks>
/// <para><see cref="Infer"/> says what comes out, without data. <see cref="Run"/> computes into outputs that the caller
/// allocated. <see cref="Vjp"/> gives the gradient of one input, written in operations, so that it can be differentiated again.</para>
/// <para>Broadcasting is undone by the engine: a gradient may have the broadcast shape, and any floating-point type.</para>
/// </remarks>
public abstract partial record Op
{
    /// <summary>What messages and listings call the operation.</summary>
    public virtual string Name => Names.Snake(GetType().Name);

    /// <summary>The number of outputs, hidden ones included.</summary>
    public virtual int OutputCount => 1;

    /// <summary>How many of the last outputs exist only for the backward pass and are not given to the caller.</summary>
    public virtual int HiddenOutputs => 0;

    /// <summary>Checks the inputs and says the shape and type of each output; reads no data.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">The element types do not fit.</exception>
    protected internal abstract void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs);

    /// <summary>Computes the outputs, which are contiguous, uninitialised and of the inferred shapes.</summary>
    protected internal abstract void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs);

    /// <summary>The values that <see cref="Vjp"/> reads for the gradient of this input; only they are kept.</summary>
    protected internal virtual Saves Needs(int input) => Saves.Nothing;

    /// <summary>The gradient of one input (a vector-Jacobian product), or null where there is none.</summary>
    protected internal abstract Tensor? Vjp(Cotangents dy, int input);

    /// <summary>The gradients of all inputs that <see cref="Cotangents.IsNeeded"/>; override where one pass finds several.</summary>
    protected internal virtual void VjpAll(Cotangents dy, Span<Tensor?> dx)
    {
        for (int i = 0; i < dx.Length; i++) if (dy.IsNeeded(i)) dx[i] = Vjp(dy, i);
    }

    /// <summary>How the operation takes part in mixed precision (<see cref="Precision"/>).</summary>
    public virtual PrecisionClass PrecisionClass => PrecisionClass.AsGiven;

    /// <summary>The operation whose result is of mixed precision's low type, where that has to be said because not all inputs are. One that computes as given is asked where its first input is F32.</summary>
    internal virtual Op InPrecision(DType low) => this;

    /// <summary>Whether mixed precision leaves an input's type alone: a parameter that the kernel reads in any type.</summary>
    internal virtual bool KeepsType(int input, DType low) => false;

    /// <summary>Whether infinities in the result of finite inputs are meant, because a setting is one: a mask that is filled with −∞. <see cref="NanGuard"/> lets them pass.</summary>
    public virtual bool MakesInfinities => false;

    /// <summary>What the operation means: the outputs (hidden ones may be left out) in plain, slow double arithmetic.</summary>
    public virtual Plain[] Reference(Plain[] inputs) =>
        throw new GraphException($"{Name}: an operation that shows samples must say what it means, but it has no Reference.");

    /// <summary>Applies the operation and records it where a gradient is wanted.</summary>
    /// <returns>The first output.</returns>
    public Tensor Apply(params ReadOnlySpan<Tensor> inputs)
    {
        if (OutputCount != 1) return ApplyAll(inputs)[0];
        Tensor output = null!;
        ApplyTo(inputs, new Span<Tensor>(ref output));
        return output;
    }

    /// <summary>Applies the operation and records it where a gradient is wanted.</summary>
    /// <returns>All outputs but the hidden ones.</returns>
    public Tensor[] ApplyAll(params ReadOnlySpan<Tensor> inputs)
    {
        Tensor[] outputs = new Tensor[OutputCount];
        ApplyTo(inputs, outputs);
        return HiddenOutputs == 0 ? outputs : outputs[..^HiddenOutputs];
    }

    /// <summary>An operation prints its name and settings, not what every operation has.</summary>
    protected virtual bool PrintMembers(System.Text.StringBuilder builder) => false;

    /// <summary>Makes the outputs. Views override this, everything else is allocated and run.</summary>
    private protected virtual void Execute(ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs)
    {
        var buffer = default(Specs);
        Span<Spec> specs = outputs.Length <= Specs.Length ? ((Span<Spec>)buffer)[..outputs.Length] : new Spec[outputs.Length];
        Infer(inputs, specs);
        bool shapeOnly = ShapeOnly.IsOn;
        foreach (Tensor input in inputs) shapeOnly |= input.IsShapeOnly;
        for (int i = 0; i < outputs.Length; i++) outputs[i] = shapeOnly ? Tensor.WithoutData(specs[i].Shape, specs[i].DType) : Tensor.Allocate(specs[i].Shape, specs[i].DType);
        if (!shapeOnly) Run(inputs, outputs);
    }

    void ApplyTo(ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs)
    {
        Precision? precision = Precision.Current;
        if (precision is not null && precision.Convert(this, ref inputs) is var wanted && wanted != this)
        {
            wanted.ApplyTo(inputs, outputs);
            return;
        }

        bool record = false;
        MapLevel? mapped = null;
        foreach (Tensor input in inputs)
        {
            ArgumentNullException.ThrowIfNull(input);
            input.MustBeAlive();    // released tensors are refused here, once
            record |= input.RequiresGrad;
            mapped = MapLevel.Inner(mapped, input.Level);
        }

        if (mapped is not null)
        {
            ApplyMapped(mapped, inputs, outputs);
            return;
        }

        bool recording = GradMode.IsRecording;
        OperationObserver? observer = OperationObserver.Current;
        observer?.TellApplying(this, inputs);
        GradMode.IsRecording = false;       // what Run computes with on its way is no part of the graph,
        if (precision is not null) Precision.Current = null;            // nothing that a policy changes,
        if (observer is not null) OperationObserver.Current = null;     // nor an operation of its own
        try { Execute(inputs, outputs); }
        finally
        {
            GradMode.IsRecording = recording;
            if (precision is not null) Precision.Current = precision;
            if (observer is not null) OperationObserver.Current = observer;
        }

        observer?.TellApplied(this, inputs, outputs);

        if (record && recording) Record(inputs, outputs);
        // A tensor that nothing refers to any more could be collected, and its memory reused, while a kernel still reads it.
        foreach (Tensor input in inputs) GC.KeepAlive(input);
    }

    void Record(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        bool differentiable = false;
        foreach (Tensor output in outputs) differentiable |= output.DType.IsFloat;
        if (!differentiable) return;

        Edge[] edges = new Edge[inputs.Length];
        Saves saves = Saves.Nothing;
        RunTrace? trace = RunTrace.Current;
        for (int i = 0; i < edges.Length; i++)
        {
            edges[i] = inputs[i].Edge;
            if (!inputs[i].RequiresGrad) continue;
            saves |= Needs(i);
            trace?.Meet(inputs[i]);
        }

        Spec[] specs = new Spec[outputs.Length];
        for (int i = 0; i < specs.Length; i++) specs[i] = outputs[i].Spec;
        SavedTensor[]? saved = null;        // the first run of a checkpointed function keeps nothing
        if (trace is not { IsFirst: true }) saved = Save(saves, inputs, outputs);
        var node = new Node(this, edges, specs, saved);
        for (int i = 0; i < outputs.Length; i++) if (outputs[i].DType.IsFloat) outputs[i].Connect(node, i);
    }

    static SavedTensor[] Save(Saves saves, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        if (saves.Count == 0) return [];
        SavedTensor[] saved = new SavedTensor[saves.Count];
        int count = 0;
        for (int i = 0; i < inputs.Length; i++) if (saves.HasInput(i)) saved[count++] = new(i, inputs[i]);
        for (int i = 0; i < outputs.Length; i++) if (saves.HasOutput(i)) saved[count++] = new(inputs.Length + i, outputs[i]);
        return saved;
    }

    [InlineArray(Length)]
    struct Specs
    {
        public const int Length = 4;
        Spec _first;
    }
}

/// <summary>An operation whose outputs are other views of its input's memory.</summary>
public abstract record ViewOp : Op
{
    /// <summary>The same view of each item, on a tensor that has the items along its first axis.</summary>
    private protected abstract ViewOp OfItems(long items);

    internal ViewOp OfEach(long items) => OfItems(items);

    /// <inheritdoc/>
    protected internal override Tensor[]? Batch(BatchedInputs x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Apply(OfItems(x.Size));
    }

    private protected sealed override Spec[]? InferItem(ReadOnlySpan<Tensor> inputs) => null;

    /// <summary>The view, made with <see cref="Tensor.ViewAs"/>; checks the arguments.</summary>
    private protected abstract Tensor View(Tensor x);

    /// <summary>One of several views.</summary>
    private protected virtual Tensor View(Tensor x, int output) => View(x);

    /// <inheritdoc/>
    protected internal sealed override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
    {
        for (int i = 0; i < outputs.Length; i++)
        {
            Tensor view = View(inputs[0], i);
            outputs[i] = view.Spec;
            view.Release();
        }
    }

    /// <inheritdoc/>
    protected internal sealed override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs) =>
        throw new GraphException($"{Name}: a view is not computed into another tensor.");

    /// <inheritdoc/>
    protected internal sealed override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => 0;

    /// <summary>0: a view moves nothing.</summary>
    protected internal override long Bytes(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => 0;

    private protected sealed override void Execute(ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs)
    {
        for (int i = 0; i < outputs.Length; i++) outputs[i] = View(inputs[0], i);
    }
}
