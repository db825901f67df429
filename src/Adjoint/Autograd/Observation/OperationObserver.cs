namespace Adjoint;

/// <summary>Sees every operation of its thread from its creation until it is disposed: applied, differentiated, and what an optimizer changes.</summary>
/// <remarks>
/// <para>For guards (<see cref="NanGuard"/>) and measurements: what happens is only watched, the numbers stay the same. Observers nest; all
/// that are open are told, the newest first. What an operation computes with on its way is part of that operation and not told.</para>
/// <para>Where no observer is open, an operation pays for one look at a field of its thread.</para>
/// </remarks>
public abstract class OperationObserver : IDisposable
{
    [ThreadStatic]
    static OperationObserver? Innermost;

    readonly OperationObserver? _outer;
    bool _ended;

    /// <summary>Begins to observe this thread.</summary>
    protected OperationObserver()
    {
        _outer = Innermost;
        Innermost = this;
    }

    /// <summary>Whether an observer of a kind is open on this thread.</summary>
    private protected static bool IsOpen<T>() where T : OperationObserver
    {
        for (OperationObserver? o = Innermost; o is not null; o = o._outer) if (o is T) return true;
        return false;
    }

    /// <summary>The newest observer of this thread.</summary>
    internal static OperationObserver? Current
    {
        get => Innermost;
        set => Innermost = value;
    }

    /// <summary>The module whose call is running, as messages name it: <c>'Body.2' (Linear)</c>; null outside all modules.</summary>
    public static string? CurrentModule => Scope.CurrentModule;

    /// <summary>Whether operations applied now belong to a backward pass.</summary>
    protected static bool IsDifferentiating => BackwardPass.Differentiating is not null;

    /// <summary>Whether recorded operations remember the line that called them (<see cref="Node.Place"/>); it costs some microseconds each.</summary>
    protected virtual bool RecordsPlaces => false;

    /// <summary>Ends the observation.</summary>
    /// <exception cref="InvalidOperationException">A newer observer is still open, or this one belongs to another thread.</exception>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        if (_ended) return;
        if (Innermost != this) throw new InvalidOperationException($"observer: observers end in the reverse order of their beginning, on the same thread, but {GetType().Name} was ended inside {Innermost?.GetType().Name ?? "none"}.");
        _ended = true;
        Innermost = _outer;
        Ended();
    }

    /// <summary>Nothing more is told.</summary>
    protected virtual void Ended()
    {
    }

    /// <summary>An operation is about to run.</summary>
    protected virtual void Applying(Op op, ReadOnlySpan<Tensor> inputs)
    {
    }

    /// <summary>An operation has run, and is recorded next; the last <see cref="Op.HiddenOutputs"/> are among the outputs.</summary>
    protected virtual void Applied(Op op, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
    }

    /// <summary>An operation was recorded for a backward pass; of one with a result, after <see cref="Applied"/>.</summary>
    protected virtual void Recorded(Node node)
    {
    }

    /// <summary>A module's call begins.</summary>
    /// <param name="module">Its path, or its kind where it is the outermost.</param>
    /// <param name="kind">Its type.</param>
    protected virtual void Calling(string module, Type kind)
    {
    }

    /// <summary>The module's call that began last is over, finished or not.</summary>
    protected virtual void Called()
    {
    }

    /// <summary>A backward pass starts from a result with a gradient.</summary>
    protected virtual void BackwardStarting(Tensor root, Tensor gradient)
    {
    }

    /// <summary>A recorded operation is about to be differentiated.</summary>
    protected virtual void Differentiating(Node node)
    {
    }

    /// <summary>A recorded operation was differentiated.</summary>
    /// <param name="node">The operation; what it saved is still there.</param>
    /// <param name="arrived">The gradients of its outputs; null where none arrived.</param>
    /// <param name="gradients">The gradients of its inputs, of their shapes and types; null where there is none or it is not wanted.</param>
    protected virtual void Differentiated(Node node, ReadOnlySpan<Tensor?> arrived, ReadOnlySpan<Tensor?> gradients)
    {
    }

    /// <summary>A backward pass is over, finished or not; it may have ended before it started from any result.</summary>
    protected virtual void BackwardEnded()
    {
    }

    /// <summary>An optimizer is about to change a parameter.</summary>
    protected virtual void Updating(ParameterUpdate update)
    {
    }

    /// <summary>An optimizer has changed a parameter.</summary>
    protected virtual void Updated(ParameterUpdate update)
    {
    }

    /// <summary>A step of an optimizer is over, finished or not.</summary>
    protected virtual void StepEnded()
    {
    }

    internal void TellApplying(Op op, ReadOnlySpan<Tensor> inputs)
    {
        for (OperationObserver? o = this; o is not null; o = o._outer) o.Applying(op, inputs);
    }

    internal void TellApplied(Op op, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        for (OperationObserver? o = this; o is not null; o = o._outer) o.Applied(op, inputs, outputs);
    }

    internal void TellRecorded(Node node)
    {
        for (OperationObserver? o = this; o is not null; o = o._outer) o.Recorded(node);
    }

    internal void TellCalling(string module, Type kind)
    {
        for (OperationObserver? o = this; o is not null; o = o._outer) o.Calling(module, kind);
    }

    internal void TellCalled()
    {
        for (OperationObserver? o = this; o is not null; o = o._outer) o.Called();
    }

    internal void TellBackwardStarting(Tensor root, Tensor gradient)
    {
        for (OperationObserver? o = this; o is not null; o = o._outer) o.BackwardStarting(root, gradient);
    }

    internal void TellBackwardEnded()
    {
        for (OperationObserver? o = this; o is not null; o = o._outer) o.BackwardEnded();
    }

    internal void TellDifferentiating(Node node)
    {
        for (OperationObserver? o = this; o is not null; o = o._outer) o.Differentiating(node);
    }

    internal void TellDifferentiated(Node node, ReadOnlySpan<Tensor?> arrived, ReadOnlySpan<Tensor?> gradients)
    {
        for (OperationObserver? o = this; o is not null; o = o._outer) o.Differentiated(node, arrived, gradients);
    }

    internal void TellUpdating(ParameterUpdate update)
    {
        for (OperationObserver? o = this; o is not null; o = o._outer) o.Updating(update);
    }

    internal void TellUpdated(ParameterUpdate update)
    {
        for (OperationObserver? o = this; o is not null; o = o._outer) o.Updated(update);
    }

    internal void TellStepEnded()
    {
        for (OperationObserver? o = this; o is not null; o = o._outer) o.StepEnded();
    }

    /// <summary>Where a newly recorded operation was called, if any observer asks for it; inside a backward pass, where the operation being differentiated was.</summary>
    internal CallPlace? PlaceOfCall()
    {
        if (BackwardPass.Differentiating is { Place: { } place }) return place;
        for (OperationObserver? o = this; o is not null; o = o._outer) if (o.RecordsPlaces) return CallPlace.Here();
        return null;
    }
}

/// <summary>What an optimizer does to one parameter in one step.</summary>
/// <param name="Optimizer">What messages call the optimizer.</param>
/// <param name="Name">The parameter's name.</param>
/// <param name="Parameter">The parameter.</param>
/// <param name="Gradient">Its gradient.</param>
/// <param name="LearningRate">The learning rate of its group.</param>
/// <param name="Step">Which step of the optimizer, from 1.</param>
/// <param name="State">What the optimizer remembers about it, with names.</param>
/// <param name="Flops">The floating-point operations of the change; 0 where it is made of operations, which say their own.</param>
/// <param name="Bytes">The bytes read and written by it; 0 where it is made of operations.</param>
public sealed record ParameterUpdate(string Optimizer, string Name, Tensor Parameter, Tensor Gradient, double LearningRate, long Step, IReadOnlyList<(string Name, Tensor Value)> State, long Flops, long Bytes);
