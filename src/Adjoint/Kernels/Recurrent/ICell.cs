using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Recurrent;

/// <summary>What a recurrent cell does beside the products: its gates, forward and backward, written once for every width.</summary>
/// <remarks>
/// A cell holds pointers to what it reads and writes for the whole sequence; arrays over time are [T, B, …]. Its methods do a few
/// rows of one step, <c>V.Count</c> hidden units wide, and are marked not to be inlined, so that each width is compiled alone.
/// </remarks>
internal interface ICell<T>
{
    /// <summary>How many sums of size H a step makes of the state.</summary>
    static abstract int Gates { get; }
}

/// <summary>A cell's way forward.</summary>
internal interface IForwardCell<T> : ICell<T>
{
    /// <summary>Makes the next state of the sums <c>h·Wₕₕᵀ</c>.</summary>
    void Forward<V>(in CellStep<T> step) where V : struct, ILanes<V, T>;
}

/// <summary>A cell's way back.</summary>
internal interface IBackwardCell<T> : ICell<T>
{
    /// <summary>Whether the state also acts without a product: then the cell leaves in the state's gradient what the product is added to.</summary>
    static abstract bool PassesState { get; }

    /// <summary>How many sums over the rows a cell makes for each hidden unit: the gradients of its biases.</summary>
    static abstract int Totals { get; }

    /// <summary>Makes the gradients of the sums of the gradient of the state that the step gave.</summary>
    void Backward<V>(in CellStep<T> step) where V : struct, ILanes<V, T>;
}

/// <summary>Some rows and hidden units of one time step.</summary>
internal unsafe struct CellStep<T>
{
    /// <summary>The time step, and the one before it in the direction of the walk; −1 before the first.</summary>
    public long Time, Before;

    /// <summary>The first row of the batch, how many rows there are, and the first hidden unit.</summary>
    public long Row, Rows, Unit;

    /// <summary>Forward: <c>h·Wₕₕᵀ</c>. Backward: where the gradients of those sums go. A row and a gate further on are so many elements away.</summary>
    public T* Sums;
    public long SumsRow, SumsGate;

    /// <summary>Forward: the state before the step. Backward: the gradient of the state after it, from later steps.</summary>
    public T* State;

    /// <summary>Forward: where the state after the step goes.</summary>
    public T* Next;

    /// <summary>The distance between rows of both.</summary>
    public long StateRow;

    /// <summary>Backward: the gradient of the step's output, rows H apart.</summary>
    public T* Slope;

    /// <summary>Backward: sums over the rows so far, H apart.</summary>
    public T* Totals;
}
