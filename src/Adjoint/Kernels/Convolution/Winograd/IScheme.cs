using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Convolution.Winograd;

/// <summary>
/// A bilinear algorithm for short filters in one dimension, <c>y = Aᵀ[(G g) ⊙ (Bᵀ d)]</c>: it makes some outputs y of a filter g from
/// inputs d with one product for each point. Its maps work on a vector of channels (or filters) at a time, read and written at equal steps.
/// </summary>
/// <remarks>
/// In two dimensions each map is applied down the columns and then along the rows. The product is bilinear, so the gradient of the filter
/// is <c>dg = Gᵀ[(A dy) ⊙ (Bᵀ d)]</c>. Point 1 stands for the value of polynomials at 1: the second column of Aᵀ is all ones.
/// </remarks>
internal unsafe interface IScheme
{
    /// <summary>Outputs of a tile.</summary>
    static abstract int Outputs { get; }

    /// <summary>Taps of the filter.</summary>
    static abstract int Taps { get; }

    /// <summary>Products.</summary>
    static abstract int Points { get; }

    /// <summary>v = Bᵀ d, of Outputs + Taps − 1 inputs.</summary>
    static abstract void Input<TLanes>(float* d, long dStep, float* v, long vStep) where TLanes : struct, ILanes<TLanes, float>;

    /// <summary>y = Aᵀ m.</summary>
    static abstract void Output<TLanes>(float* m, long mStep, float* y, long yStep) where TLanes : struct, ILanes<TLanes, float>;

    /// <summary>z = A dy.</summary>
    static abstract void OutputGradient<TLanes>(float* dy, long dyStep, float* z, long zStep) where TLanes : struct, ILanes<TLanes, float>;

    /// <summary>u = G g.</summary>
    static abstract void Filter<TLanes>(float* g, long gStep, float* u, long uStep) where TLanes : struct, ILanes<TLanes, float>;

    /// <summary>dg = Gᵀ w.</summary>
    static abstract void FilterGradient<TLanes>(float* w, long wStep, float* dg, long dgStep) where TLanes : struct, ILanes<TLanes, float>;
}
