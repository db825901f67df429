namespace Adjoint;

// What an operation costs, from shapes and types alone.
public abstract partial record Op
{
    /// <summary>The floating-point operations of one application; reads no data.</summary>
    /// <remarks>
    /// Counted is what the definition says, whatever the algorithm: an operation made of products counts its multiply-adds, two each
    /// (a bias is where the sum starts); others count the operators and functions that an element takes, a comparison and
    /// an exponential one each. Moving elements, sorting and random numbers count 0.
    /// </remarks>
    /// <param name="inputs">The inputs.</param>
    /// <param name="outputs">What <see cref="Infer"/> says of them.</param>
    protected internal virtual long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => 0;

    /// <summary>The bytes that have to pass through the processor at least: every input read once, every output written once.</summary>
    /// <remarks>Of an expanded axis (<see cref="Tensor.ElementStrides"/> 0) one element is read. A view moves nothing.</remarks>
    /// <inheritdoc cref="Flops"/>
    protected internal virtual long Bytes(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs)
    {
        long bytes = Written(outputs);
        foreach (Tensor input in inputs) bytes += Read(input);
        return bytes;
    }

    /// <summary>The cost of an operation that reads no more of x than it gives: the picked elements and their indices.</summary>
    private protected static long PickedBytes(Tensor indices, ReadOnlySpan<Spec> outputs) => Read(indices) + CopiedBytes(outputs);

    /// <summary>The cost of an operation that copies.</summary>
    private protected static long CopiedBytes(ReadOnlySpan<Spec> outputs) => 2 * Written(outputs);

    static long Written(ReadOnlySpan<Spec> outputs)
    {
        long bytes = 0;
        foreach (Spec output in outputs) bytes += output.Shape.Elements * output.DType.Bytes;
        return bytes;
    }

    static long Read(Tensor x)
    {
        long bytes = x.DType.Bytes;
        for (int i = 0; i < x.Rank; i++) if (x.Strides[i] != 0 || x.Shape[i] == 0) bytes *= x.Shape[i];
        return bytes;
    }
}
