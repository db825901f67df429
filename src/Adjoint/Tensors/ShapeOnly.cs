namespace Adjoint;

/// <summary>Tensors with a shape and an element type but without numbers: a model of any size is made at once and takes no memory.</summary>
/// <remarks>
/// <para>Inside <see cref="Scope"/>, what makes a tensor makes one of this kind: zeros, random numbers, copies of arrays, results of operations. Operations check their
/// inputs and say shapes and types as always, are recorded, and compute nothing; so does a backward pass. An operation on such a tensor gives one outside of the scope too.
/// Reading a number throws <see cref="ShapeOnlyException"/>; writes into such a tensor are checked and do nothing.</para>
/// <para>What a result's shape depends on must be known without numbers: <c>MaskedSelect</c> cannot be asked.</para>
/// </remarks>
/// <example><code>
/// using (ShapeOnly.Scope())
/// {
///     var model = new Llama(LlamaSettings.Llama31Of405B, new Generator(1));
///     Console.WriteLine(model.ParameterCount);        // 405853388800
/// }
/// </code></example>
[PyTorch("torch.device", Use = "using (ShapeOnly.Scope()) { … }", Differs = "The device `meta`, as a scope.")]
public static class ShapeOnly
{
    [ThreadStatic]
    internal static bool IsOn;

    /// <summary>Tensors made on this thread have a shape only, until the result is disposed.</summary>
    public static ShapeOnlyScope Scope() => new(isOn: true);
}

/// <summary>Ends with its disposal what <see cref="ShapeOnly.Scope"/> began.</summary>
public readonly struct ShapeOnlyScope : IDisposable
{
    readonly bool _before;
    readonly int _thread;       // 0 is no thread: default has changed nothing

    internal ShapeOnlyScope(bool isOn)
    {
        (_before, _thread) = (ShapeOnly.IsOn, Environment.CurrentManagedThreadId);
        ShapeOnly.IsOn = isOn;
    }

    /// <summary>Restores what was before.</summary>
    /// <exception cref="InvalidOperationException">This is not the thread on which it began.</exception>
    public void Dispose()
    {
        if (_thread == 0) return;
        if (_thread != Environment.CurrentManagedThreadId) throw new InvalidOperationException($"shape only: it is chosen for one thread, but it was chosen on thread {_thread} and is given back on thread {Environment.CurrentManagedThreadId}. Hint: do not await inside it.");
        ShapeOnly.IsOn = _before;
    }
}

public sealed partial class Tensor
{
    /// <summary>Whether the tensor has a shape and an element type but no numbers; see <see cref="ShapeOnly"/>.</summary>
    [PyTorch("torch.Tensor.is_meta")]
    public bool IsShapeOnly => _storage is { HasData: false };

    /// <summary>A new contiguous tensor without numbers.</summary>
    internal static Tensor WithoutData(Shape shape, DType dtype, bool owned = true) =>
        new(Storage.WithoutData(ByteCount(shape, dtype)), 0, shape, shape.Strides, dtype, owned);

    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    void ThrowShapeOnly() => throw new ShapeOnlyException(
        $"tensor: only a tensor with numbers can be read or computed with, but {(Name is null ? "a tensor" : $"'{Name}'")} of shape {Shape} was made inside ShapeOnly.Scope() and has a shape only. Hint: make it outside of the scope.");
}
